"""Writing campaigns and activities."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime

from sqlalchemy import select

from events.campaigns import rules
from events.campaigns.drafts import ActivityDraft, CampaignDraft
from events.campaigns.models import Activity, Campaign, Target
from events.campaigns.states import ActivityState, Measure
from events.identity.models import Organization
from events.kernel.db import session
from events.kernel.errors import Refused


def create_campaign(
    organization: Organization, draft: CampaignDraft, *, slug: str, now: datetime
) -> Campaign:
    """A new campaign of `organization` under the public name `slug`."""
    row = Campaign(organization=organization, slug=slug, created_at=now)
    save_campaign(row, draft)
    session().add(row)
    session().flush()
    return row


def save_campaign(campaign: Campaign, draft: CampaignDraft) -> None:
    """Make `campaign` what `draft` says. Raises Refused("campaign_period")."""
    rules.require_period(draft.starts_on, draft.ends_on)
    for part in fields(draft):
        if part.name != "targets":
            setattr(campaign, part.name, getattr(draft, part.name))
    kept = {(t.measure, t.audience): t for t in campaign.targets}
    campaign.targets = [
        _target(kept.get((measure, audience)), measure, audience, goal)
        for measure, audience, goal in draft.targets
    ]


def move_period(campaign: Campaign, *, starts_on: date, ends_on: date) -> None:
    """Give it other days. Raises Refused("campaign_period")."""
    rules.require_period(starts_on, ends_on)
    campaign.starts_on, campaign.ends_on = starts_on, ends_on


def move_wishes(activity: Activity, *, wish_from: date | None, wish_until: date | None) -> None:
    """Give a draft another window of wished dates."""
    activity.wish_from, activity.wish_until = wish_from, wish_until


def create_activity(
    campaign: Campaign,
    draft: ActivityDraft,
    *,
    lead: Organization,
    supporters: list[Organization],
) -> Activity:
    """A new draft in `campaign`. Raises Refused("code_taken")."""
    row = Activity(campaign=campaign, state=ActivityState.DRAFT)
    save_activity(row, draft, lead=lead, supporters=supporters)
    session().add(row)
    session().flush()
    return row


def save_activity(
    activity: Activity,
    draft: ActivityDraft,
    *,
    lead: Organization,
    supporters: list[Organization],
) -> None:
    """Make `activity` what `draft` says. Raises Refused("code_taken")."""
    with session().no_autoflush:
        _require_free_code(activity, draft.code)
    for name, value in asdict(draft).items():
        setattr(activity, name, value)
    activity.lead = lead
    activity.supporters = supporters


def publish(activity: Activity, *, now: datetime) -> None:
    """Mark a draft as published. Raises Refused("activity_not_draft")."""
    if activity.state is not ActivityState.DRAFT:
        raise Refused("activity_not_draft", title=activity.title)
    activity.state = ActivityState.PUBLISHED
    activity.published_at = now


def _target(kept: Target | None, measure: Measure, audience: str, goal: int) -> Target:
    target = kept or Target(measure=measure, audience=audience)
    target.goal = goal
    return target


def _require_free_code(activity: Activity, code: str) -> None:
    taken = select(Activity.id).where(
        Activity.campaign_id == activity.campaign.id, Activity.code == code
    )
    found = session().scalar(taken)
    if found is not None and found != activity.id:
        raise Refused("code_taken", field="code", taken=code)

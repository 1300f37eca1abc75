"""An organizer writes an activity: what it is, and for a draft also when, where and with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.campaigns import queries as campaigns_read, services as campaigns
from events.campaigns.drafts import ActivityDraft
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.feeds import reach, services as feeds
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound, Refused
from events.kernel.versions import require_version
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.rules import Timing
from events.venues import queries as venues_read, services as venues
from events.volunteers import queries as volunteers_read, services as volunteers


@dataclass(frozen=True, kw_only=True)
class ActivityPlan:
    """When, where and with whom a draft is planned; each may still be open (None)."""

    timing: Timing | None = None
    uid: str = ""
    space_id: int | None = None
    team_id: int | None = None


def create_activity(
    actor: Actor,
    now: datetime,
    *,
    campaign_id: int,
    draft: ActivityDraft,
    lead_id: int,
    supporter_ids: list[int],
    plan: ActivityPlan,
) -> int:
    """A new draft; its id. Raises Refused("code_taken"), or what the timing's rules say."""
    with transaction():
        campaign = campaigns_read.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        lead, supporters = _units(actor, lead_id, supporter_ids)
        activity = campaigns.create_activity(campaign, draft, lead=lead, supporters=supporters)
        _plan(actor, activity, plan, now)
        _record(actor, now, activity, campaign)
        return activity.id


def save_activity(
    actor: Actor,
    now: datetime,
    *,
    activity_id: int,
    version: int,
    draft: ActivityDraft,
    lead_id: int,
    supporter_ids: list[int],
    plan: ActivityPlan,
) -> None:
    """Save over `version`; `plan` counts for drafts only (published sessions are moved one by one).

    Raises StaleDataError when somebody saved in the meantime, Refused as create_activity does.
    """
    with transaction():
        activity = campaigns_read.activity(actor, activity_id, Permission.CAMPAIGN_EDIT)
        require_version(activity, version)
        lead, supporters = _units(actor, lead_id, supporter_ids)
        # a theme that it has no more loses it, and so does a filter that it no longer passes
        left = reach.wider([activity.scope, *_watchers(activity)])
        campaigns.save_activity(activity, draft, lead=lead, supporters=supporters)
        if activity.state is ActivityState.DRAFT:
            _forget(activity)
            _plan(actor, activity, plan, now)
        else:
            feeds.ensure_around([activity], now=now)
        _record(actor, now, activity, activity.campaign, left)


def _units(
    actor: Actor, lead_id: int, supporter_ids: list[int]
) -> tuple[Organization, list[Organization]]:
    try:
        lead = identity.organization(actor, lead_id)
        return lead, [identity.organization(actor, each) for each in supporter_ids]
    except NotFound as fault:
        raise Refused("lead_outside", field="lead_id") from fault


def _forget(activity: Activity) -> None:
    series = schedule_read.series_of(activity.id)
    if series is None:
        return
    volunteers.drop_planned(series.occurrences)
    venues.drop_planned(series.occurrences)
    schedule.drop(series)


def _plan(actor: Actor, activity: Activity, plan: ActivityPlan, now: datetime) -> None:
    if plan.timing is None:
        return
    space = venues_read.space(actor, plan.space_id) if plan.space_id else None
    team = volunteers_read.team(actor, plan.team_id) if plan.team_id else None
    series = schedule.plan(activity, plan.timing, uid=plan.uid, now=now)
    if space is not None:
        for occurrence in series.occurrences:
            venues.plan(occurrence, space)
    volunteers.plan_shifts(series, team=team)
    session().flush()


def _record(
    actor: Actor, now: datetime, activity: Activity, campaign: Campaign, left: Iterable[str] = ()
) -> None:
    """A published activity's text stands in feeds: raise whoever reads it, or has until now."""
    audiences = [activity.scope, *left]
    if activity.state is not ActivityState.DRAFT:
        audiences += [campaign.scope, *_watchers(activity)]
    journal.record(
        ChangeKind.ACTIVITY_SAVED,
        actor=actor,
        now=now,
        organization=campaign.organization,
        subject=activity.scope,
        title=activity.title,
        audiences=audiences,
        facts={"activity_id": activity.id, "campaign_id": campaign.id},
    )


def _watchers(activity: Activity) -> list[str]:
    ids = [occurrence.id for occurrence in schedule_read.of_activity(activity.id)]
    return [*venues_read.scopes(ids), *volunteers_read.scopes(ids)]

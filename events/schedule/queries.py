"""Reading series and occurrences, always within what the actor may see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.schedule.models import Occurrence, Series


def series_of(activity_id: int) -> Series | None:
    """The series of an activity, or None while it has no time."""
    return session().scalar(select(Series).where(Series.activity_id == activity_id))


def occurrence(
    actor: Actor, occurrence_id: int, permission: Permission = Permission.CAMPAIGN_VIEW
) -> Occurrence:
    """One occurrence on whose campaign's organization `actor` has `permission`."""
    found = session().scalar(
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Occurrence.id == occurrence_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def of_campaign(campaign_id: int, *, published_only: bool = False) -> list[Occurrence]:
    """Every occurrence of a campaign, in time's order."""
    found = (
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .where(Activity.campaign_id == campaign_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    if published_only:
        found = found.where(Activity.state != ActivityState.DRAFT)
    return list(session().scalars(found))


def between(actor: Actor, start: datetime, end: datetime) -> list[Occurrence]:
    """Occurrences that begin in [start, end) in campaigns that `actor` may see."""
    found = (
        select(Occurrence)
        .join(Series)
        .join(Activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            policy.within(actor, Permission.CAMPAIGN_VIEW),
            Occurrence.starts_at >= start,
            Occurrence.starts_at < end,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(session().scalars(found))

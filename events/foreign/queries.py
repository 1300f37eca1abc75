"""Reading foreign calendars: those that the actor keeps, and what others see of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from events.campaigns.models import Campaign
from events.foreign.models import ForeignCalendar, ForeignEntry
from events.foreign.owners import About, may_keep
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.venues.models import Venue


def calendars(actor: Actor) -> list[ForeignCalendar]:
    """Calendars of organizations and venues that `actor` keeps, by owner; not of people."""
    found = _kept(actor).where(ForeignCalendar.volunteer_id.is_(None))
    by_owner = found.order_by(Venue.name, Organization.path, ForeignCalendar.id)
    return list(session().scalars(by_owner))


def calendars_about(about: About) -> list[ForeignCalendar]:
    """Every calendar of one owner, as they were added."""
    found = select(ForeignCalendar).filter_by(**about.columns)
    return list(session().scalars(found.order_by(ForeignCalendar.id)))


def calendar(actor: Actor, calendar_id: int) -> ForeignCalendar:
    """One that `actor` keeps, also of their own. Raises NotFound."""
    found = session().scalar(_kept(actor).where(ForeignCalendar.id == calendar_id))
    if found is None:
        raise NotFound
    return found


def counted(calendar_ids: list[int]) -> dict[int, int]:
    """How many times of each calendar count; those without any are left out."""
    found = (
        select(ForeignEntry.calendar_id, func.count().label("times"))
        .where(ForeignEntry.calendar_id.in_(calendar_ids), ForeignEntry.counts)
        .group_by(ForeignEntry.calendar_id)
    )
    return {row.calendar_id: row.times for row in session().execute(found)}


def ahead(calendar: ForeignCalendar, *, since: datetime, limit: int = 20) -> list[ForeignEntry]:
    """What stands in a calendar and ends after `since`, in time's order."""
    found = (
        select(ForeignEntry)
        .where(
            ForeignEntry.calendar_id == calendar.id,
            ForeignEntry.counts,
            ForeignEntry.ends_at > since,
        )
        .order_by(ForeignEntry.starts_at, ForeignEntry.id)
        .limit(limit)
    )
    return list(session().scalars(found))


def calendars_beside(campaign: Campaign) -> list[ForeignCalendar]:
    """Calendars of the campaign's organization and of those above it, from the top."""
    found = (
        select(ForeignCalendar)
        .join(ForeignCalendar.organization)
        .where(Organization.id.in_(identity.ancestors(campaign.organization)))
        .order_by(Organization.path, ForeignCalendar.id)
    )
    return list(session().scalars(found))


def beside(
    campaign: Campaign, *, start: datetime | None = None, end: datetime | None = None
) -> list[ForeignEntry]:
    """What stands in calendars of a campaign's organization and of those above it, in time's order.

    Between two moments, when they are given. Whoever sees the campaign sees it.
    """
    found = (
        select(ForeignEntry)
        .join(ForeignEntry.calendar)
        .where(
            ForeignCalendar.organization_id.in_(identity.ancestors(campaign.organization)),
            ForeignEntry.counts,
        )
        .options(contains_eager(ForeignEntry.calendar))
        .order_by(ForeignEntry.starts_at, ForeignEntry.id)
    )
    if start is not None:
        found = found.where(ForeignEntry.ends_at > start)
    if end is not None:
        found = found.where(ForeignEntry.starts_at < end)
    return list(session().scalars(found))


def _kept(actor: Actor) -> Select[ForeignCalendar]:
    of_it = or_(
        Organization.id == ForeignCalendar.organization_id,
        and_(ForeignCalendar.venue_id.is_not(None), Organization.id == Venue.organization_id),
    )
    return (
        select(ForeignCalendar)
        .outerjoin(Venue, ForeignCalendar.venue_id == Venue.id)
        .outerjoin(Organization, of_it)
        .where(may_keep(actor))
        .options(
            joinedload(ForeignCalendar.venue),
            joinedload(ForeignCalendar.organization),
            joinedload(ForeignCalendar.space),
        )
    )

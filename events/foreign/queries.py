"""Reading foreign calendars, always within the venues that the actor may answer for."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from events.foreign.models import ForeignCalendar, ForeignEntry
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.venues.models import Venue


def calendars(actor: Actor, venue: Venue | None = None) -> list[ForeignCalendar]:
    """Calendars of venues that `actor` may answer for, or of one of them, by venue and name."""
    found = _own(actor).options(joinedload(ForeignCalendar.space))
    if venue is not None:
        found = found.where(ForeignCalendar.venue_id == venue.id)
    return list(session().scalars(found.order_by(Venue.name, ForeignCalendar.id)))


def calendar(actor: Actor, calendar_id: int) -> ForeignCalendar:
    """One of `calendars`. Raises NotFound."""
    found = session().scalar(_own(actor).where(ForeignCalendar.id == calendar_id))
    if found is None:
        raise NotFound
    return found


def blocking_counts(calendar_ids: list[int]) -> dict[int, int]:
    """How many times each calendar blocks; those that block none are left out."""
    found = (
        select(ForeignEntry.calendar_id, func.count().label("times"))
        .where(ForeignEntry.calendar_id.in_(calendar_ids), ForeignEntry.is_blocking)
        .group_by(ForeignEntry.calendar_id)
    )
    return {row.calendar_id: row.times for row in session().execute(found)}


def _own(actor: Actor) -> Select[ForeignCalendar]:
    return (
        select(ForeignCalendar)
        .join(Venue, ForeignCalendar.venue_id == Venue.id)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(policy.within(actor, Permission.BOOKING_ANSWER))
    )

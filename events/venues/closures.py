"""Times at which a venue, or one space of it, is taken by something that Kepu does not plan.

They warn and planning goes around them; whoever knows better may still ask the venue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, delete, exists, or_, select

from events.kernel.db import session
from events.schedule.rules import Slot
from events.venues.models import Booking, Closure, Space, Venue

UNNAMED = "–"


@dataclass(frozen=True, kw_only=True)
class Closed:
    """One blocked time, half-open."""

    starts_at: datetime
    ends_at: datetime
    title: str


def replace(source: str, venue: Venue, space: Space | None, closed: Iterable[Closed]) -> bool:
    """Let `closed` be all that `source` blocks. Whether that changed anything."""
    wanted = {
        (one.starts_at, one.ends_at, one.title or UNNAMED)
        for one in closed
        if one.ends_at > one.starts_at
    }
    known = {
        (row.starts_at, row.ends_at, row.title)
        for row in session().scalars(select(Closure).where(Closure.source == source))
    }
    if wanted == known:
        return False
    session().execute(delete(Closure).where(Closure.source == source))
    for starts_at, ends_at, title in sorted(wanted):
        row = Closure(
            venue=venue,
            space=space,
            starts_at=starts_at,
            ends_at=ends_at,
            title=title,
            source=source,
        )
        session().add(row)
    session().flush()
    return True


def ahead(venue: Venue, *, since: datetime, limit: int = 50) -> list[Closure]:
    """Blocked times of a venue that end after `since`, in time's order."""
    found = (
        select(Closure)
        .where(Closure.venue_id == venue.id, Closure.ends_at > since)
        .order_by(Closure.starts_at, Closure.id)
        .limit(limit)
    )
    return list(session().scalars(found))


def closed_by(space: Space, slots: list[Slot]) -> str | None:
    """What blocks `space`, or its whole venue, during one of `slots`."""
    if not slots:
        return None
    found = (
        select(Closure)
        .join(Space, of_spaces())
        .where(
            Space.id == space.id,
            Closure.ends_at > min(slot.starts_at for slot in slots),
            Closure.starts_at < max(slot.ends_at for slot in slots),
        )
        .order_by(Closure.starts_at, Closure.id)
    )
    for row in session().scalars(found):
        if any(row.starts_at < slot.ends_at and slot.starts_at < row.ends_at for slot in slots):
            return row.title
    return None


def of_spaces() -> ColumnElement[bool]:
    """SQL: a Closure concerns a Space, as it is of that space or of the whole venue."""
    of_it = or_(Closure.space_id.is_(None), Closure.space_id == Space.id)
    return (Closure.venue_id == Space.venue_id) & of_it


def overlapping_booking() -> Exists:
    """SQL: whether anything blocks the joined Booking's joined Space at its time."""
    return exists().where(
        of_spaces(), Closure.starts_at < Booking.ends_at, Booking.starts_at < Closure.ends_at
    )

"""A keeper hands in a venue's own calendar as a file."""

from __future__ import annotations

from datetime import datetime

from events.foreign import services
from events.foreign.lines import MOST_BYTES
from events.identity.actor import Actor
from events.identity.models import User
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.venues import queries as venues


def upload_calendar(
    actor: Actor,
    now: datetime,
    *,
    venue_id: int,
    space_id: int | None,
    name: str,
    content: bytes,
) -> int:
    """The calendar's id; the worker reads it soon. A file of the same name replaces the older one.

    Raises NotFound, Refused("calendar_too_large" | "not_a_calendar" | "calendars_enough").
    """
    if len(content) > MOST_BYTES:
        raise Refused("calendar_too_large", field="file", most=MOST_BYTES // 1024 // 1024)
    if not content.strip():
        raise Refused("not_a_calendar", field="file")
    with transaction():
        venue = venues.venue(actor, venue_id, Permission.BOOKING_ANSWER)
        row = services.upload(
            venue,
            venues.space_of(venue, space_id),
            session().get_one(User, actor.user_id),
            name=" ".join(name.split())[:200] or "calendar.ics",
            content=content,
            now=now,
        )
        journal.record(
            ChangeKind.CALENDAR_ADDED,
            actor=actor,
            now=now,
            organization=venue.organization,
            subject=venue.scope,
            title=row.name,
            audiences=[venue.scope],
            facts={"calendar_id": row.id},
        )
        return row.id

"""A keeper lets a venue follow its own calendar, wherever that is kept."""

from __future__ import annotations

from datetime import datetime

from events.foreign import services
from events.foreign.addresses import target
from events.foreign.problems import Unusable
from events.identity.actor import Actor
from events.identity.models import User
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.venues import queries as venues


def subscribe_calendar(
    actor: Actor,
    now: datetime,
    *,
    venue_id: int,
    space_id: int | None,
    name: str,
    url: str,
    offices: tuple[str, ...] = (),
) -> int:
    """The calendar's id; the worker fetches it soon. The same address again is the same calendar.

    Raises NotFound, Refused("address_..." | "calendars_enough", field="url").
    """
    try:
        wanted = target(url, offices)
    except Unusable as fault:
        raise Refused(fault.code, field="url", **fault.facts) from fault
    with transaction():
        venue = venues.venue(actor, venue_id, Permission.BOOKING_ANSWER)
        row = services.follow(
            venue,
            venues.space_of(venue, space_id),
            session().get_one(User, actor.user_id),
            name=name.strip()[:200] or wanted.host,
            url=wanted.url,
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

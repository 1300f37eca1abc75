"""Somebody lets a venue, an organization or their own days follow a calendar kept elsewhere."""

from __future__ import annotations

from datetime import datetime

from events.foreign import services
from events.foreign.addresses import target
from events.foreign.owners import Whose, about
from events.foreign.problems import Unusable
from events.foreign.recording import record
from events.identity.actor import Actor
from events.identity.models import User
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused


def subscribe_calendar(
    actor: Actor,
    now: datetime,
    *,
    whose: Whose,
    tz: str,
    name: str,
    url: str,
    offices: tuple[str, ...] = (),
) -> int:
    """The calendar's id; the worker fetches it soon. The same address again is the same calendar.

    tz: as owners.about takes it. Raises NotFound, Forbidden, Refused("address_..." |
    "calendars_enough", field="url").
    """
    try:
        wanted = target(url, offices)
    except Unusable as fault:
        raise Refused(fault.code, field="url", **fault.facts) from fault
    with transaction():
        row = services.follow(
            about(actor, whose, tz),
            session().get_one(User, actor.user_id),
            name=name.strip()[:200] or wanted.host,
            url=wanted.url,
            now=now,
        )
        record(ChangeKind.CALENDAR_ADDED, row, actor=actor, now=now)
        return row.id

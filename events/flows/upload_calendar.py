"""Somebody hands in a venue's, an organization's or their own calendar as a file."""

from __future__ import annotations

from datetime import datetime

from events.foreign import services
from events.foreign.lines import MOST_BYTES
from events.foreign.owners import Whose, about
from events.foreign.problems import Unusable
from events.foreign.recording import record
from events.foreign.veil import without_words
from events.identity.actor import Actor
from events.identity.models import User
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused


def upload_calendar(
    actor: Actor, now: datetime, *, whose: Whose, tz: str, name: str, content: bytes
) -> int:
    """The calendar's id; the worker reads it soon. A file of the same name replaces the older one.

    tz: as owners.about takes it. Raises NotFound, Forbidden, Refused("calendar_too_large" |
    "calendar_too_many_lines" | "not_a_calendar" | "calendars_enough"). Of the actor's own calendar
    the words are thrown away here.
    """
    if len(content) > MOST_BYTES:
        raise Refused("calendar_too_large", field="file", most=MOST_BYTES // 1024 // 1024)
    if not content.strip():
        raise Refused("not_a_calendar", field="file")
    try:
        kept = without_words(content) if whose.is_private else content
    except Unusable as fault:
        raise Refused(fault.code, field="file", **fault.facts) from fault
    with transaction():
        row = services.upload(
            about(actor, whose, tz),
            session().get_one(User, actor.user_id),
            name=" ".join(name.split())[:200] or "calendar.ics",
            content=kept,
            now=now,
        )
        record(ChangeKind.CALENDAR_ADDED, row, actor=actor, now=now)
        return row.id

"""Somebody no longer lets a foreign calendar be followed; all that came from it goes with it."""

from __future__ import annotations

from datetime import datetime

from events.foreign import queries, services
from events.foreign.recording import record
from events.identity.actor import Actor
from events.journal.states import ChangeKind
from events.kernel.db import transaction


def drop_calendar(actor: Actor, now: datetime, *, calendar_id: int) -> None:
    """Forget it, its entries, and what it blocked or kept busy. Raises NotFound."""
    with transaction():
        row = queries.calendar(actor, calendar_id)
        record(ChangeKind.CALENDAR_DROPPED, row, actor=actor, now=now)
        services.drop(row)

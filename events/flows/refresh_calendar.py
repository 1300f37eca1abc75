"""Somebody wants a calendar that they keep looked at now."""

from __future__ import annotations

from datetime import datetime

from events.foreign import queries, services
from events.identity.actor import Actor
from events.kernel.db import transaction


def refresh_calendar(actor: Actor, now: datetime, *, calendar_id: int) -> None:
    """Let the worker look at it at once. Raises NotFound."""
    with transaction():
        services.ask_soon(queries.calendar(actor, calendar_id), now=now)

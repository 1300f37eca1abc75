"""A keeper no longer follows a foreign calendar; the times that it blocked are free again."""

from __future__ import annotations

from datetime import datetime

from events.foreign import queries, services
from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction


def drop_calendar(actor: Actor, now: datetime, *, calendar_id: int) -> int:
    """The venue's id. Raises NotFound."""
    with transaction():
        row = queries.calendar(actor, calendar_id)
        venue = row.venue
        journal.record(
            ChangeKind.CALENDAR_DROPPED,
            actor=actor,
            now=now,
            organization=venue.organization,
            subject=venue.scope,
            title=row.name,
            audiences=[venue.scope],
            facts={"calendar_id": row.id},
        )
        services.drop(row)
        return venue.id

"""What the journal hears of calendars that are followed: nothing of people's own."""

from __future__ import annotations

from datetime import datetime

from events.foreign.models import ForeignCalendar
from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind


def record(kind: ChangeKind, calendar: ForeignCalendar, *, actor: Actor, now: datetime) -> None:
    """It was added, read anew or dropped. Feeds show none of it, a venue's history does."""
    venue = calendar.venue
    organization = venue.organization if venue else calendar.organization
    if organization is None:
        return
    journal.record(
        kind,
        actor=actor,
        now=now,
        organization=organization,
        subject=venue.scope if venue else f"organization:{organization.id}",
        title=calendar.name,
        audiences=[venue.scope] if venue else [],
        facts={"calendar_id": calendar.id},
    )

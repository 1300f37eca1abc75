"""An organizer takes the last change of an activity's sessions back, within ten minutes."""

from __future__ import annotations

from datetime import datetime

from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.schedule import queries as schedule_read
from events.venues import services as venues
from events.volunteers import queries as volunteers_read, undo


def undo_change(actor: Actor, now: datetime, *, change_id: int, seen: str = "") -> tuple[int, ...]:
    """Make the sessions what they were; ids of those whose space is taken by now.

    Who was not mailed yet hears nothing, who was is corrected; a venue that has answered since is
    told and asked anew. seen: of `volunteers.undo.prospect`, when there are such answers. Raises
    Refused("undo_over" | "undo_overtaken" | "undo_answered" | "already_started").
    """
    with transaction():
        kept = schedule_read.undo(actor, change_id)
        campaign, activity = kept.activity.campaign, kept.activity
        ids = [int(n) for n in kept.before["after"]]
        before = volunteers_read.seen(ids)
        done = undo.take_back(kept, seen=seen, now=now)
        venues.ask(actor, campaign, done.bookings, now=now)
        after = volunteers_read.seen(ids)
        scopes = {
            scope for seen in (before, after) for each in seen.scopes.values() for scope in each
        }
        journal.record(
            ChangeKind.CHANGE_UNDONE,
            actor=actor,
            now=now,
            organization=campaign.organization,
            subject=activity.scope,
            title=activity.title,
            audiences={
                campaign.scope,
                activity.scope,
                *scopes,
                *(f"occurrence:{row.id}" for row in done.rows),
            },
            facts={
                "activity_id": activity.id,
                "change_id": change_id,
                "occurrence_ids": sorted(row.id for row in done.rows),
                "answered": [
                    [booking.space.venue_id, booking.occurrence_id] for booking in done.answers
                ],
            },
        )
        return tuple(done.without_place)

"""An organizer takes the last change of an activity's sessions back, within ten minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound
from events.schedule.models import Undo
from events.venues import services as venues
from events.volunteers import queries as volunteers_read, undo


def undo_change(actor: Actor, now: datetime, *, change_id: int) -> tuple[int, ...]:
    """Make the sessions what they were; ids of those whose space is taken by now.

    Who was not mailed yet hears nothing, who was is corrected. Raises
    Refused("undo_over" | "undo_overtaken" | "already_started").
    """
    with transaction():
        kept = session().scalar(select(Undo).where(Undo.change_id == change_id))
        if kept is None:
            raise NotFound
        campaign, activity = kept.activity.campaign, kept.activity
        policy.require(actor, Permission.ACTIVITY_PUBLISH, campaign.organization)
        ids = [int(n) for n in kept.before["after"]]
        before = volunteers_read.seen(ids)
        done = undo.take_back(kept, now=now)
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
            },
        )
        return tuple(done.without_place)

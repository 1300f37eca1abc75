"""An organizer puts one session off: not at its time, and no new one is known yet."""

from __future__ import annotations

from datetime import datetime

from events.campaigns.states import ActivityState
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import audiences, services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused
from events.kernel.versions import require_version
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.rules import require_future
from events.schedule.states import OccurrenceStatus
from events.venues import services as venues
from events.volunteers import queries as volunteers_read, services as volunteers, undo


def postpone_occurrence(
    actor: Actor, now: datetime, *, occurrence_id: int, version: int, reason: str
) -> int | None:
    """Put it off until move_occurrence gives it a new time. A second time changes nothing.

    Its space is free again; who signed up keeps the place, nobody else can sign up. Returns the
    change that can be undone, if any. Raises
    Refused("already_started" | "occurrence_cancelled" | "not_published" | "reason_missing"),
    StaleDataError.
    """
    with transaction():
        occurrence = schedule_read.occurrence(actor, occurrence_id, Permission.ACTIVITY_PUBLISH)
        activity = occurrence.activity
        if occurrence.status is OccurrenceStatus.POSTPONED:
            return None
        if activity.state is not ActivityState.PUBLISHED:
            raise Refused("not_published")
        require_version(occurrence, version)
        require_future(occurrence.starts_at, now)
        if occurrence.status is OccurrenceStatus.CANCELLED:
            raise Refused("occurrence_cancelled")
        if not reason.strip():
            raise Refused("reason_missing", field="reason")
        scopes = volunteers_read.seen([occurrence.id]).scopes[occurrence.id]
        picture = undo.picture([occurrence])
        schedule.postpone(occurrence, reason=reason.strip()[:300], now=now)
        volunteers.close_shifts(occurrence)
        venues.release_all(occurrence, reason="postponed")
        change = journal.record(
            ChangeKind.OCCURRENCE_POSTPONED,
            actor=actor,
            now=now,
            organization=activity.campaign.organization,
            subject=f"occurrence:{occurrence.id}",
            title=activity.title,
            audiences=[activity.campaign.scope, activity.scope, *scopes],
            facts={
                "occurrence_id": occurrence.id,
                "reason": occurrence.reason,
                "told": audiences.told(scopes),
            },
        )
        return undo.keep(change, picture, [occurrence], now=now).change_id

"""An organizer cancels one session: its space is free again, its volunteers are told."""

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
from events.venues import queries as venues_read, services as venues
from events.volunteers import queries as volunteers_read, services as volunteers, undo


def cancel_occurrence(
    actor: Actor, now: datetime, *, occurrence_id: int, version: int, reason: str
) -> int | None:
    """Cancel it, kept in feeds as CANCELLED. A second cancel changes nothing.

    Returns the change that can be undone, if any. Raises Refused("already_started" |
    "reason_missing"), StaleDataError.
    """
    with transaction():
        occurrence = schedule_read.occurrence(actor, occurrence_id, Permission.ACTIVITY_PUBLISH)
        if occurrence.status is OccurrenceStatus.CANCELLED:
            return None
        require_version(occurrence, version)
        if occurrence.status is not OccurrenceStatus.POSTPONED:
            require_future(occurrence.starts_at, now)
        if not reason.strip():
            raise Refused("reason_missing", field="reason")
        scopes = {
            *venues_read.scopes([occurrence.id]),
            *volunteers_read.scopes([occurrence.id]),
        }
        picture = undo.picture([occurrence])
        schedule.cancel(occurrence, reason=reason.strip()[:300], now=now)
        volunteers.close_shifts(occurrence)
        venues.release_all(occurrence, reason="cancelled")
        activity = occurrence.activity
        change = journal.record(
            ChangeKind.OCCURRENCE_CANCELLED,
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
        if activity.state is not ActivityState.PUBLISHED:
            return None
        return undo.keep(change, picture, [occurrence], now=now).change_id

"""An organizer gives one session another time, another place, or both."""

from __future__ import annotations

from datetime import datetime

from events.campaigns.states import ActivityState
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import audiences, services as journal
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.kernel.versions import require_version
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import require_future
from events.schedule.states import OccurrenceStatus
from events.venues import queries as venues_read, services as venues
from events.venues.models import Space
from events.volunteers import queries as volunteers_read, services as volunteers, undo


def move_occurrence(
    actor: Actor,
    now: datetime,
    *,
    occurrence_id: int,
    version: int,
    start_local: datetime,
    space_id: int | None,
) -> int | None:
    """Move it; its identity stays. The venue (old, new, or both) is told or asked again.

    One that was postponed is on again, whether or not its old time is over.
    start_local: naive wall time of the series' zone; space_id: None for "still to be found".
    Returns the change that can be undone, if any. Raises Refused("already_started" |
    "place_taken"), StaleDataError.
    """
    with transaction():
        occurrence = schedule_read.occurrence(actor, occurrence_id, Permission.ACTIVITY_PUBLISH)
        require_version(occurrence, version)
        is_postponed = occurrence.status is OccurrenceStatus.POSTPONED
        if not is_postponed:
            require_future(occurrence.starts_at, now)
        if occurrence.status is OccurrenceStatus.CANCELLED:
            raise Refused("occurrence_cancelled")
        space = venues_read.space(actor, space_id) if space_id else None
        before, picture = _seen(occurrence), undo.picture([occurrence])
        watchers = _watchers(occurrence)
        schedule.move(occurrence, start_local=start_local, now=now)
        _rebook(actor, now, occurrence, space)
        if is_postponed:
            volunteers.open_shifts([occurrence])
        if occurrence.activity.state is not ActivityState.PUBLISHED:
            return None
        change = _record(actor, now, occurrence, before, watchers)
        return undo.keep(change, picture, [occurrence], now=now).change_id


def _rebook(actor: Actor, now: datetime, occurrence: Occurrence, space: Space | None) -> None:
    """Release what was booked and ask for the new place and time; a draft only notes it."""
    venues.release_all(occurrence, reason="moved")
    is_public = occurrence.activity.state is ActivityState.PUBLISHED
    if space is not None and is_public:
        booking = venues.book(occurrence, space, now=now)
        venues.ask(actor, occurrence.activity.campaign, [booking], now=now)
    elif space is not None:
        venues.plan(occurrence, space)
    schedule.open_again(occurrence)


def _seen(occurrence: Occurrence) -> dict[str, str]:
    """Time and place as people knew them."""
    booking = venues_read.bookings_by_occurrence([occurrence.id]).get(occurrence.id)
    place = f"{booking.space.venue.name} {booking.space.name}" if booking else ""
    return {
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "place": place,
    }


def _watchers(occurrence: Occurrence) -> list[str]:
    ids = [occurrence.id]
    return [*venues_read.scopes(ids), *volunteers_read.scopes(ids)]


def _record(
    actor: Actor,
    now: datetime,
    occurrence: Occurrence,
    before: dict[str, str],
    watchers: list[str],
) -> Change:
    session().flush()
    activity = occurrence.activity
    after = _seen(occurrence)
    told = {*watchers, *_watchers(occurrence)}
    return journal.record(
        ChangeKind.OCCURRENCE_MOVED,
        actor=actor,
        now=now,
        organization=activity.campaign.organization,
        subject=f"occurrence:{occurrence.id}",
        title=activity.title,
        audiences=[activity.campaign.scope, activity.scope, *told],
        facts={
            "occurrence_id": occurrence.id,
            "old_starts_at": before["starts_at"],
            "old_ends_at": before["ends_at"],
            "old_place": before["place"],
            **after,
            "told": audiences.told(told),
        },
    )

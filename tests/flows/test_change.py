from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.flows.sign_up import sign_up
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from events.schedule.states import OccurrenceStatus
from events.venues.states import BookingState
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season


def published(cast: Cast, code: str = "A002", hour: int = 9) -> int:
    activity = season.draft(cast, code, start=season.saturday(hour))
    season.publish(cast, activity)
    return activity


def move(cast: Cast, activity: int, *, hour: int, space: str | None = "hall") -> None:
    (occurrence,) = season.occurrences(activity)
    move_occurrence(
        cast.actor("mei"),
        NOW + timedelta(hours=1),
        occurrence_id=occurrence.id,
        version=occurrence.version,
        start_local=season.saturday(hour),
        space_id=cast[space] if space else None,
    )


def cancel(cast: Cast, activity: int, reason: str = "暴雨") -> None:
    (occurrence,) = season.occurrences(activity)
    cancel_occurrence(
        cast.actor("mei"),
        NOW + timedelta(hours=1),
        occurrence_id=occurrence.id,
        version=occurrence.version,
        reason=reason,
    )


def test_moving_keeps_the_identity_and_asks_the_venue_again(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    move(cast, activity, hour=14)
    (occurrence,) = season.occurrences(activity)
    assert occurrence.recurrence_id_local == season.saturday(9)
    assert (occurrence.starts_at.hour, occurrence.sequence) == (6, 1)
    states = [b.state for b in season.bookings(activity)]
    assert states == [BookingState.RELEASED, BookingState.REQUESTED]
    assert season.bookings(activity)[1].starts_at == occurrence.starts_at


def test_moving_onto_another_booking_is_refused_and_changes_nothing(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    published(cast, "A003", hour=14)
    with pytest.raises(Refused, match="place_taken"):
        move(cast, activity, hour=13)
    (occurrence,) = season.occurrences(activity)
    assert (occurrence.starts_at.hour, occurrence.sequence) == (1, 0)
    assert [b.state for b in season.bookings(activity)] == [BookingState.REQUESTED]


def test_a_session_may_overlap_its_own_old_place(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    move(cast, activity, hour=10)
    assert season.bookings(activity)[1].state is BookingState.REQUESTED


def test_a_move_tells_old_and_new_and_whom(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    shift = session().scalars(select(Shift)).one()
    sign_up(cast.actor("lin"), NOW, shift_id=shift.id)
    move(cast, activity, hour=14, space="square")
    change = (
        session().scalars(select(Change).where(Change.kind == ChangeKind.OCCURRENCE_MOVED)).one()
    )
    assert change.facts == {
        "occurrence_id": season.occurrences(activity)[0].id,
        "old_starts_at": "2025-09-06T01:00:00+00:00",
        "old_ends_at": "2025-09-06T02:30:00+00:00",
        "old_place": "示例区博物馆 报告厅",
        "starts_at": "2025-09-06T06:00:00+00:00",
        "ends_at": "2025-09-06T07:30:00+00:00",
        "place": "示例区博物馆 广场",
        "told": {"users": [cast["lin"]], "venue_ids": [cast["museum"]], "team_ids": []},
    }


def test_saving_over_somebody_elses_move_is_refused(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    seen = season.occurrences(activity)[0]
    occurrence_id, version = seen.id, seen.version
    move(cast, activity, hour=14)
    with pytest.raises(StaleDataError):
        move_occurrence(
            cast.actor("mei"),
            NOW,
            occurrence_id=occurrence_id,
            version=version,
            start_local=season.saturday(16),
            space_id=None,
        )


def test_cancelling_keeps_the_session_and_frees_space_and_shifts(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    cancel(cast, activity)
    (occurrence,) = season.occurrences(activity)
    seen = (occurrence.status, occurrence.sequence, occurrence.reason)
    assert seen == (OccurrenceStatus.CANCELLED, 1, "暴雨")
    assert [b.state for b in season.bookings(activity)] == [BookingState.RELEASED]
    assert [s.is_open for s in session().scalars(select(Shift))] == [False]
    published(cast, "A003")


def test_cancelling_needs_a_reason_and_happens_once(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    with pytest.raises(Refused, match="reason_missing"):
        cancel(cast, activity, reason=" ")
    cancel(cast, activity)
    cancel(cast, activity)
    assert season.occurrences(activity)[0].sequence == 1


def test_a_cancelled_session_is_not_moved(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    cancel(cast, activity)
    with pytest.raises(Refused, match="occurrence_cancelled"):
        move(cast, activity, hour=14)


def test_strangers_can_neither_move_nor_cancel(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    (occurrence,) = season.occurrences(activity)
    with pytest.raises(NotFound):
        cancel_occurrence(
            cast.actor("xu"),
            NOW,
            occurrence_id=occurrence.id,
            version=occurrence.version,
            reason="x",
        )
    assert season.occurrences(activity)[0].status is OccurrenceStatus.TENTATIVE

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.flows.answer_request import Answer, answer_booking
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.undo_change import undo_change
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from events.kernel.links import Links
from events.notices import compose
from events.notices.catalogue import CATALOGUE
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind
from events.schedule import queries as schedule
from events.schedule.models import Undo
from events.schedule.states import OccurrenceStatus, Scope
from events.venues.models import Booking
from events.venues.states import HOLDING, BookingState
from events.volunteers import undo as volunteers_undo
from events.volunteers.models import Shift
from events.volunteers.undo import Prospect
from tests.cast import NOW, Cast
from tests.flows import season
from tests.flows.test_edit_series import MID, at, do, published, timing_of

MINUTE = timedelta(minutes=1)
LINKS = Links(base_url="https://kepu.example", secret="a secret of tests only")
State = list[tuple[str, str, str, int]]


def undo(
    cast: Cast, *, now: datetime = NOW + MINUTE, who: str = "mei", seen: str = ""
) -> tuple[int, ...]:
    change_id = session().scalars(select(Undo.change_id).order_by(Undo.id.desc())).first()
    assert change_id
    return undo_change(cast.actor(who), now, change_id=change_id, seen=seen)


def state(activity: int) -> State:
    """(slot, start, status, series) of each session that takes place."""
    return [
        (f"{row.slot_local:%m-%d %H}", f"{row.starts_at:%m-%d %H}", row.status, row.series_id)
        for row in schedule.of_activity(activity)
        if row.status is not OccurrenceStatus.CANCELLED
    ]


def held(activity: int) -> list[str]:
    return sorted(
        f"{b.starts_at:%m-%d %H}" for b in season.bookings(activity) if b.state in HOLDING
    )


def test_an_edit_that_split_the_series_is_taken_back_whole(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    before, places, timing = state(activity), held(activity), timing_of(activity)
    changed = replace(at(timing, 14), rule="FREQ=WEEKLY;COUNT=5")
    do(cast, season.occurrences(activity)[0], changed, now=MID)
    assert len(schedule.all_series(activity)) == 2
    assert undo(cast, now=MID + MINUTE) == ()
    assert (state(activity), held(activity), timing_of(activity)) == (before, places, timing)
    assert len(schedule.all_series(activity)) == 1
    sequences = [row.sequence for row in season.occurrences(activity)]
    assert sequences == [0, 0, 2, 2, 1]


def test_sessions_take_their_own_hours_back(app: Flask, cast: Cast) -> None:
    activity = published(cast, "FREQ=DAILY;COUNT=3")
    before, places = state(activity), held(activity)
    do(cast, season.occurrences(activity)[0], at(timing_of(activity), 10))
    undo(cast)
    assert (state(activity), held(activity)) == (before, places)


def test_a_cancelled_and_a_postponed_session_are_on_again(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    before, places = state(activity), held(activity)
    for verb in (cancel_occurrence, postpone_occurrence):
        row = season.occurrences(activity)[1]
        verb(cast.actor("mei"), NOW, occurrence_id=row.id, version=row.version, reason="台风")
        undo(cast)
        assert (state(activity), held(activity)) == (before, places)
        assert season.occurrences(activity)[1].reason == ""
        assert list(session().scalars(select(Shift.is_open))) == [True] * 4


def move(cast: Cast, activity: int, hour: int) -> None:
    row = season.occurrences(activity)[0]
    move_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=row.id,
        version=row.version,
        start_local=season.saturday(hour),
        space_id=cast["hall"],
    )


def test_a_space_that_was_taken_meanwhile_is_said(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    move(cast, activity, 14)
    season.publish(cast, season.draft(cast, "A003"))
    assert undo(cast) == (season.occurrences(activity)[0].id,)
    assert state(activity)[0][1] == "09-06 01"
    assert held(activity) == ["09-13 01", "09-20 01", "09-27 01"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_after_ten_minutes_twice_or_by_strangers_it_is_refused(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    move(cast, activity, 14)
    with pytest.raises(Refused, match="undo_over"):
        undo(cast, now=NOW + 10 * MINUTE)
    with pytest.raises(NotFound):
        undo(cast, who="xu")
    undo(cast)
    with pytest.raises(Refused, match="undo_over"):
        undo(cast)
    assert season.occurrences(activity)[0].sequence == 2


def answered(cast: Cast, activity: int, *, is_yes: bool = True) -> Booking:
    """Mei moves the first session; the museum answers for its new time."""
    move(cast, activity, 14)
    (booking,) = (b for b in season.bookings(activity) if b.starts_at.hour == 6)
    answer = Answer(is_yes=is_yes, reason="" if is_yes else "闭馆")
    answer_booking(cast.actor("tao"), NOW, booking_id=booking.id, answer=answer)
    return booking


def prospect() -> Prospect:
    kept = session().scalars(select(Undo).order_by(Undo.id.desc())).first()
    assert kept
    return volunteers_undo.prospect(kept, now=NOW + MINUTE)


@pytest.mark.parametrize("is_yes", [True, False])
def test_what_the_venue_answered_since_is_shown_first(app: Flask, cast: Cast, is_yes: bool) -> None:
    activity = published(cast)
    before = state(activity)
    booking = answered(cast, activity, is_yes=is_yes)
    with pytest.raises(Refused, match="undo_answered"):
        undo(cast)
    coming = prospect()
    then = datetime(2025, 9, 6, 1, tzinfo=UTC)
    assert coming.answers == [(booking, (then, then + timedelta(minutes=90)))]
    assert undo(cast, seen=coming.seen) == ()
    assert state(activity) == before
    states = [
        b.state for b in season.bookings(activity) if b.starts_at in (then, booking.starts_at)
    ]
    taken_back = BookingState.RELEASED if is_yes else BookingState.DECLINED
    assert states == [BookingState.RELEASED, taken_back, BookingState.REQUESTED]
    compose.tick(NOW + MINUTE, LINKS)
    told = select(Notice.recipient).where(Notice.kind == NoticeKind.TAKEN_BACK)
    assert list(session().scalars(told)) == [booking.space.venue.contact_name]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_another_answer_than_the_one_shown_is_shown_again(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    booking = answered(cast, activity)
    seen = prospect().seen
    answer = Answer(is_yes=False, reason="闭馆")
    answer_booking(cast.actor("tao"), NOW, booking_id=booking.id, answer=answer)
    with pytest.raises(Refused, match="undo_answered"):
        undo(cast, seen=seen)
    with pytest.raises(Refused, match="undo_over"):
        undo(cast, seen=prospect().seen, now=NOW + 10 * MINUTE)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_answer_for_a_session_that_stayed_where_it_was_stays(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    longer = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=5")
    do(cast, season.occurrences(activity)[0], longer)
    first, last = (season.bookings(activity)[n] for n in (0, -1))
    for booking in (first, last):
        answer = Answer(is_yes=True)
        answer_booking(cast.actor("tao"), NOW, booking_id=booking.id, answer=answer)
    assert prospect().answers == [(last, None)]
    undo(cast, seen=prospect().seen)
    rows = season.occurrences(activity)
    assert (rows[0].status, rows[-1].status) == (
        OccurrenceStatus.CONFIRMED,
        OccurrenceStatus.CANCELLED,
    )
    assert [b.state for b in (first, last)] == [BookingState.CONFIRMED, BookingState.RELEASED]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_changed_again_since_is_not_swept_away(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    answered(cast, activity)
    first = session().scalars(select(Undo.change_id)).one()
    move(cast, activity, 16)
    with pytest.raises(Refused, match="undo_overtaken"):
        undo_change(cast.actor("mei"), NOW + MINUTE, change_id=first)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nobody_hears_but_those_who_were_mailed(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    compose.tick(NOW, LINKS)
    move(cast, activity, 14)
    compose.tick(NOW, LINKS)
    wanted = select(Delivery).join(Notice).where(Notice.kind == NoticeKind.CHANGED)
    with_state = list(session().scalars(wanted.order_by(Delivery.id)))
    mailed = with_state[0].notice.recipient
    _mark_sent(with_state[0].id)
    undo(cast)
    compose.tick(NOW + MINUTE, LINKS)
    found = select(Notice).order_by(Notice.id)
    notices = list(session().scalars(found))
    told = [n.recipient for n in notices if n.kind is NoticeKind.TAKEN_BACK]
    assert told == [mailed]
    changed = [n for n in notices if n.kind is NoticeKind.CHANGED]
    assert {CATALOGUE[n.kind].is_obsolete(n, NOW + MINUTE) for n in changed} == {True}
    correction = next(n for n in notices if n.kind is NoticeKind.TAKEN_BACK)
    assert (
        correction.facts["sessions"][0]["starts_at"]
        == datetime(2025, 9, 6, 1, tzinfo=UTC).isoformat()
    )
    assert not CATALOGUE[correction.kind].is_obsolete(correction, NOW + MINUTE)


def _mark_sent(delivery_id: int) -> None:
    from events.kernel.db import transaction

    with transaction():
        session().get_one(Delivery, delivery_id).state = DeliveryState.SENT


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_page_offers_it_as_long_as_it_can_be(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    assert schedule.undoable(activity, NOW) is None
    move(cast, activity, 14)
    assert schedule.undoable(activity, NOW + 9 * MINUTE) is not None
    assert schedule.undoable(activity, NOW + 10 * MINUTE) is None
    do(cast, season.occurrences(activity)[0], timing_of(activity), scope=Scope.ALL)

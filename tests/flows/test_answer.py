from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.flows.answer_request import Answer, Answered, answer_booking, answer_request
from events.flows.renew_link import renew_link
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from events.schedule.states import OccurrenceStatus
from events.venues.services import LINK_DAYS
from events.venues.states import BookingState
from tests.cast import NOW, Cast
from tests.flows import season

YES, NO = Answer(is_yes=True), Answer(is_yes=False, reason="当天闭馆")
LATER = NOW + timedelta(hours=2)


def answer(*answers: Answer, now: datetime = LATER) -> Answered:
    request = season.the_request()
    by_booking = {b.id: a for b, a in zip(request.bookings, answers, strict=False)}
    return answer_request(
        now, request_id=request.id, nonce=request.nonce, answers=by_booking, by="Tao"
    )


def published(cast: Cast, rule: str = "") -> int:
    activity = season.draft(cast, rule=rule)
    season.publish(cast, activity)
    return activity


def test_yes_confirms_the_session_and_raises_its_sequence_by_one(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    assert answer(YES) == Answered(confirmed=1, declined=0, refused=())
    (occurrence,) = season.occurrences(activity)
    seen = (occurrence.status, occurrence.sequence, occurrence.changed_at)
    assert seen == (OccurrenceStatus.CONFIRMED, 1, LATER)
    (booking,) = season.bookings(activity)
    assert (booking.state, booking.answered_by) == (BookingState.CONFIRMED, "Tao")


def test_no_needs_a_reason_and_frees_the_space(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    outcome = answer(Answer(is_yes=False))
    assert [refused.code for _, refused in outcome.refused] == ["reason_missing"]
    assert answer(NO).declined == 1
    (booking,) = season.bookings(activity)
    assert (booking.state, booking.reason) == (BookingState.DECLINED, "当天闭馆")
    season.publish(cast, season.draft(cast, "A009"))
    assert season.bookings(activity)[0].state is BookingState.DECLINED


def test_each_session_is_answered_by_itself(app: Flask, cast: Cast) -> None:
    activity = published(cast, rule="FREQ=WEEKLY;BYDAY=SA;COUNT=3")
    assert answer(YES, NO) == Answered(confirmed=1, declined=1, refused=())
    states = [b.state for b in season.bookings(activity)]
    assert states == [BookingState.CONFIRMED, BookingState.DECLINED, BookingState.REQUESTED]


def test_the_same_answer_twice_is_one_answer(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    answer(YES)
    assert answer(YES) == Answered(confirmed=0, declined=0, refused=())
    assert season.occurrences(activity)[0].sequence == 1
    told = select(func.count()).where(Change.kind == ChangeKind.BOOKINGS_ANSWERED)
    assert session().scalar(told.select_from(Change)) == 1


def test_a_venue_may_change_its_mind_while_the_space_is_free(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    answer(NO)
    assert answer(YES).confirmed == 1
    assert season.occurrences(activity)[0].sequence == 2


def test_a_change_of_mind_loses_to_whoever_came_between(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.the_request()
    booking_id, request_id, nonce = first.bookings[0].id, first.id, first.nonce
    answer(NO)
    season.publish(cast, season.draft(cast, "A009"))
    outcome = answer_request(
        LATER, request_id=request_id, nonce=nonce, answers={booking_id: YES}, by="Tao"
    )
    assert [refused.code for _, refused in outcome.refused] == ["place_taken"]
    assert season.bookings(activity)[0].state is BookingState.DECLINED


def test_an_expired_link_only_renews(app: Flask, cast: Cast) -> None:
    published(cast)
    request = season.the_request()
    old, late = request.nonce, NOW + timedelta(days=LINK_DAYS)
    with pytest.raises(Refused, match="link_expired"):
        answer(YES, now=late)
    renew_link(late, request_id=request.id, nonce=old)
    renewed = season.the_request()
    assert renewed.nonce != old
    assert renewed.expires_at == late + timedelta(days=LINK_DAYS)
    with pytest.raises(NotFound):
        answer_request(late, request_id=request.id, nonce=old, answers={}, by="")
    assert answer(YES, now=late).confirmed == 1


def test_renewing_twice_in_a_row_mails_once(app: Flask, cast: Cast) -> None:
    published(cast)
    request = season.the_request()
    late = NOW + timedelta(days=LINK_DAYS)
    renew_link(late, request_id=request.id, nonce=request.nonce)
    nonce = season.the_request().nonce
    renew_link(late + timedelta(minutes=1), request_id=request.id, nonce=nonce)
    assert season.the_request().nonce == nonce


def test_a_session_that_has_begun_is_not_answered(app: Flask, cast: Cast) -> None:
    published(cast)
    renewed = datetime.fromisoformat("2025-09-06T01:00:00+00:00")
    request = season.the_request()
    renew_link(renewed, request_id=request.id, nonce=request.nonce)
    assert [refused.code for _, refused in answer(YES, now=renewed).refused] == ["already_started"]


def test_the_keeper_answers_when_logged_in_and_nobody_else(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    (booking,) = season.bookings(activity)
    for stranger in ("xu", "lin"):
        with pytest.raises(NotFound):
            answer_booking(cast.actor(stranger), LATER, booking_id=booking.id, answer=YES)
    outcome = answer_booking(cast.actor("tao"), LATER, booking_id=booking.id, answer=YES)
    assert outcome.confirmed == 1

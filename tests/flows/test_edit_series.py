from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from events.flows.edit_series import Edited, Place, edit_series
from events.flows.extend_series import extend_due
from events.flows.sign_up import sign_up
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import Timing
from events.schedule.states import OccurrenceStatus, Scope
from events.venues.models import Booking
from events.venues.states import HOLDING, BookingState
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season

RULE = "FREQ=WEEKLY;COUNT=4"
MID = datetime(2025, 9, 15, 1, tzinfo=UTC)  # two of four Saturdays are over


def published(cast: Cast, rule: str = RULE, **more: object) -> int:
    activity = season.draft(cast, rule=rule, team="team", **more)  # type: ignore[arg-type]
    season.publish(cast, activity)
    return activity


def timing_of(activity: int) -> Timing:
    series = schedule.series_of(activity)
    assert series
    return schedule.timing(series)


def do(
    cast: Cast,
    row: Occurrence,
    timing: Timing,
    *,
    scope: Scope = Scope.ALL,
    now: datetime = NOW,
    place: Place | None = None,
    seen: str = "",
    reason: str = "",
    who: str = "mei",
) -> Edited:
    """Look at what the edit comes to, then do it."""
    seen = seen or schedule.effect(row, scope, timing, now).fingerprint
    return edit_series(
        cast.actor(who),
        now,
        occurrence_id=row.id,
        scope=scope,
        timing=timing,
        place=place,
        seen=seen,
        uid="the-next-series",
        reason=reason,
    )


def rows(activity: int) -> list[tuple[str, str, int, str]]:
    """(its first start, when it starts now (UTC), sequence, uid) of each session."""
    return [
        (
            f"{row.recurrence_id_local:%m-%d %H}",
            f"{row.starts_at:%m-%d %H}",
            row.sequence,
            row.uid,
        )
        for row in schedule.of_activity(activity)
    ]


def held(activity: int) -> list[str]:
    """When (UTC) its spaces are held."""
    return [f"{b.starts_at:%m-%d %H}" for b in season.bookings(activity) if b.state in HOLDING]


def changes(kind: ChangeKind = ChangeKind.SERIES_EDITED) -> list[Change]:
    return list(session().scalars(select(Change).where(Change.kind == kind)))


def at(timing: Timing, hour: int) -> Timing:
    return replace(timing, starts_local=timing.starts_local.replace(hour=hour))


def test_all_sessions_take_their_bookings_shifts_and_people_along(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    shift = session().scalars(select(Shift).order_by(Shift.id)).first()
    assert shift
    sign_up(cast.actor("lin"), NOW, shift_id=shift.id)
    first = season.occurrences(activity)[0]
    found = do(cast, first, at(timing_of(activity), 14))
    assert found == Edited(moved=4, cancelled=0, added=0, without_place=())
    days = ["09-06", "09-13", "09-20", "09-27"]
    assert rows(activity) == [(f"{day} 09", f"{day} 06", 1, "series-A002") for day in days]
    assert held(activity) == [f"{day} 06" for day in days]
    assert season.the_request().bookings[0].state is BookingState.REQUESTED
    (change,) = changes()
    assert [each["told"] for each in change.facts["changes"]] == [
        {
            "users": [cast["lin"]] if n == 0 else [],
            "venue_ids": [cast["museum"]],
            "team_ids": [cast["team"]],
        }
        for n in range(4)
    ]


def test_the_past_stays_and_the_rest_follows_in_a_series_of_its_own(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    do(cast, first, at(timing_of(activity), 14), now=MID)
    assert rows(activity) == [
        ("09-06 09", "09-06 01", 0, "series-A002"),
        ("09-13 09", "09-13 01", 0, "series-A002"),
        ("09-20 09", "09-20 06", 1, "series-A002"),
        ("09-27 09", "09-27 06", 1, "series-A002"),
    ]
    old, new = schedule.all_series(activity)
    assert (new.follows_id, new.uid) == (old.id, "the-next-series")
    assert (old.rule, new.rule) == ("FREQ=WEEKLY;UNTIL=20250919", "FREQ=WEEKLY;COUNT=2")
    assert [f"{row.slot_local:%m-%d %H}" for row in new.occurrences] == ["09-20 14", "09-27 14"]
    assert [each["occurrence_id"] for each in changes()[0].facts["changes"]] == [
        row.id for row in new.occurrences
    ]


def test_this_and_following_leaves_the_sessions_before(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    second = season.occurrences(activity)[1]
    later = replace(
        timing_of(activity), starts_local=season.saturday(14, weeks=1), rule="FREQ=WEEKLY;COUNT=3"
    )
    do(cast, second, later, scope=Scope.FOLLOWING)
    assert [row[1:3] for row in rows(activity)] == [
        ("09-06 01", 0), ("09-13 06", 1), ("09-20 06", 1), ("09-27 06", 1),
    ]  # fmt: skip


def test_longer_plans_the_added_ones_like_the_others(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    longer = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=5")
    assert do(cast, first, longer) == Edited(moved=0, cancelled=0, added=1, without_place=())
    assert rows(activity)[-1] == ("10-04 09", "10-04 01", 0, "series-A002")
    assert held(activity)[-1] == "10-04 01"
    last = session().scalars(select(Shift).order_by(Shift.id.desc())).first()
    assert last
    assert (last.team_id, last.places, last.taken, last.is_open) == (cast["team"], 2, 0, True)
    assert [len(each.bookings) for each in [season.the_request()]] == [1]


def test_fewer_cancels_and_needs_a_reason(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    fewer = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=3")
    with pytest.raises(Refused, match="reason_missing"):
        do(cast, first, fewer)
    do(cast, season.occurrences(activity)[0], fewer, reason="场馆检修")
    last = season.occurrences(activity)[-1]
    assert (last.status, last.sequence, last.reason) == (OccurrenceStatus.CANCELLED, 1, "场馆检修")
    assert held(activity) == ["09-06 01", "09-13 01", "09-20 01"]
    shifts = session().scalars(select(Shift.is_open).order_by(Shift.id))
    assert list(shifts) == [True, True, True, False]


def test_sessions_may_overlap_their_own_old_places(app: Flask, cast: Cast) -> None:
    activity = published(cast, "FREQ=DAILY;COUNT=3")
    do(cast, season.occurrences(activity)[0], at(timing_of(activity), 10))
    assert held(activity) == ["09-06 02", "09-07 02", "09-08 02"]


def test_days_that_stay_in_the_rule_are_not_touched(app: Flask, cast: Cast) -> None:
    activity = published(cast, "FREQ=DAILY;COUNT=3")
    timing = timing_of(activity)
    next_day = replace(timing, starts_local=timing.starts_local + timedelta(days=1))
    do(cast, season.occurrences(activity)[0], next_day, reason="第一天取消")
    assert [row[1:3] for row in rows(activity)] == [
        ("09-06 01", 1), ("09-07 01", 0), ("09-08 01", 0), ("09-09 01", 0),
    ]  # fmt: skip
    assert held(activity) == ["09-07 01", "09-08 01", "09-09 01"]


def test_a_space_that_is_taken_keeps_the_others_going(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    other = season.draft(cast, "A003", start=season.saturday(14, weeks=2))
    season.publish(cast, other)
    first = season.occurrences(activity)[0]
    found = do(cast, first, at(timing_of(activity), 14))
    assert found.without_place == (season.occurrences(activity)[2].id,)
    assert held(activity) == ["09-06 06", "09-13 06", "09-27 06"]


def test_another_place_asks_there_and_keeps_the_time(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    found = do(cast, first, timing_of(activity), place=Place(space_id=cast["square"]))
    assert found == Edited(moved=4, cancelled=0, added=0, without_place=())
    live = [b for b in season.bookings(activity) if b.state in HOLDING]
    assert [b.space_id for b in live] == [cast["square"]] * 4
    assert rows(activity)[0][1] == "09-06 01"
    assert len(schedule.all_series(activity)) == 1


def test_nothing_is_done_that_was_not_shown(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    timing = at(timing_of(activity), 14)
    seen = schedule.effect(first, Scope.ALL, timing, NOW).fingerprint
    do(cast, first, at(timing, 15))
    with pytest.raises(StaleDataError):
        do(cast, season.occurrences(activity)[0], timing, seen=seen)
    assert len(changes()) == 1


def test_sent_twice_it_is_done_once(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    timing = at(timing_of(activity), 14)
    seen = schedule.effect(first, Scope.ALL, timing, MID).fingerprint
    do(cast, first, timing, now=MID, seen=seen)
    with pytest.raises(StaleDataError):
        do(cast, season.occurrences(activity)[0], timing, now=MID, seen=seen)
    assert len(schedule.all_series(activity)) == 2


def test_a_day_given_back_and_taken_again_is_another_session(app: Flask, cast: Cast) -> None:
    activity = published(cast, "FREQ=WEEKLY;COUNT=2")
    timing = timing_of(activity)
    later = replace(timing, starts_local=timing.starts_local + timedelta(weeks=1))
    do(cast, season.occurrences(activity)[0], later, reason="第一次取消")
    do(cast, season.occurrences(activity)[0], replace(timing, rule="FREQ=WEEKLY;COUNT=3"))
    uids = [(row.uid, row.recurrence_id_local) for row in season.occurrences(activity)]
    assert len(uids) == len(set(uids))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_drafts_and_strangers_are_refused(app: Flask, cast: Cast) -> None:
    draft = season.draft(cast, "A009", rule=RULE)
    row = season.occurrences(draft)[0]
    with pytest.raises(Refused, match="not_published"):
        do(cast, row, at(timing_of(draft), 14))
    activity = published(cast)
    row = season.occurrences(activity)[0]
    with pytest.raises(NotFound):
        do(cast, row, at(timing_of(activity), 14), who="xu")


def test_a_series_without_end_grows_by_the_month_and_once(app: Flask, cast: Cast) -> None:
    activity = published(cast, "FREQ=WEEKLY")
    assert (len(rows(activity)), rows(activity)[-1][0]) == (26, "02-28 09")
    assert extend_due(NOW) == 0
    later = NOW + timedelta(days=50)
    assert extend_due(later) == 5
    assert extend_due(later) == 0
    assert rows(activity)[-1][:2] == ("04-04 09", "04-04 01")
    assert held(activity)[-1] == "04-04 01"
    assert len(season.the_request().bookings) == 5
    shifts = session().scalars(select(Shift).order_by(Shift.id)).all()
    assert [shift.is_open for shift in shifts] == [True] * 31
    (change,) = changes(ChangeKind.SERIES_EXTENDED)
    assert len(change.facts["changes"]) == 5


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_draft_without_end_waits_and_a_series_that_was_ended_does_not_grow(
    app: Flask, cast: Cast
) -> None:
    season.draft(cast, "A009", rule="FREQ=WEEKLY", space=None)
    activity = published(cast, "FREQ=WEEKLY")
    ended = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=3")
    do(cast, season.occurrences(activity)[0], ended, reason="结束")
    assert extend_due(NOW + timedelta(days=90)) == 0
    assert (
        session().scalars(select(Booking).where(Booking.state == BookingState.PLANNED)).all() == []
    )

"""A series that was split is edited as one; identity and undo hold across its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from events.campaigns.drafts import ActivityDraft
from events.flows.edit_series import Place
from events.flows.save_activity import ActivityPlan, save_activity
from events.flows.sign_up import sign_up
from events.journal.models import Change, Touch
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.schedule import queries as schedule
from events.schedule.rules import Timing
from events.schedule.states import OccurrenceStatus, Scope, SeriesKind
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season
from tests.flows.test_edit_series import at, changes, do, held, published, rows, timing_of
from tests.flows.test_undo import state, undo

DAYS = ["09-06", "09-13", "09-20", "09-27"]


def split(cast: Cast) -> int:
    """Four Saturdays at nine; Mei has given the last two the afternoon."""
    activity = published(cast)
    third = season.occurrences(activity)[2]
    timing = schedule.shown(third, Scope.FOLLOWING, NOW)
    do(cast, third, at(timing, 14), scope=Scope.FOLLOWING)
    assert starts(activity) == ["09-06 01", "09-13 01", "09-20 06", "09-27 06"]
    return activity


def starts(activity: int) -> list[str]:
    return [f"{row.starts_at:%m-%d %H}" for row in schedule.of_activity(activity)]


def shown(activity: int, number: int = 0, scope: Scope = Scope.ALL) -> Timing:
    return schedule.shown(season.occurrences(activity)[number], scope, NOW)


def test_all_means_the_sessions_of_all_parts_and_one_undo(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    before, places, identity = state(activity), held(activity), [r[::3] for r in rows(activity)]
    longer = replace(shown(activity), duration_min=120)
    done = do(cast, season.occurrences(activity)[0], longer)
    assert (done.moved, done.cancelled, done.added) == (4, 0, 0)
    assert starts(activity) == ["09-06 01", "09-13 01", "09-20 06", "09-27 06"]
    lengths = {row.ends_at - row.starts_at for row in schedule.of_activity(activity)}
    assert lengths == {timedelta(minutes=120)}
    assert [r[::3] for r in rows(activity)] == identity
    assert len(changes()[-1].facts["changes"]) == 4
    undo(cast)
    assert (state(activity), held(activity)) == (before, places)


def test_an_hour_for_all_is_one_for_each_part(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    do(cast, season.occurrences(activity)[3], at(shown(activity, 3), 16))
    assert starts(activity) == [f"{day} 08" for day in DAYS]
    assert len(schedule.all_series(activity)) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_another_place_for_all_leaves_each_parts_times(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    first = season.occurrences(activity)[0]
    before = state(activity)
    done = do(cast, first, shown(activity), place=Place(space_id=cast["square"]))
    assert (done.moved, state(activity)) == (4, before)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_earlier_end_cancels_the_part_beyond_it(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    before, places = state(activity), held(activity)
    sooner = replace(shown(activity), rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20250914")
    do(cast, season.occurrences(activity)[0], sooner, reason="场馆检修")
    assert [row[:3] for row in state(activity)] == [row[:3] for row in before[:2]]
    undo(cast)
    assert (state(activity), held(activity)) == (before, places)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_following_reaches_into_the_parts_that_follow(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    second = season.occurrences(activity)[1]
    do(cast, second, at(shown(activity, 1, Scope.FOLLOWING), 16), scope=Scope.FOLLOWING)
    assert starts(activity) == ["09-06 01", "09-13 08", "09-20 08", "09-27 08"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_part_can_be_meant_alone(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    last = season.occurrences(activity)[3]
    do(cast, last, at(shown(activity, 3, Scope.PART), 16), scope=Scope.PART)
    assert starts(activity) == ["09-06 01", "09-13 01", "09-20 08", "09-27 08"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_rules_and_dates_stay_apart(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    third = season.occurrences(activity)[2]
    dates = tuple(season.saturday(14, weeks=weeks) for weeks in (2, 4))
    listed = replace(
        timing_of(activity), kind=SeriesKind.DATES, rule="", starts_local=dates[0], dates=dates
    )
    do(cast, third, listed, scope=Scope.FOLLOWING)
    first, fourth = season.occurrences(activity)[0], season.occurrences(activity)[3]
    assert schedule.concerned(first, Scope.ALL, NOW) == [first.series]
    assert schedule.concerned(fourth, Scope.ALL, NOW) == [fourth.series]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_over_or_called_off_is_no_part(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    late = NOW + timedelta(days=27)
    third = season.occurrences(activity)[2]
    assert schedule.concerned(third, Scope.ALL, late) == [third.series]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_taken_back_can_be_done_again(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    longer = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=5")
    uids = set()
    for _ in range(3):
        do(cast, season.occurrences(activity)[0], longer)
        assert [row[0] for row in state(activity)] == [*(f"{d} 09" for d in DAYS), "10-04 09"]
        uids.add(season.occurrences(activity)[-1].uid)
        undo(cast)
        assert [row[0] for row in state(activity)] == [f"{day} 09" for day in DAYS]
    assert len({(row.uid, row.recurrence_id_local) for row in season.occurrences(activity)}) == 7
    assert starts(activity)[-3:] == ["10-04 01"] * 3


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_day_that_was_given_up_can_be_had_again(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    timing = timing_of(activity)
    fewer = replace(timing, rule="FREQ=WEEKLY;COUNT=3")
    do(cast, season.occurrences(activity)[0], fewer, reason="场馆检修")
    do(cast, season.occurrences(activity)[0], timing)
    assert [row[0] for row in state(activity)] == [f"{day} 09" for day in DAYS]
    given_up, had_again = schedule.of_activity(activity)[-2:]
    assert (given_up.status, had_again.status) == (
        OccurrenceStatus.CANCELLED,
        OccurrenceStatus.TENTATIVE,
    )
    assert given_up.uid != had_again.uid


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_second_of_two_keeps_what_the_first_has_changed(app: Flask, cast: Cast) -> None:
    activity = published(cast)
    first = season.occurrences(activity)[0]
    mine = replace(timing_of(activity), rule="FREQ=WEEKLY;COUNT=5")
    seen = schedule.effect(first, Scope.ALL, mine, NOW).fingerprint
    do(cast, first, at(timing_of(activity), 14))
    with pytest.raises(StaleDataError):
        do(cast, first, mine, seen=seen)
    both = replace(timing_of(activity), rule=mine.rule)
    do(cast, season.occurrences(activity)[0], both)
    assert starts(activity) == [f"{day} 06" for day in [*DAYS, "10-04"]]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_new_words_reach_who_comes_to_any_part(app: Flask, cast: Cast) -> None:
    activity = split(cast)
    shift_id = session().scalars(select(Shift.id).order_by(Shift.id)).first()
    assert shift_id
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    row = season.the_activity(activity)
    save_activity(
        cast.actor("mei"),
        NOW,
        activity_id=activity,
        version=row.version,
        draft=ActivityDraft(code=row.code, title="新名字", duration_min=90),
        lead_id=row.lead_id,
        supporter_ids=[],
        plan=ActivityPlan(),
    )
    saved = select(Change.id).where(Change.kind == ChangeKind.ACTIVITY_SAVED)
    last = session().scalars(saved.order_by(Change.id.desc())).first()
    scopes = session().scalars(select(Touch.scope).where(Touch.change_id == last)).all()
    assert f"volunteer:{cast['lin']}" in scopes

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.kernel.errors import Refused
from events.schedule import rules
from events.schedule.editing import Edit, Effect, Outcome, Standing, edit
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind

NINE = datetime(2025, 9, 6, 9)
BEFORE = datetime(2025, 8, 20, 1, tzinfo=UTC)
AFTER_TWO = datetime(2025, 9, 17, 1, tzinfo=UTC)
SATURDAYS = Timing(
    kind=SeriesKind.RULE,
    tz="Asia/Shanghai",
    starts_local=NINE,
    duration_min=90,
    rule="FREQ=WEEKLY;COUNT=6",
)
WEEK = timedelta(weeks=1)


def standing(timing: Timing = SATURDAYS) -> list[Standing]:
    """The sessions of a timing as they were planned, numbered from 1."""
    return [
        Standing(id=n, slot=slot.recurrence_id, starts_at=slot.starts_at, ends_at=slot.ends_at)
        for n, slot in enumerate(rules.slots(timing), start=1)
    ]


def steps(found: Edit) -> list[tuple[str, int | None, str]]:
    """(effect, session, its slot from now on)."""
    return [
        (step.effect.value, step.id, f"{step.new.recurrence_id:%m-%d %H}" if step.new else "")
        for step in found.steps
    ]


def edited(
    new: Timing,
    *,
    now: datetime = BEFORE,
    rows: Sequence[Standing] | None = None,
    since: datetime | None = None,
) -> Edit:
    return edit(rows or standing(), old=SATURDAYS, new=new, now=now, since=since)


def test_another_hour_moves_each_session_on_its_day() -> None:
    found = edited(replace(SATURDAYS, starts_local=NINE.replace(hour=14)))
    days = ["09-06", "09-13", "09-20", "09-27", "10-04", "10-11"]
    assert steps(found) == [("moved", n, f"{day} 14") for n, day in enumerate(days, start=1)]
    assert found.kept is None


def test_another_weekday_takes_each_session_to_the_next_day() -> None:
    found = edited(replace(SATURDAYS, starts_local=NINE + timedelta(days=1)))
    days = ["09-07", "09-14", "09-21", "09-28", "10-05", "10-12"]
    assert steps(found) == [("moved", n, f"{day} 09") for n, day in enumerate(days, start=1)]


def test_a_weekday_less_keeps_the_others_as_they_are() -> None:
    twice = replace(SATURDAYS, rule="FREQ=WEEKLY;BYDAY=SA,SU;COUNT=6")
    found = edit(
        standing(twice), old=twice, new=replace(twice, rule="FREQ=WEEKLY;COUNT=3"), now=BEFORE
    )
    assert steps(found) == [
        ("untouched", 1, "09-06 09"),
        ("cancelled", 2, ""),
        ("untouched", 3, "09-13 09"),
        ("cancelled", 4, ""),
        ("untouched", 5, "09-20 09"),
        ("cancelled", 6, ""),
    ]


def test_every_second_week_cancels_between_and_adds_at_the_end() -> None:
    found = edited(replace(SATURDAYS, rule="FREQ=WEEKLY;INTERVAL=2;COUNT=4"))
    assert steps(found) == [
        ("untouched", 1, "09-06 09"),
        ("cancelled", 2, ""),
        ("untouched", 3, "09-20 09"),
        ("cancelled", 4, ""),
        ("untouched", 5, "10-04 09"),
        ("moved", 6, "10-18 09"),
    ]


def test_longer_adds_and_nothing_else_changes() -> None:
    found = edited(replace(SATURDAYS, rule="FREQ=WEEKLY;COUNT=7"))
    assert [found.count(each) for each in Effect] == [6, 0, 0, 1]
    assert steps(found)[-1] == ("added", None, "10-18 09")


def test_what_has_begun_stays_and_the_rest_becomes_a_series_of_its_own() -> None:
    found = edited(replace(SATURDAYS, starts_local=NINE.replace(hour=14)), now=AFTER_TWO)
    days = ["09-20", "09-27", "10-04", "10-11"]
    assert steps(found) == [("moved", n, f"{day} 14") for n, day in enumerate(days, start=3)]
    assert found.kept is not None
    assert rules.starts(found.kept) == [NINE, NINE + WEEK]
    assert rules.starts(found.timing) == [(NINE + n * WEEK).replace(hour=14) for n in range(2, 6)]


def test_this_and_following_leaves_what_comes_before() -> None:
    new = replace(
        SATURDAYS, starts_local=(NINE + 3 * WEEK).replace(hour=14), rule="FREQ=WEEKLY;COUNT=3"
    )
    found = edited(new, since=NINE + 3 * WEEK)
    days = ["09-27", "10-04", "10-11"]
    assert steps(found) == [("moved", n, f"{day} 14") for n, day in enumerate(days, start=4)]
    assert found.kept is not None
    assert rules.starts(found.kept) == [NINE, NINE + WEEK, NINE + 2 * WEEK]
    assert found.timing == new


def test_the_same_timing_changes_nothing() -> None:
    for since in (None, NINE + 2 * WEEK):
        found = edited(SATURDAYS, now=AFTER_TWO, since=since)
        assert [found.count(each) for each in Effect] == [4, 0, 0, 0]
        assert (found.kept, found.timing) == (None, SATURDAYS)


def test_a_rule_written_otherwise_is_the_same() -> None:
    said = replace(SATURDAYS, rule="COUNT=6;FREQ=WEEKLY;INTERVAL=1;BYDAY=SA")
    found = edited(said, now=AFTER_TWO)
    assert (found.kept, found.timing, found.count(Effect.UNTOUCHED)) == (None, SATURDAYS, 4)


def test_a_session_moved_by_hand_stays_where_somebody_put_it() -> None:
    rows = standing()
    later = timedelta(days=2)
    third = rows[2]
    rows[2] = replace(third, starts_at=third.starts_at + later, ends_at=third.ends_at + later)
    found = edited(replace(SATURDAYS, starts_local=NINE.replace(hour=14)), rows=rows)
    step = next(step for step in found.steps if step.id == 3)
    assert step.effect is Effect.UNTOUCHED
    assert step.new is not None
    assert step.new.starts_at == rows[2].starts_at
    assert step.new.recurrence_id == datetime(2025, 9, 20, 14)


def test_a_cancelled_session_stays_cancelled_and_is_not_added_again() -> None:
    rows = standing()
    rows[1] = replace(rows[1], is_off=True)
    found = edited(replace(SATURDAYS, starts_local=NINE.replace(hour=14)), rows=rows)
    assert found.count(Effect.UNTOUCHED) == 1
    assert found.count(Effect.ADDED) == 0


def test_one_date_of_several_given_another_moves_only_that() -> None:
    dates = tuple(NINE + n * timedelta(days=3) for n in range(4))
    listed = replace(SATURDAYS, kind=SeriesKind.DATES, rule="", dates=dates)
    changed = (*dates[:2], dates[2] + timedelta(hours=5), dates[3])
    found = edit(standing(listed), old=listed, new=replace(listed, dates=changed), now=BEFORE)
    assert steps(found) == [
        ("untouched", 1, "09-06 09"),
        ("untouched", 2, "09-09 09"),
        ("moved", 3, "09-12 14"),
        ("untouched", 4, "09-15 09"),
    ]


def test_a_last_date_that_is_over_ends_the_series() -> None:
    found = edited(replace(SATURDAYS, rule="FREQ=WEEKLY;COUNT=2"), now=AFTER_TWO)
    assert steps(found) == [("cancelled", n, "") for n in (3, 4, 5, 6)]
    assert (found.kept, rules.starts(found.timing)) == (None, [NINE, NINE + WEEK])


def test_a_future_series_cannot_be_put_into_the_past() -> None:
    with pytest.raises(Refused, match="nothing_ahead"):
        edited(replace(SATURDAYS, starts_local=NINE - 52 * WEEK))


def test_whoever_saw_the_same_has_the_same_fingerprint() -> None:
    new = replace(SATURDAYS, starts_local=NINE.replace(hour=14))
    early, late = (Outcome(edits=((1, edited(new, now=now)),)) for now in (BEFORE, AFTER_TWO))
    assert early.fingerprint == Outcome(edits=((1, edited(new)),)).fingerprint
    assert early.fingerprint != late.fingerprint

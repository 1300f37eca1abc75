from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from events.kernel.errors import Refused
from events.observances.states import DayKind
from events.schedule import rules
from events.schedule.rules import Instance, Timing
from events.schedule.states import DayChoice, SeriesKind

# The National Day of 2025: days off until Wednesday the 8th, worked for on two weekend days.
HOLIDAYS = {date(2025, 10, n) for n in range(1, 9)}
MAKEUP = {date(2025, 9, 28), date(2025, 10, 11)}
NINE = datetime(2025, 9, 6, 9)


def kind_of(on: date) -> DayKind:
    if on in HOLIDAYS:
        return DayKind.HOLIDAY
    return DayKind.MAKEUP if on in MAKEUP else rules.by_weekday(on)


def weekly(rule: str = "FREQ=WEEKLY;COUNT=6", **more: object) -> Timing:
    given = {"tz": "Asia/Shanghai", "starts_local": NINE, "duration_min": 90, "rule": rule}
    return Timing(kind=SeriesKind.RULE, **(given | more))  # type: ignore[arg-type]


def days(timing: Timing) -> list[str]:
    return [f"{start:%m-%d}" for start in rules.starts(timing, kind_of)]


def test_a_rule_keeps_all_days_unless_told_otherwise() -> None:
    assert days(weekly()) == ["09-06", "09-13", "09-20", "09-27", "10-04", "10-11"]


def test_every_saturday_without_holidays_and_also_on_makeup_days() -> None:
    timing = weekly(on_holiday=DayChoice.SKIP)
    assert days(timing) == ["09-06", "09-13", "09-20", "09-27", "10-11"]
    left_out = [each for each in rules.instances(timing, kind_of) if each.start is None]
    assert left_out == [Instance(slot=datetime(2025, 10, 4, 9), start=None, why="holiday")]


def test_an_instance_on_a_holiday_moves_to_the_next_day_that_is_kept() -> None:
    slots = rules.slots(weekly(on_holiday=DayChoice.MOVE), kind_of)
    moved = next(slot for slot in slots if slot.recurrence_id == datetime(2025, 10, 4, 9))
    assert moved.starts_at == datetime(2025, 10, 9, 1, tzinfo=UTC)


def test_a_moved_instance_passes_days_that_others_have() -> None:
    timing = weekly("FREQ=WEEKLY;BYDAY=SA,TH;COUNT=10", on_holiday=DayChoice.MOVE)
    # Thursday the 2nd may not have the 9th, which is another instance's; Saturday the 4th follows
    assert days(timing)[-4:] == ["09-27", "10-09", "10-10", "10-11"]


def test_a_daily_rule_that_may_not_move_anywhere_leaves_the_day_out() -> None:
    timing = weekly("FREQ=DAILY;COUNT=40", on_rest_day=DayChoice.MOVE, on_holiday=DayChoice.SKIP)
    found = rules.starts(timing, kind_of)
    assert [
        start for start in found if kind_of(start.date()) in {DayKind.REST, DayKind.HOLIDAY}
    ] == []
    assert len(found) == len(set(found))


def test_exceptions_count_and_extra_dates_do_not() -> None:
    extra = datetime(2025, 9, 10, 14)
    timing = weekly("FREQ=WEEKLY;COUNT=3", exdates=(NINE + timedelta(weeks=1),), rdates=(extra,))
    assert rules.starts(timing) == [NINE, extra, NINE + timedelta(weeks=2)]
    left_out = [each.slot for each in rules.instances(timing) if each.why == rules.EXCEPTED]
    assert left_out == [NINE + timedelta(weeks=1)]


def test_windows_that_meet_agree_with_the_whole() -> None:
    timing = weekly("FREQ=WEEKLY;BYDAY=TU,TH,SA", on_holiday=DayChoice.MOVE)
    end, middle = datetime(2025, 12, 1), datetime(2025, 10, 3)
    whole = rules.slots(timing, kind_of, before=end)
    parts = [
        *rules.slots(timing, kind_of, after=NINE, before=middle),
        *rules.slots(timing, kind_of, after=middle, before=end),
    ]
    assert parts == whole


def test_a_rule_without_end_needs_a_horizon_and_has_one() -> None:
    timing = weekly("FREQ=WEEKLY")
    with pytest.raises(Refused, match="rule_endless"):
        rules.slots(timing)
    now = datetime(2025, 8, 20, 1, tzinfo=UTC)
    assert rules.horizon(timing, now) == datetime(2026, 3, 5)
    assert rules.horizon(weekly(), now) is None
    assert len(rules.slots(timing, before=rules.horizon(timing, now))) == 26


def test_a_rule_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="dates_missing"):
        rules.slots(weekly(on_rest_day=DayChoice.SKIP))


@pytest.mark.parametrize(
    ("tz", "wall", "utc"),
    [
        # New York skips 02:30 on 8 March 2026: read with the offset before, 03:30 EDT
        ("America/New_York", datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 7, 30)),
        # and has 01:30 twice on 1 November: the first one, EDT
        ("America/New_York", datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 5, 30)),
        # China had summer time 1986-1991
        ("Asia/Shanghai", datetime(1988, 7, 2, 9), datetime(1988, 7, 2, 0)),
        ("Asia/Shanghai", datetime(1985, 7, 2, 9), datetime(1985, 7, 2, 1)),
    ],
)
def test_wall_time_is_read_as_rfc_5545_reads_it(tz: str, wall: datetime, utc: datetime) -> None:
    slot = rules.slot(wall, 90, tz)
    assert slot.starts_at == utc.replace(tzinfo=UTC)
    assert slot.ends_at - slot.starts_at == timedelta(minutes=90)


def test_a_series_keeps_its_wall_time_through_a_change_of_clocks() -> None:
    timing = weekly(
        "FREQ=WEEKLY;COUNT=3", tz="Europe/Berlin", starts_local=datetime(2026, 3, 21, 9)
    )
    hours = [slot.starts_at.hour for slot in rules.slots(timing)]
    assert hours == [8, 8, 7]


def test_cutting_leaves_what_comes_before() -> None:
    timing = weekly("FREQ=WEEKLY;COUNT=6", exdates=(NINE, NINE + timedelta(weeks=4)))
    kept = rules.cut(timing, NINE + timedelta(weeks=3))
    assert rules.starts(kept) == [NINE + timedelta(weeks=n) for n in (1, 2)]
    assert (kept.rule, kept.exdates) == ("FREQ=WEEKLY;UNTIL=20250926", (NINE,))


def test_a_first_date_that_is_none_of_the_rules_own_gives_way() -> None:
    timing = weekly("FREQ=WEEKLY;BYDAY=MO")
    assert rules.first(timing).starts_local == datetime(2025, 9, 8, 9)

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from events.observances import daytypes
from events.observances.daytypes import Calendar
from events.planner.problem import DAY, Window
from events.planning.horizon import Horizon
from events.planning.wished import NEVER, Wish, sessions, suitable

HORIZON = Horizon(
    first=date(2025, 9, 1),
    last=date(2025, 10, 10),
    tz="Asia/Shanghai",
    calendar=Calendar(daytypes.notices().values()),
)
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})


def wish(first: int = 1, last: int = 30, **values: object) -> Wish:
    told: dict[str, object] = {
        "first": date(2025, 9, first),
        "last": date(2025, 9, last),
        "minutes": 60,
    }
    return Wish(**told | values)  # type: ignore[arg-type]


def window(day: int, start: int, end: int) -> Window:
    """Of a day of September, by hours."""
    return Window((day - 1) * DAY + start * 60, (day - 1) * DAY + end * 60)


def dates(asked: Wish) -> list[int]:
    return [on.day for on in suitable(asked, HORIZON)]


def test_one_session_may_be_on_any_wished_day() -> None:
    asked = wish(6, 14, weekdays=WEEKEND, starts=time(9), ends=time(12))
    days = (6, 7, 13, 14)
    assert sessions(asked, HORIZON) == (tuple(window(day, 9, 12) for day in days),)


def test_a_rule_gives_each_session_its_day() -> None:
    asked = wish(2, weekdays=frozenset({1}), rule="FREQ=WEEKLY;BYDAY=TU;COUNT=3", ends=time(11))
    assert sessions(asked, HORIZON) == tuple((window(day, 9, 11),) for day in (2, 9, 16))


def test_a_rule_ends_with_the_wished_window() -> None:
    asked = wish(2, 10, rule="FREQ=WEEKLY;COUNT=3", ends=time(11))
    assert sessions(asked, HORIZON) == tuple((window(day, 9, 11),) for day in (2, 9))


def test_monday_to_friday_takes_the_make_up_workday() -> None:
    assert dates(wish(25, weekdays=WEEKDAYS)) == [25, 26, 28, 29, 30]


def test_saturday_and_sunday_leave_the_make_up_workday_out() -> None:
    assert dates(wish(20, weekdays=WEEKEND)) == [20, 21, 27]


def test_a_date_that_is_the_only_one_stays() -> None:
    assert dates(wish(28, 28, weekdays=WEEKEND)) == [28]


def test_a_holiday_is_no_school_day() -> None:
    asked = replace(wish(29, weekdays=WEEKDAYS), last=date(2025, 10, 10))
    assert [f"{on:%m-%d}" for on in suitable(asked, HORIZON)] == [
        "09-29",
        "09-30",
        "10-09",
        "10-10",
    ]


def test_hours_that_are_too_short_are_lengthened() -> None:
    asked = wish(6, 6, starts=time(9), ends=time(10), minutes=120)
    assert sessions(asked, HORIZON) == ((window(6, 9, 11),),)


def test_a_typed_time_stays_where_no_dates_are_wished() -> None:
    asked = wish(typed=(datetime(2025, 9, 6, 14),))
    assert sessions(asked, HORIZON) == ((window(6, 14, 15),),)


def test_days_outside_of_the_horizon_are_never() -> None:
    asked = Wish(first=date(2026, 9, 1), last=date(2026, 9, 2), minutes=60)
    assert sessions(asked, HORIZON) == ((NEVER,),)
    typed = wish(typed=(datetime(2024, 9, 6, 14),))
    assert sessions(typed, HORIZON) == ((NEVER,),)

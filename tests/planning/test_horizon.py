from __future__ import annotations

from datetime import date

from events.kernel.hours import Hours
from events.observances import daytypes
from events.observances.daytypes import Calendar
from events.planner.problem import DAY, Window
from events.planning.horizon import Horizon

SATURDAY = date(2025, 9, 27)
"""The Sunday after it is a make-up workday, and Wednesday begins the holidays of October."""

HORIZON = Horizon(
    first=SATURDAY,
    last=date(2025, 10, 1),
    tz="Asia/Shanghai",
    calendar=Calendar(daytypes.notices().values()),
)


def hours(windows: tuple[Window, ...]) -> list[tuple[int, int, int]]:
    """Day from 0, first and last hour."""
    return [(w.start // DAY, w.start % DAY // 60, w.end % DAY // 60) for w in windows]


def test_a_make_up_workday_works_and_a_holiday_does_not() -> None:
    assert [day.working for day in HORIZON.days] == [False, True, True, True, False]


def test_a_minute_is_a_moment_and_back() -> None:
    minute = HORIZON.minute(HORIZON.local(DAY + 9 * 60))
    assert minute == DAY + 9 * 60
    moment = HORIZON.moment(minute)
    assert moment.isoformat() == "2025-09-28T01:00:00+00:00"
    assert HORIZON.span(moment, HORIZON.moment(minute + 30)) == Window(minute, minute + 30)


def test_a_school_opens_on_a_make_up_workday_and_not_on_a_holiday() -> None:
    school = Hours.parse("Mo-Th 08:00-16:00;Fr 08:00-12:00")
    assert hours(HORIZON.opened(school)) == [(1, 8, 12), (2, 8, 16), (3, 8, 16)]


def test_a_museum_keeps_its_weekend_hours_and_its_holidays() -> None:
    museum = Hours.parse("Tu-Su 09:00-17:00")
    assert hours(HORIZON.opened(museum)) == [(0, 9, 17), (1, 9, 17), (3, 9, 17), (4, 9, 17)]


def test_who_helps_when_off_work_is_at_work_on_a_make_up_workday() -> None:
    student = Hours.parse("Sa-Su 08:00-18:00;We 14:00-17:00")
    assert hours(HORIZON.available(student)) == [(0, 8, 18), (4, 14, 17)]


def test_who_comes_on_all_days_comes_as_on_a_friday_on_a_make_up_workday() -> None:
    worker = Hours.parse("Sa-Su 08:00-18:00;Mo-Fr 18:00-21:00")
    assert hours(HORIZON.available(worker))[:3] == [(0, 8, 18), (1, 18, 21), (2, 18, 21)]

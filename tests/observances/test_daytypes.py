from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lunar_python.util.HolidayUtil import HolidayUtil

from events.observances import daytypes
from events.observances.daytypes import Calendar, Special, YearNotice
from events.observances.states import DayKind, DayStatus

FILED = Calendar(daytypes.notices().values())
PEER: Any = HolidayUtil


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_holidays_and_makeup_days_are_those_of_another_collection() -> None:
    """lunar-python's own table ends on 2026-10-10, the last day that the notices name."""
    own, theirs = {}, {}
    for day in every_day(date(2024, 1, 1), date(2026, 10, 10)):
        kind = FILED.kind(day)
        if kind in (DayKind.HOLIDAY, DayKind.MAKEUP):
            own[day] = kind
        found = PEER.getHoliday(day.isoformat())
        if found:
            theirs[day] = DayKind.MAKEUP if found.isWork() else DayKind.HOLIDAY
    # The notice of 2024 lets 10 June join its weekend; the other table counts the weekend in.
    weekend = {date(2024, 6, 8): DayKind.HOLIDAY, date(2024, 6, 9): DayKind.HOLIDAY}
    assert own | weekend == theirs
    assert len(own) == 28 + 8 + 28 + 5 + 33 + 6


def test_other_days_follow_from_the_weekday() -> None:
    days = {
        date(2026, 11, 20): DayKind.WORKDAY,
        date(2026, 11, 21): DayKind.REST,
        date(2026, 9, 20): DayKind.MAKEUP,
        date(2026, 10, 1): DayKind.HOLIDAY,
    }
    assert {day: FILED.kind(day) for day in days} == days
    assert [FILED.is_free(day) for day in days] == [False, True, False, True]


def test_a_special_day_has_its_holidays_name() -> None:
    assert FILED.name(date(2025, 10, 6)) == "国庆节、中秋节"
    assert FILED.name(date(2025, 10, 6), "en") == "National Day, Mid-Autumn Festival"
    assert FILED.name(date(2025, 9, 28), "en") == "National Day, Mid-Autumn Festival"
    assert FILED.name(date(2025, 9, 27)) == ""


def test_a_year_without_a_notice_is_not_announced() -> None:
    assert FILED.status(2027) is None
    assert not FILED.is_official(2027)
    assert FILED.kind(date(2027, 1, 1)) is DayKind.WORKDAY
    assert FILED.unofficial(date(2025, 12, 1), date(2028, 1, 31)) == [2027, 2028]


def test_the_later_notice_counts_for_a_december_that_it_names() -> None:
    eve = date(2026, 12, 31)
    new_year = Special(day=eve, kind=DayKind.HOLIDAY, name="元旦")
    coming = YearNotice(year=2027, source="x", status=DayStatus.PROVISIONAL, days=(new_year,))
    calendar = Calendar([coming, *daytypes.notices().values()])
    assert calendar.kind(eve) is DayKind.HOLIDAY
    assert calendar.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert calendar.status(2027) is DayStatus.PROVISIONAL
    assert calendar.unofficial(eve, date(2027, 1, 1)) == [2027]


def test_every_name_on_file_has_its_english() -> None:
    names = {
        name
        for notice in daytypes.notices().values()
        for one in notice.days
        for name in one.name.split("、")
    }
    assert names == set(daytypes.NAMES_EN)

"""Last year's days in this year's campaign."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from events.campaigns.redating import Period, Redating, Shift

HOLIDAYS = {date(2026, 9, 25)}  # Mid-Autumn, a Friday
MAKEUP = {date(2025, 9, 28), date(2026, 9, 20)}  # Sundays on which everybody works


def is_free(day: date) -> bool:
    return day in HOLIDAYS or (day.weekday() > 4 and day not in MAKEUP)


def september(year: int) -> Period:
    return Period(first_on=date(year, 8, 25), starts_on=date(year, 9, 1), ends_on=date(year, 9, 30))


MONTH = Redating(old=september(2025), new=september(2026), is_free=is_free)


@pytest.mark.parametrize(
    ("old", "new", "shift"),
    [
        pytest.param((9, 20), (9, 19), Shift.SAME, id="Saturday of the third week"),
        pytest.param((9, 1), (8, 31), Shift.SAME, id="the warm-up days count"),
        pytest.param((9, 21), (9, 19), Shift.OTHER_DAY, id="its Sunday is a make-up workday"),
        pytest.param((9, 26), (9, 24), Shift.OTHER_DAY, id="its Friday is a holiday"),
        pytest.param((9, 28), (9, 24), Shift.OTHER_DAY, id="a make-up Sunday is a working day"),
    ],
)
def test_a_day_keeps_its_weekday_its_week_and_its_kind(
    old: tuple[int, int], new: tuple[int, int], shift: Shift
) -> None:
    assert MONTH.day(date(2025, *old)) == (date(2026, *new), shift)


def test_a_day_without_its_like_is_left_to_a_person() -> None:
    holiday = date(2026, 9, 25)
    one = Period(first_on=holiday, starts_on=holiday, ends_on=holiday)
    redating = Redating(old=september(2025), new=one, is_free=is_free)
    assert redating.day(date(2025, 9, 5)) == (holiday, Shift.NO_DAY)
    assert redating.day(date(2025, 9, 30)) == (date(2026, 10, 20), Shift.OUTSIDE)


def test_a_day_may_go_to_the_week_beside() -> None:
    late = Period(first_on=date(2026, 9, 1), starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30))
    redating = Redating(old=september(2025), new=late, is_free=is_free)
    assert redating.day(date(2025, 8, 30)) == (date(2026, 9, 5), Shift.OTHER_WEEK)


@given(st.dates(date(2025, 8, 25), date(2025, 9, 30)))
def test_a_new_day_lies_in_the_campaign_and_is_as_free_as_the_old_one(old: date) -> None:
    day, shift = MONTH.day(old)
    if shift.is_placed:
        assert MONTH.new.holds(day)
        assert is_free(day) == is_free(old)
    assert abs((day - old - MONTH.weeks) / timedelta(days=1)) <= 7

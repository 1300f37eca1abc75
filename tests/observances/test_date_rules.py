from calendar import isleap
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from events.observances import lunar
from events.observances.rules import (
    WEEK_DAYS,
    Announced,
    FixedDay,
    FixedRange,
    LastWeekday,
    LunarDay,
    Notice,
    NthWeek,
    NthWeekday,
    Rule,
    SolarTerm,
    Span,
    WeekContaining,
    WholeMonth,
)
from events.observances.states import Confidence

years = st.integers(1950, 2100)
months = st.integers(1, 12)
weekdays = st.sampled_from(WEEK_DAYS)


def days(start: str, end: str | None = None) -> Span:
    return Span(start=date.fromisoformat(start), end=date.fromisoformat(end or start))


def bounds(span: Span | None) -> tuple[date, date]:
    assert span is not None
    assert span.end is not None
    return span.start, span.end


def length(span: Span | None) -> int:
    start, end = bounds(span)
    return (end - start).days + 1


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        (FixedDay(month=5, day=30), 2024, days("2024-05-30")),
        (FixedDay(month=2, day=29), 2024, days("2024-02-29")),
        (FixedDay(month=2, day=29), 2100, None),
        (FixedRange(start="04-25", end="05-01"), 2025, days("2025-04-25", "2025-05-01")),
        (FixedRange(start="02-23", end="02-29"), 2025, None),
        (NthWeekday(month=5, n=3, weekday="SU"), 2026, days("2026-05-17")),
        (NthWeekday(month=5, n=3, weekday="SA", days=8), 2027, days("2027-05-15", "2027-05-22")),
        (NthWeekday(month=5, n=4, weekday="MO", days=7), 2025, days("2025-05-26", "2025-06-01")),
        (NthWeekday(month=2, n=5, weekday="TH"), 2024, days("2024-02-29")),
        (NthWeekday(month=2, n=5, weekday="TH"), 2025, None),
        (LastWeekday(month=3, weekday="MO"), 2025, days("2025-03-31")),
        (LastWeekday(month=1, weekday="SU"), 2026, days("2026-01-25")),
        (LastWeekday(month=12, weekday="SA", days=7), 2022, days("2022-12-31", "2023-01-06")),
        (WholeMonth(month=2), 2024, days("2024-02-01", "2024-02-29")),
        (WholeMonth(month=2), 2100, days("2100-02-01", "2100-02-28")),
        (WholeMonth(month=12), 2025, days("2025-12-01", "2025-12-31")),
        (LunarDay(lunar_month=9, lunar_day=9), 2024, days("2024-10-11")),
        (LunarDay(lunar_month=9, lunar_day=9), 2025, days("2025-10-29")),
        (LunarDay(lunar_month=9, lunar_day=9), 2026, days("2026-10-18")),
        (LunarDay(lunar_month=9, lunar_day=9), 2030, days("2030-10-05")),
        (LunarDay(lunar_month=12, lunar_day=8), 2025, days("2026-01-26")),
        (LunarDay(lunar_month=12, lunar_day=30), 2025, None),
        (LunarDay(lunar_month=12, lunar_day=30), 2029, days("2030-02-02")),
        (SolarTerm(term="秋分"), 2024, days("2024-09-22")),
        (SolarTerm(term="qiufen"), 2025, days("2025-09-23")),
    ],
)
def test_rule_names_the_days_of_a_year(rule: Rule, year: int, expected: Span | None) -> None:
    assert rule.span(year) == expected


@pytest.mark.parametrize(
    ("year", "from_sunday", "from_monday"),
    [
        (2022, days("2022-05-15", "2022-05-21"), days("2022-05-09", "2022-05-15")),
        (2024, days("2024-05-12", "2024-05-18"), days("2024-05-13", "2024-05-19")),
        (2028, days("2028-05-14", "2028-05-20"), days("2028-05-15", "2028-05-21")),
    ],
)
def test_weeks_of_15_may_differ_by_their_first_day(
    year: int, from_sunday: Span, from_monday: Span
) -> None:
    assert WeekContaining(month=5, day=15, week_start="SU").span(year) == from_sunday
    assert WeekContaining(month=5, day=15, week_start="MO").span(year) == from_monday


def test_week_containing_new_year_begins_in_the_old_year() -> None:
    week = WeekContaining(month=1, day=1, week_start="MO")
    assert week.span(2026) == days("2025-12-29", "2026-01-04")


@pytest.mark.parametrize(
    ("year", "n", "expected"),
    [
        (2026, 1, days("2026-03-30", "2026-04-05")),  # 1 April is a Wednesday: five days in April
        (2027, 1, days("2027-03-29", "2027-04-04")),  # a Thursday: four days count as a week
        (2022, 1, days("2022-04-04", "2022-04-10")),  # a Friday: three days do not
        (2026, 4, days("2026-04-20", "2026-04-26")),
        (2026, 5, days("2026-04-27", "2026-05-03")),  # four days left in April
        (2025, 5, None),  # 28 April has three
    ],
)
def test_nth_week_has_four_days_in_the_month(year: int, n: int, expected: Span | None) -> None:
    assert NthWeek(month=4, n=n, week_start="MO").span(year) == expected


@pytest.mark.parametrize(
    ("year", "harvest"),
    [(year, 22 if year in {2020, 2024, 2028, 2032} else 23) for year in range(2018, 2036)],
)
def test_autumn_equinox_is_22_september_in_leap_years(year: int, harvest: int) -> None:
    assert SolarTerm(term="秋分").span(year) == days(f"{year}-09-{harvest}")


def test_leap_month_is_never_a_festival() -> None:
    leap_sixth = lunar.gregorian(2025, 6, 1, leap=True)
    assert leap_sixth == date(2025, 7, 25)
    assert LunarDay(lunar_month=6, lunar_day=1).span(2025) == days("2025-06-25")
    leap_ninth = lunar.gregorian(2014, 9, 9, leap=True)
    assert leap_ninth == date(2014, 11, 1)
    assert LunarDay(lunar_month=9, lunar_day=9).span(2014) == days("2014-10-02")


def test_announced_gives_its_notice_and_never_its_placeholder() -> None:
    notice = Notice(year=2024, span=days("2024-05-25"), confidence=Confidence.VERIFIED)
    rule = Announced(known=(notice,), nominal=WholeMonth(month=5))
    assert rule.span(2024) == days("2024-05-25")
    assert rule.span(2025) is None


@given(years, months, st.integers(1, 28), weekdays)
def test_week_containing_is_seven_days_around_its_day(
    year: int, month: int, day: int, week_start: str
) -> None:
    span = WeekContaining(month=month, day=day, week_start=week_start).span(year)
    start, end = bounds(span)
    assert length(span) == 7
    assert start <= date(year, month, day) <= end
    assert start.weekday() == WEEK_DAYS.index(week_start)


@given(years, months, st.integers(1, 5), weekdays, st.integers(1, 31))
def test_nth_weekday_is_counted_in_its_month(
    year: int, month: int, n: int, weekday: str, count: int
) -> None:
    span = NthWeekday(month=month, n=n, weekday=weekday, days=count).span(year)
    all_such = [
        day
        for day in (date(year, month, 1) + timedelta(days=number) for number in range(31))
        if day.month == month and day.weekday() == WEEK_DAYS.index(weekday)
    ]
    if n > len(all_such):
        assert span is None
    else:
        assert bounds(span)[0] == all_such[n - 1]
        assert length(span) == count


@given(years, months, weekdays)
def test_last_weekday_is_the_fourth_or_the_fifth(year: int, month: int, weekday: str) -> None:
    fourth, fifth = (NthWeekday(month=month, n=n, weekday=weekday).span(year) for n in (4, 5))
    assert LastWeekday(month=month, weekday=weekday).span(year) == (fifth or fourth)


@given(years, months, weekdays)
def test_nth_weeks_follow_each_other_and_share_out_the_month(
    year: int, month: int, week_start: str
) -> None:
    spans = [NthWeek(month=month, n=n, week_start=week_start).span(year) for n in range(1, 6)]
    starts = [span.start for span in spans if span]
    assert len(starts) in {4, 5}
    for n, start in enumerate(starts):
        assert start == starts[0] + timedelta(weeks=n)
        assert start.weekday() == WEEK_DAYS.index(week_start)
        assert sum((start + timedelta(days=day)).month == month for day in range(7)) >= 4
    before = [starts[0] - timedelta(days=day) for day in range(1, 8)]
    assert sum(day.month == month for day in before) < 4


@given(years, months)
def test_whole_month_has_every_day(year: int, month: int) -> None:
    start, end = bounds(WholeMonth(month=month).span(year))
    assert (start.day, start.month, end.month) == (1, month, month)
    assert (end + timedelta(days=1)).day == 1


@given(years)
def test_fixed_range_over_february_is_a_day_longer_in_leap_years(year: int) -> None:
    assert length(FixedRange(start="02-01", end="03-01").span(year)) == 29 + isleap(year)


@pytest.mark.parametrize(
    ("make", "parameters", "message"),
    [
        (FixedDay, {"month": 13, "day": 1}, "month must be 1-12, not 13"),
        (FixedDay, {"month": 6, "day": 31}, "day must be 1-30, not 31"),
        (FixedRange, {"start": "05-02", "end": "05-01"}, "range ends on 05-01"),
        (FixedRange, {"start": "5-2", "end": "05-03"}, "Invalid isoformat"),
        (NthWeekday, {"month": 5, "n": 6, "weekday": "SA"}, "n must be 1-5, not 6"),
        (NthWeekday, {"month": 5, "n": 1, "weekday": "Sat"}, "'Sat' is none of MO, TU"),
        (LastWeekday, {"month": 5, "weekday": "MO", "days": 0}, "days must be 1-366, not 0"),
        (WeekContaining, {"month": 2, "day": 30, "week_start": "MO"}, "day must be 1-29"),
        (NthWeek, {"month": "4", "n": 1, "week_start": "MO"}, "month must be 1-12, not '4'"),
        (LunarDay, {"lunar_month": 9, "lunar_day": 31}, "lunar_day must be 1-30, not 31"),
        (SolarTerm, {"term": "中秋"}, "'中秋' is none of the 24 solar terms"),
        (Announced, {"nominal": Announced()}, "nominal must be a computed form"),
        (Span, {"start": date(2025, 5, 2), "end": date(2025, 5, 1)}, "before its start"),
    ],
)
def test_wrong_parameters_are_refused(
    make: type, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(**parameters)


def test_announced_has_one_notice_a_year() -> None:
    notice = Notice(year=2024, span=days("2024-05-25"), confidence=Confidence.VERIFIED)
    with pytest.raises(ValueError, match="two items for one year"):
        Announced(known=(notice, notice))

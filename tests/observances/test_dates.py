import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from events.observances import (
    Span,
    Status,
    dates,
    get,
    load,
    not_announced,
    occurrence,
    placeholder,
    rows,
)
from events.observances.rules import Announced

DATA = Path(__file__).parent / "data"


def dated(id: str, year: int) -> tuple[str, str, str] | None:  # noqa: A002
    """(start, end, status) as in `rows`."""
    one = occurrence(get(id), year)
    return (str(one.start), str(one.end or ""), one.status.value) if one else None


def on_file(name: str) -> list[tuple[str, ...]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return [tuple(row) for row in csv.reader(lines)][1:]


@pytest.mark.parametrize(
    ("status", "name"),
    [("confirmed", "observances-expected.csv"), ("provisional", "observances-provisional.csv")],
)
def test_rows_of_2024_to_2027_equal_those_on_file(status: str, name: str) -> None:
    found = [
        (id_, str(year), start, end)
        for id_, year, start, end, status_ in rows(2024, 2027)
        if status_ == status and end
    ]
    assert found == sorted(on_file(name), key=lambda row: (row[1], row[2], row[0]))


def test_only_openings_are_known_of_two() -> None:
    assert [row for row in rows(2024, 2027) if not row[3]] == [
        ("digital-literacy-month", 2024, "2024-05-24", "", "confirmed"),
        ("food-safety-week", 2025, "2025-09-11", "", "confirmed"),
    ]


def test_rows_are_sorted_by_start_and_id_within_each_year() -> None:
    found = list(rows(2028, 2030))
    assert found == sorted(found, key=lambda row: (row[1], row[2], row[0]))
    assert {row[1] for row in found} == {2028, 2029, 2030}
    assert list(rows(2028, 2027)) == []


@pytest.mark.parametrize(
    ("id", "year", "expected"),
    [
        # in force from its first year to its last
        ("national-science-month", 2024, None),
        ("national-science-month", 2025, ("2025-09-01", "2025-09-30", "confirmed")),
        ("sci-tech-workers-day", 2016, None),
        ("harvest-festival", 2017, None),
        # two weeks of 15 May
        ("urban-water-saving-week", 2022, ("2022-05-15", "2022-05-21", "confirmed")),
        ("family-education-week", 2022, ("2022-05-09", "2022-05-15", "confirmed")),
        # over the end of a month
        ("occupational-disease-week", 2025, ("2025-04-25", "2025-05-01", "confirmed")),
        # by Sun and Moon
        ("harvest-festival", 2024, ("2024-09-22", "2024-09-22", "confirmed")),
        ("harvest-festival", 2025, ("2025-09-23", "2025-09-23", "confirmed")),
        ("elders-day", 2026, ("2026-10-18", "2026-10-18", "confirmed")),
        ("elders-day", 2027, ("2027-10-08", "2027-10-08", "confirmed")),
        # 13 October, no longer the second Wednesday (which is the 14th)
        ("idrr-day", 2026, ("2026-10-13", "2026-10-13", "confirmed")),
        # the notice, else the placeholder
        ("science-technology-week", 2020, ("2020-08-23", "2020-08-29", "confirmed")),
        ("science-technology-week", 2026, ("2026-05-16", "2026-05-23", "provisional")),
        ("science-technology-week", 2000, None),
        # ended, with a successor: the notice while it lasted, then the customary weekend
        ("national-science-day", 2024, ("2024-09-15", "2024-09-25", "confirmed")),
        ("national-science-day", 2025, ("2025-09-20", "2025-09-21", "provisional")),
        ("national-science-day", 2002, None),
        # the third day of another's notice, never of its placeholder
        ("low-carbon-day", 2024, ("2024-05-15", "2024-05-15", "confirmed")),
        ("low-carbon-day", 2022, ("2022-06-15", "2022-06-15", "confirmed")),
        ("low-carbon-day", 2023, ("2023-07-12", "2023-07-12", "confirmed")),
        ("low-carbon-day", 2026, None),
        # an open end, and nothing at all
        ("food-safety-week", 2023, ("2023-11-28", "", "confirmed")),
        ("food-safety-week", 2026, None),
    ],
)
def test_dates_of_a_year(id: str, year: int, expected: tuple[str, str, str] | None) -> None:  # noqa: A002
    assert dated(id, year) == expected


def test_placeholder_stands_beside_the_notice() -> None:
    week = get("science-technology-week")
    assert placeholder(week, 2024) == Span(start=date(2024, 5, 18), end=date(2024, 5, 25))
    assert placeholder(get("sci-tech-workers-day"), 2024) is None
    assert placeholder(get("food-safety-week"), 2024) is None


def test_an_ended_observance_without_successor_has_no_placeholder() -> None:
    ended = replace(get("national-science-day"), succeeded_by=None)
    assert occurrence(ended, 2025) is None


def test_not_announced_has_neither_notice_nor_placeholder() -> None:
    assert [observance.id for observance in not_announced(2026)] == [
        "mass-innovation-week",
        "digital-literacy-month",
        "low-carbon-day",
        "food-safety-week",
        "lifelong-learning-week",
    ]
    assert "low-carbon-day" not in {observance.id for observance in not_announced(2025)}
    assert not_announced(1950) == []


@given(st.integers(1950, 2100))
def test_each_observance_is_dated_or_not_announced_or_not_in_force(year: int) -> None:
    dated_ids = [one.observance.id for one in dates.year(year)]
    silent_ids = [observance.id for observance in not_announced(year)]
    in_force = {observance.id for observance in load() if observance.is_in_force(year)}
    assert len(set(dated_ids + silent_ids)) == len(dated_ids) + len(silent_ids)
    assert in_force <= set(dated_ids + silent_ids)


@given(st.integers(1950, 2100))
def test_only_notices_and_computed_rules_confirm(year: int) -> None:
    for one in dates.year(year):
        observance = one.observance
        if one.status is Status.PROVISIONAL:
            assert isinstance(observance.rule, Announced)
            assert observance.rule.span(year) is None
        else:
            assert observance.is_in_force(year)


def test_years_after_the_table_are_refused() -> None:
    with pytest.raises(ValueError, match="year 2101 is outside the lunar table"):
        dates.year(2101)

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given, strategies as st

from events.kernel.errors import Refused
from events.kernel.recurrence import Rule, expand

FIRST = datetime(2025, 9, 6, 9)


def test_every_saturday_four_times() -> None:
    found = expand(Rule.parse("FREQ=WEEKLY;BYDAY=SA;COUNT=4"), FIRST)
    assert found == [datetime(2025, 9, day, 9) for day in (6, 13, 20, 27)]


def test_until_as_a_date_means_the_whole_of_that_day() -> None:
    found = expand(Rule.parse("FREQ=DAILY;UNTIL=20250908"), FIRST)
    assert found == [datetime(2025, 9, day, 9) for day in (6, 7, 8)]


def test_last_friday_of_the_month() -> None:
    found = expand(Rule.parse("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2"), FIRST)
    assert found == [datetime(2025, 9, 26, 9), datetime(2025, 10, 31, 9)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=WEEKLY;BYDAY=SA", "rule_endless"),
        ("FREQ=HOURLY;COUNT=3", "rule_frequency_unknown"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "rule_frequency_unknown"),
        ("FREQ=YEARLY;BYWEEKNO=3;COUNT=3", "rule_part_unknown"),
        ("FREQ=WEEKLY;BYDAY=SA;BYSETPOS=1;COUNT=3", "rule_read_differently"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20250910", "rule_two_ends"),
        ("FREQ=DAILY;COUNT=1000", "rule_too_many"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "rule_unreadable"),
        ("FREQ=DAILY;COUNT=x", "rule_unreadable"),
        ("FREQ=DAILY;UNTIL=2025-09-10", "rule_unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=40;COUNT=2", "rule_unreadable"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "rule_unreadable"),
        ("FREQ=DAILY;COUNT=-1", "rule_unreadable"),
    ],
)
def test_what_calendars_read_differently_or_never_end_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        expand(Rule.parse(text), FIRST)
    assert refused.value.code == code


def test_a_rule_that_never_matches_ends_quickly() -> None:
    assert expand(Rule.parse("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"), FIRST) == []


@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 5),
    count=st.integers(1, 6),
)
def test_expanding_twice_is_equal_ascending_and_counted(
    frequency: str, interval: int, count: int
) -> None:
    rule = Rule.parse(f"FREQ={frequency};INTERVAL={interval};COUNT={count}")
    found = expand(rule, FIRST)
    assert found == expand(rule, FIRST) == sorted(set(found))
    assert len(found) == count
    assert found[0] == FIRST


@pytest.mark.parametrize(
    "text",
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=4", "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;COUNT=4"],
)
def test_a_rule_that_never_matches_ends_soon(text: str) -> None:
    began = time.process_time()
    assert expand(Rule.parse(text), datetime(2026, 12, 1, 9)) == []
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("FREQ=DAILY;COUNT=2", 9999),
        ("FREQ=DAILY;COUNT=1,2", 2026),
        ("FREQ=YEARLY;BYDAY=99MO;COUNT=2", 2026),
    ],
)
def test_what_the_library_stumbles_over_is_refused(text: str, year: int) -> None:
    with pytest.raises(Refused, match="rule_unreadable"):
        expand(Rule.parse(text), datetime(year, 12, 1, 9))


def test_leap_days_are_found_in_their_own_years() -> None:
    found = expand(Rule.parse("FREQ=YEARLY;COUNT=3"), datetime(2028, 2, 29, 9))
    assert [moment.year for moment in found] == [2028, 2032, 2036]

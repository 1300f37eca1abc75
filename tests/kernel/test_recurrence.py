from __future__ import annotations

from datetime import datetime
from itertools import islice

import pytest
from hypothesis import given, strategies as st

from events.kernel.errors import Refused
from events.kernel.recurrence import Rule, between, expand, instances
from tests.effort import calls_of

FIRST = datetime(2025, 9, 6, 9)
A_SECOND = 1_000_000
"""Calls; about what a second is worth."""


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
    rule = Rule.parse(text)
    assert calls_of(lambda: expand(rule, datetime(2026, 12, 1, 9))) < A_SECOND
    assert expand(rule, datetime(2026, 12, 1, 9)) == []


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("FREQ=DAILY;COUNT=2", 9999),
        ("FREQ=DAILY;COUNT=1,2", 2026),
        ("FREQ=YEARLY;BYDAY=99MO;COUNT=2", 2026),
        ("FREQ=YEARLY;BYDAY=0MO;COUNT=2", 2026),
        ("FREQ=DAILY;BYHOUR=24;COUNT=2", 2026),
        ("FREQ=DAILY;BYSETPOS=0;COUNT=2", 2026),
        ("FREQ=YEARLY;BYYEARDAY=367;COUNT=2", 2026),
        ("FREQ=DAILY;INTERVAL=99999999999;COUNT=2", 2026),
        ("FREQ=DAILY;UNTIL=20260931", 2026),
        ("FREQ=DAILY;WKST=XX;COUNT=2", 2026),
        ("FREQ=DAILY;BYMONTH=;COUNT=2", 2026),
    ],
)
def test_numbers_out_of_range_are_refused(text: str, year: int) -> None:
    with pytest.raises(Refused, match="rule_unreadable"):
        expand(Rule.parse(text), datetime(year, 12, 1, 9))


def test_leap_days_are_found_in_their_own_years() -> None:
    found = expand(Rule.parse("FREQ=YEARLY;COUNT=3"), datetime(2028, 2, 29, 9))
    assert [moment.year for moment in found] == [2028, 2032, 2036]


def starts(text: str, first: str, most: int = 8) -> list[str]:
    """The first starts, as iCalendar writes them; of a date, dates."""
    form = "%Y%m%dT%H%M%S" if "T" in first else "%Y%m%d"
    start = datetime.strptime(first, form)
    rule = Rule.parse_foreign(text)
    rule = rule if "T" in first else rule.of_days()
    return [moment.strftime(form) for moment in islice(instances(rule, start), most)]


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        # weeks begin on Monday, or on WKST, and the first holds 4 January
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3", "20241230", "20241230 20251229 20270104"),
        (
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU;COUNT=3",
            "20241229",
            "20241229 20260104 20270103",
        ),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR;COUNT=3", "20200101", "20210101 20270101 20321231"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3", "20250101", "20251228 20270103 20280102"),
        # without BYDAY a week number keeps the weekday of the start
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "20250514", "20250514 20260513 20270519"),
        # an interval counts years of weeks: 30 December 2024 lies in 2025
        ("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO;COUNT=2", "20241230", "20241230 20270104"),
        # BYMONTHDAY without BYMONTH stays in the month of a start on such a day
        ("FREQ=YEARLY;BYMONTHDAY=25;COUNT=3", "20251225", "20251225 20261225 20271225"),
        ("FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;COUNT=2", "20260213", "20260213 20320213"),
        # and takes every month when the start is on another day
        ("FREQ=YEARLY;BYMONTHDAY=1;COUNT=3", "20251025", "20251101 20251201 20260101"),
        # BYSETPOS counts in the whole first week, also before the start
        (
            "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1,3;COUNT=3",
            "20250910",
            "20250912 20250915 20250919",
        ),
        # a weekday with and one without a number: either is enough
        ("FREQ=MONTHLY;BYDAY=1MO,SU;COUNT=4", "20250901", "20250901 20250907 20250914 20250921"),
        # hours of a date are ignored
        ("FREQ=DAILY;BYHOUR=9,14;BYMINUTE=5;COUNT=2", "20250901", "20250901 20250902"),
        # the second of a leap second is that before it
        ("FREQ=DAILY;BYSECOND=60;COUNT=1", "20250901T090000", "20250901T090059"),
        # both ends: the first to come
        ("FREQ=DAILY;COUNT=3;UNTIL=20250902", "20250901", "20250901 20250902"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20250908", "20250901", "20250901 20250902"),
    ],
)
def test_what_other_calendars_read_differently_has_one_meaning(
    text: str, first: str, expected: str
) -> None:
    assert starts(text, first) == expected.split()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("RRULE:freq=weekly;byday=mo;", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=WEEKLY; BYDAY=MO, TU", "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=WEEKLY;BYMONTH=;X-GROUP=1;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"),
        ("RSCALE=GREGORIAN;FREQ=DAILY;SKIP=OMIT", "FREQ=DAILY"),
        ("FREQ=DAILY;UNTIL=2025-09-30", "FREQ=DAILY;UNTIL=20250930"),
        ("FREQ=DAILY;UNTIL=20250930Z", "FREQ=DAILY;UNTIL=20250930"),
        ("FREQ=DAILY;UNTIL=20250930T", "FREQ=DAILY;UNTIL=20250930"),
        ("FREQ=DAILY;UNTIL=20250930T2359", "FREQ=DAILY;UNTIL=20250930T235900"),
        ("FREQ=DAILY;UNTIL=2025-09-30T23:59:59.000Z", "FREQ=DAILY;UNTIL=20250930T235959Z"),
        ("FREQ=DAILY;UNTIL=20250930T240000Z", "FREQ=DAILY;UNTIL=20250930T235959Z"),
    ],
)
def test_careless_rules_of_others_are_understood(text: str, meant: str) -> None:
    assert str(Rule.parse_foreign(text)) == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=HOURLY;COUNT=3", "rule_frequency_unknown"),
        ("BYDAY=MO", "rule_frequency_unknown"),
        ("", "rule_frequency_unknown"),
        ("FREQ=YEARLY;RSCALE=CHINESE", "rule_part_unknown"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rule_part_unknown"),
        ("FREQ=YEARLY;BYEASTER=0", "rule_part_unknown"),
        ("FREQ=DAILY;UNTIL=TheCowsComeHome", "rule_unreadable"),
        ("FREQ=DAILY;UNTIL=20250931T000000Z", "rule_unreadable"),
        ("FREQ=DAILY;INTERVAL=0", "rule_unreadable"),
        ("FREQ=DAILY;COUNT=-1", "rule_unreadable"),
        ("FREQ=YEARLY;BYWEEKNO=54", "rule_unreadable"),
    ],
)
def test_nonsense_of_others_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        Rule.parse_foreign(text)


def test_an_until_in_utc_is_compared_in_the_zone_asked() -> None:
    rule = Rule.parse("FREQ=DAILY;UNTIL=20250907T010000Z")
    assert len(expand(rule, FIRST, tz="Asia/Shanghai")) == 2
    assert len(expand(rule, FIRST)) == 1
    assert (
        len(expand(Rule.parse("FREQ=DAILY;UNTIL=20250907T010000"), FIRST, tz="Asia/Shanghai")) == 1
    )


def test_an_until_before_the_start_leaves_nothing() -> None:
    assert expand(Rule.parse("FREQ=DAILY;UNTIL=20250905"), FIRST) == []


def test_a_start_that_does_not_match_is_no_instance() -> None:
    found = expand(Rule.parse("FREQ=WEEKLY;BYDAY=SU;COUNT=2"), FIRST)
    assert found == [datetime(2025, 9, 7, 9), datetime(2025, 9, 14, 9)]


ALL = ",".join(map(str, range(60)))
HOURS = ",".join(map(str, range(24)))


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=9999999999",
        "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=9999999999",
        "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=9999999999",
        "FREQ=MONTHLY;BYDAY=2SA;COUNT=9999999999",
        "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=3;COUNT=9999999999",
        "FREQ=YEARLY;BYYEARDAY=1,100;COUNT=9999999999",
        "FREQ=DAILY;BYMONTH=1,2,3;COUNT=9999999999",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYMONTH=1,2,3;COUNT=9999999999",
        "FREQ=DAILY;INTERVAL=9999999999",
        "FREQ=WEEKLY;INTERVAL=9999999999;BYMONTH=3",
        "FREQ=YEARLY;INTERVAL=9999999999",
        "FREQ=DAILY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=999;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=WEEKLY;INTERVAL=7;BYMONTHDAY=31;BYMONTH=4;BYDAY=SU",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYYEARDAY=61",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
        "FREQ=DAILY;BYSETPOS=2",
        f"FREQ=DAILY;BYHOUR={HOURS};BYMINUTE={ALL};BYSECOND={ALL}",
        f"FREQ=YEARLY;BYHOUR={HOURS};BYMINUTE={ALL};BYSECOND={ALL};BYSETPOS=-1",
        f"FREQ=YEARLY;BYMONTHDAY=1;BYDAY=MO,SU;BYHOUR={HOURS};BYMINUTE={ALL};BYSECOND={ALL};COUNT=9",
        f"FREQ=YEARLY;BYDAY=MO;BYHOUR={HOURS};BYMINUTE={ALL};BYSECOND={ALL};COUNT=9999999999",
    ],
)
def test_no_rule_takes_long(text: str) -> None:
    """A window a thousand years after the start, and the first starts of all."""
    rule = Rule.parse_foreign(text)

    def look() -> None:
        seen = list(islice(between(rule, FIRST, datetime(3025, 9, 6), datetime(3025, 9, 13)), 9))
        assert len(list(islice(instances(rule, FIRST), 9))) <= 9
        assert len(seen) <= 9

    assert calls_of(look) < A_SECOND


def test_a_window_after_both_ends_is_empty() -> None:
    rule = Rule.parse_foreign("FREQ=WEEKLY;BYDAY=SA;COUNT=5;UNTIL=20250901")
    assert list(between(rule, FIRST, datetime(2025, 9, 14), datetime(2026, 1, 1))) == []


def test_a_window_of_a_counted_rule_knows_what_came_before() -> None:
    rule = Rule.parse("FREQ=WEEKLY;BYDAY=SA,SU;COUNT=5")
    found = between(rule, FIRST, datetime(2025, 9, 14), datetime(2026, 1, 1))
    assert list(found) == [datetime(2025, 9, day, 9) for day in (14, 20)]

"""VTIMEZONE: told in yearly rules only, and right at every hour of the years that it claims."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from events.kernel import zones

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Urumqi")


@pytest.mark.parametrize("tz", ZONES)
def test_a_zone_is_told_with_one_standard_and_at_most_one_daylight(tz: str) -> None:
    lines = zones.definition(tz, 2025, 2027)
    assert lines is not None
    assert lines.count("BEGIN:STANDARD") == 1
    assert lines.count("BEGIN:DAYLIGHT") <= 1
    assert not any(line.startswith("RDATE") for line in lines)
    read: Any = icalendar.Timezone.from_ical("\r\n".join(lines))
    told = read.to_tz()
    zone, moment = ZoneInfo(tz), datetime(2025, 1, 1, tzinfo=UTC)
    while moment.year < 2028:
        there = moment.astimezone(zone)
        if not there.fold:  # an hour that comes twice is told for the first time
            assert told.utcoffset(there.replace(tzinfo=None)) == there.utcoffset(), there
        moment += timedelta(hours=7)


def test_shanghai_is_one_standard() -> None:
    assert zones.definition("Asia/Shanghai", 1992, 2050) == (
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def test_onsets_are_written_in_the_wall_time_before_them() -> None:
    lines = zones.definition("Europe/Berlin", 2025, 2025)
    assert lines is not None
    assert lines[2:] == (
        "BEGIN:STANDARD",
        "DTSTART:20241027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20240331T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    )


@pytest.mark.parametrize(
    ("tz", "first", "last"),
    [
        ("Asia/Shanghai", 1986, 1991),
        ("Asia/Shanghai", 1990, 2026),
        ("America/New_York", 2006, 2008),
        ("Africa/Casablanca", 2025, 2026),
        ("Asia/Shanghai", 1890, 1890),
    ],
)
def test_what_two_yearly_rules_cannot_say_is_not_told(tz: str, first: int, last: int) -> None:
    assert zones.definition(tz, first, last) is None

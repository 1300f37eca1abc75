"""Files that nobody's calendar program wrote: refused clearly, soon, and in little memory."""

from __future__ import annotations

import time
import tracemalloc
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from events.foreign import lines, words
from events.foreign.problems import Unusable
from events.foreign.read import read
from tests.foreign.calendars import SHANGHAI, calendar, reading

EVENT = "BEGIN:VEVENT\nUID:%d\nDTSTART:20260905T100000\n%sEND:VEVENT\n"


def many(count: int, extra: str = "") -> str:
    body = "".join(EVENT % (number, extra) for number in range(count))
    return f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n"


def refusal(content: str | bytes) -> str:
    with pytest.raises(Unusable) as fault:
        reading(content)
    assert words.refusal(fault.value)
    return fault.value.code


def test_what_is_refused_whole() -> None:
    assert refusal("") == "not_a_calendar"
    assert refusal("<html>hello</html>") == "not_a_calendar"
    assert refusal(b"\x00" * 100_000) == "not_a_calendar"
    assert refusal(b"B" * (lines.MOST_BYTES + 1)) == "calendar_too_large"
    assert refusal("BEGIN:VCALENDAR\n" + "\n" * 1_000_001) == "calendar_too_many_lines"
    assert refusal("BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 20_000) == "calendar_too_deep"
    assert refusal(many(20_000)) == "calendar_too_many_events"


def test_rules_without_measure_are_refused_one_by_one() -> None:
    found = reading(calendar(*("UID:1\nDTSTART:20260905\n" + "RRULE:FREQ=SECONDLY\n",)))
    assert [one.code for one in found.problems] == ["rule_sub_daily"]
    every_second = "RRULE:FREQ=DAILY;BYHOUR={h};BYMINUTE={m};BYSECOND={m}".format(
        h=",".join(map(str, range(24))), m=",".join(map(str, range(60)))
    )
    found = reading(calendar(f"UID:1\nDTSTART:20260905T000000\n{every_second}"))
    assert [one.code for one in found.problems] == ["too_many_times"]
    never = "UID:1\nDTSTART:00010101T000000\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    assert reading(calendar(never)).occurrences == []
    endless = "UID:1\nDTSTART:00010101T000000\nRRULE:FREQ=MONTHLY;BYDAY=5WE;COUNT=999999999"
    assert reading(calendar(endless)).occurrences != []


def test_whoever_asks_may_lose_patience() -> None:
    with pytest.raises(Unusable, match="calendar_takes_too_long"):
        read(
            many(3).encode(),
            after=date(2026, 9, 1),
            before=date(2026, 9, 2),
            tz=SHANGHAI,
            is_late=lambda: True,
        )


@pytest.mark.parametrize(
    "lines",
    [
        "SUMMARY:" + "x" * 5_000_000,
        "SUMMARY:" + "x\n " * 900_000,
        "DTEND" + ";A=B" * 1_000_000 + ":20260905",
        'DTEND;A="' + '";A="' * 500_000,
        "SUMMARY:" + "\\" * 3_000_000,
        "EXDATE:" + ",".join(["20260905T100000"] * 300_000),
    ],
    ids=["long", "folded", "parameters", "quotes", "escapes", "dates"],
)
def test_endless_lines_cost_little(lines: str) -> None:
    text = f"BEGIN:VCALENDAR\n{EVENT % (1, lines + chr(10))}END:VCALENDAR\n"
    tracemalloc.start()
    begun = time.process_time()
    reading(text)
    spent = time.process_time() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 8
    assert peak < 200_000_000


PIECES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR", "BEGIN:VTIMEZONE",
        "TZID:X", "BEGIN:STANDARD", "TZOFFSETTO:+9999", "TZOFFSETTO:+0100", "END:STANDARD",
        "END:VTIMEZONE", "UID:1", "UID:", "DTSTART:20260905T100000", "DTSTART:00010101",
        "DTSTART:99991231T235959Z", "DTSTART;TZID=X:20260905T100000", "DTEND:00010101T000000Z",
        "DTEND:99991231", "DURATION:P99999D", "DURATION:-P1D", "RRULE:FREQ=DAILY",
        "RRULE:FREQ=YEARLY;BYWEEKNO=53", "RRULE:FREQ=WEEKLY;UNTIL=00010101", "RRULE:;;=",
        "EXDATE:20260905", "RDATE;VALUE=PERIOD:20260905T000000Z/-PT1H", "RDATE:99991231",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260905T100000", "RECURRENCE-ID:00010101",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:99991231T000000Z", "SEQUENCE:9", "X-WR-TIMEZONE:X",
        "\x1f", " ", ":", "DTSTART;", "DTSTART;TZID=(UTC+08:00) Beijing:20260905T100000",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40), st.binary(max_size=8))
def test_nothing_fails_whatever_is_in_the_file(pieces: list[str], noise: bytes) -> None:
    content = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *pieces]).encode() + noise
    try:
        found = reading(content)
    except Unusable:
        return
    assert all(words.text(one) for one in found.problems)
    assert all(one.ends >= one.starts for one in found.occurrences if one.is_all_day)

"""Rules, dates and overrides of foreign series."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rruleset, rrulestr
from hypothesis import given, settings, strategies as st

from tests.foreign.calendars import calendar, codes, reading, starts

WEEKLY = (
    "UID:1\nDTSTART;TZID=Asia/Shanghai:20260905T100000\nDTEND;TZID=Asia/Shanghai:20260905T113000\n"
)


def days(*events: str) -> list[str]:
    """The starts, without the offset of Shanghai."""
    return [start.removesuffix("+08:00").removesuffix(":00") for start in starts(*events)]


def test_ends_of_rules_in_all_their_forms() -> None:
    for until in ("20260919T020000Z", "20260919T100000", "20260919", "2026-09-19"):
        assert days(WEEKLY + f"RRULE:FREQ=WEEKLY;UNTIL={until}") == [
            "2026-09-05T10:00",
            "2026-09-12T10:00",
            "2026-09-19T10:00",
        ]
    assert days(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=2") == ["2026-09-05T10:00", "2026-09-12T10:00"]
    assert len(days(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=-1")) == 4
    assert len(days(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=3;FREQ=WEEKLY")) == 3
    assert days("UID:1\nDTSTART:20260905\nRRULE:FREQ=DAILY;UNTIL=20260906T155959Z") == [
        "2026-09-05",
        "2026-09-06",
    ]
    assert days(WEEKLY + "RRULE:FREQ=WEEKLY;UNTIL=20260801") == []


def test_left_out_dates_in_all_their_forms() -> None:
    rule = WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=4\n"
    rest = ["2026-09-05T10:00", "2026-09-19T10:00", "2026-09-26T10:00"]
    for exdate in (
        "EXDATE;TZID=Asia/Shanghai:20260912T100000",
        "EXDATE:20260912T020000Z",
        "EXDATE;VALUE=DATE:20260912",
        "EXDATE:20260912T100000",
        "EXDATE;TZID=Europe/Paris:20260912T040000",
        "EXDATE:nonsense,20260912T020000Z",
    ):
        assert days(rule + exdate) == rest


def test_extra_dates_and_periods() -> None:
    found = reading(
        calendar(
            WEEKLY + "RDATE:20260907T020000Z\n"
            "RDATE;VALUE=PERIOD:20260908T020000Z/20260908T040000Z,20260909T020000Z/PT15M"
        )
    ).occurrences
    lengths = [one.ends - one.starts for one in found]
    assert lengths == [
        timedelta(minutes=90),
        timedelta(minutes=90),
        timedelta(hours=2),
        timedelta(minutes=15),
    ]


def test_an_override_replaces_its_instance_also_from_outside_the_window() -> None:
    rule = WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:1\nRECURRENCE-ID:20260912T020000Z\nDTSTART:20261001T020000Z\nSUMMARY:moved"
    assert days(rule, moved) == ["2026-09-05T10:00", "2026-09-19T10:00"]
    into = "UID:1\nRECURRENCE-ID;TZID=Asia/Shanghai:20260905T100000\nDTSTART:20260930T020000Z"
    assert starts(rule, into)[-1] == "2026-09-30T02:00:00+00:00"
    cancelled = "UID:1\nRECURRENCE-ID:20260912T020000Z\nDTSTART:20260912T020000Z\nSTATUS:CANCELLED"
    found = reading(calendar(rule, cancelled)).occurrences
    assert [one.status for one in found] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [one.key for one in found] == [
        "20260905T020000Z",
        "20260912T020000Z",
        "20260919T020000Z",
    ]


def test_an_override_without_its_series_is_kept() -> None:
    orphan = "UID:9\nRECURRENCE-ID:20260912T020000Z\nDTSTART:20260913T020000Z"
    assert starts(orphan) == ["2026-09-13T02:00:00+00:00"]


def test_an_override_from_here_on_moves_what_follows() -> None:
    rule = WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=4"
    onward = (
        "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Shanghai:20260912T100000\n"
        "DTSTART;TZID=Asia/Shanghai:20260913T140000\nDTEND;TZID=Asia/Shanghai:20260913T150000\n"
        "SUMMARY:later"
    )
    found = reading(calendar(rule, onward)).occurrences
    assert [(one.starts.isoformat()[:16], one.summary) for one in found] == [
        ("2026-09-05T10:00", ""),
        ("2026-09-13T14:00", "later"),
        ("2026-09-20T14:00", "later"),
        ("2026-09-27T14:00", "later"),
    ]


def test_of_two_versions_the_newer_counts() -> None:
    old = "UID:1\nSEQUENCE:1\nDTSTART:20260905\nSUMMARY:old"
    new = "UID:1\nSEQUENCE:2\nDTSTART:20260906\nSUMMARY:new"
    for events in ((old, new), (new, old)):
        assert days(*events) == ["2026-09-06"]
        assert codes(calendar(*events)) == []


def test_a_length_is_of_wall_time_when_clocks_change() -> None:
    text = calendar(
        "UID:1\nDTSTART;TZID=Europe/Berlin:20261023T220000\n"
        "DTEND;TZID=Europe/Berlin:20261024T060000\nRRULE:FREQ=DAILY;COUNT=3"
    )
    found = reading(text, date(2026, 10, 1), date(2026, 11, 1)).occurrences
    assert [one.ends.isoformat() for one in found] == [
        "2026-10-24T06:00:00+02:00",
        "2026-10-25T06:00:00+01:00",
        "2026-10-26T06:00:00+01:00",
    ]


FIRST = datetime(2026, 1, 5, 10)
MOMENTS = st.integers(0, 300).map(lambda n: FIRST + timedelta(days=n))
RULES = st.sampled_from(
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=30",
        "FREQ=MONTHLY;BYMONTHDAY=5,20",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    rule=RULES,
    extra=st.lists(MOMENTS, max_size=3),
    left_out=st.lists(MOMENTS, max_size=6),
    after=st.integers(0, 300),
    length=st.integers(0, 100),
)
def test_every_series_is_what_its_rule_and_dates_say(
    rule: str, extra: list[datetime], left_out: list[datetime], after: int, length: int
) -> None:
    """Against dateutil's sets of rules, in wall time."""
    known: Any = rruleset()  # type: ignore[no-untyped-call]
    known.rrule(rrulestr(rule, dtstart=FIRST))
    for moment in (FIRST, *extra):
        known.rdate(moment)
    for moment in left_out:
        known.exdate(moment)
    first = date(2026, 1, 5) + timedelta(days=after)
    last = first + timedelta(days=length)
    expected = [
        moment
        for moment in known.between(FIRST, datetime(2028, 1, 1), inc=True)
        if first <= moment.date() < last
    ]
    lines = [f"RDATE:{moment:%Y%m%dT%H%M%S}" for moment in extra]
    lines += [f"EXDATE:{moment:%Y%m%dT%H%M%S}" for moment in left_out]
    text = calendar(f"UID:1\nDTSTART:{FIRST:%Y%m%dT%H%M%S}\nRRULE:{rule}\n" + "\n".join(lines))
    found = reading(text, first, last).occurrences
    assert [datetime.fromisoformat(str(one.starts)).replace(tzinfo=None) for one in found] == (
        expected
    )

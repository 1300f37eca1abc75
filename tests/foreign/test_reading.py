"""What is kept of foreign calendars, and what is named."""

from __future__ import annotations

from datetime import date

import pytest

from tests.foreign.calendars import calendar, codes, reading, starts, times

TALK = "UID:1\nSUMMARY:讲座\nDTSTART;TZID=Asia/Shanghai:20260905T100000\n"


def test_times_keep_their_own_offset_and_days_an_exclusive_end() -> None:
    text = calendar(
        TALK + "DTEND;TZID=Asia/Shanghai:20260905T113000",
        "UID:2\nDTSTART;VALUE=DATE:20260907\nDTEND;VALUE=DATE:20260909",
        "UID:3\nDTSTART;VALUE=DATE:20260910",
        "UID:4\nDTSTART:20260911T010000Z\nDURATION:PT1H30M",
        "UID:5\nDTSTART:20260912T090000",
        "UID:6\nDTSTART:20260913T090000\nDURATION:P1W",
    )
    assert times(text) == [
        "2026-09-05T10:00:00+08:00 2026-09-05T11:30:00+08:00",
        "2026-09-07 2026-09-09",
        "2026-09-10 2026-09-11",
        "2026-09-11T01:00:00+00:00 2026-09-11T02:30:00+00:00",
        "2026-09-12T09:00:00+08:00 2026-09-12T09:00:00+08:00",
        "2026-09-13T09:00:00+08:00 2026-09-20T09:00:00+08:00",
    ]
    assert codes(text) == []


def test_an_event_belongs_to_every_day_that_it_overlaps() -> None:
    night = calendar("UID:1\nDTSTART:20260831T220000\nDTEND:20260901T020000")
    assert len(times(night)) == 1
    assert times(night, after=date(2026, 9, 2), before=date(2026, 10, 1)) == []
    until_midnight = calendar("UID:1\nDTSTART:20260831T220000\nDTEND:20260901T000000")
    assert times(until_midnight) == []
    moment = calendar("UID:1\nDTSTART:20260901T000000")
    assert len(times(moment)) == 1
    week = calendar("UID:1\nDTSTART:20260825\nDTEND:20260901")
    assert times(week) == []


@pytest.mark.parametrize(
    ("lines", "code", "is_kept"),
    [
        ("UID:b\nSUMMARY:x", "start_missing", False),
        ("UID:b\nDTSTART:-0011130T100000", "start_unreadable", False),
        ("UID:b\nDTSTART:20260231", "start_unreadable", False),
        ("UID:b\nDTSTART:20260906T100000\nDURATION:PT", "end_unreadable", True),
        ("UID:b\nDTSTART:20260906T100000\nDURATION:P999999999999W", "end_unreadable", True),
        ("UID:b\nDTSTART:20260906T100000\nDTEND:tomorrow", "end_unreadable", True),
        ("UID:b\nDTSTART:20260906T100000\nDTEND:20260906T090000", "ends_before_start", True),
        ("UID:b\nDTSTART:20260906T100000\nDURATION:-PT1H", "ends_before_start", True),
        ("UID:b\nDTSTART;TZID=:20260906T100000", "zone_blank", True),
        ("UID:b\nDTSTART;TZID=Mars/Olympus:20260906T100000", "zone_unknown", True),
        ("DTSTART:20260906T100000", "uid_missing", True),
        ("UID:b\nDTSTART:20260906T100000\nthis is no line", "line_unreadable", True),
        ("UID:b\nDTSTART:20260906\nRDATE:someday", "date_unreadable", True),
        ("UID:b\nDTSTART:20260906\nRECURRENCE-ID:x", "recurrence_id_unreadable", False),
        ("UID:b\nDTSTART:20260906\nRRULE:FREQ=HOURLY", "rule_sub_daily", False),
        (
            "UID:b\nDTSTART:20260906\nRRULE:RSCALE=CHINESE;FREQ=YEARLY",
            "rule_other_calendar",
            False,
        ),
        ("UID:b\nDTSTART:20260906\nRRULE:FREQ=DAILY;UNTIL=soon", "until_unreadable", False),
        ("UID:b\nDTSTART:20260906\nRRULE:every day", "rule_not_followed", False),
        ("UID:1\nDTSTART:20260906T100000", "uid_repeated", False),
    ],
)
def test_a_bad_event_is_named_and_the_good_one_beside_it_kept(
    lines: str, code: str, *, is_kept: bool
) -> None:
    found = reading(calendar(TALK, lines))
    assert [(one.code, one.is_kept, one.line) for one in found.problems] == [(code, is_kept, 8)]
    assert found.events == 1 + is_kept
    assert "2026-09-05T10:00:00+08:00" in [one.starts.isoformat() for one in found.occurrences]


def test_an_end_before_the_start_is_read_the_other_way_round() -> None:
    text = calendar("UID:b\nDTSTART:20260906T100000\nDTEND:20260906T090000")
    assert times(text) == ["2026-09-06T09:00:00+08:00 2026-09-06T10:00:00+08:00"]


OWN_ZONE = """
BEGIN:VTIMEZONE
TZID:Custom Zone
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Asia/Shanghai", "+08:00"),
        ("China Standard Time", "+08:00"),
        ('"W. Europe Standard Time"', "+02:00"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "+02:00"),
        ("GMT+0530", "+05:30"),
        ("(UTC+08:00) Beijing, Chongqing", "+08:00"),
        ("Custom Zone", "+02:00"),
    ],
)
def test_zones_are_found_by_whatever_name(zone: str, offset: str) -> None:
    event = f"UID:1\nDTSTART;TZID={zone}:20260905T100000"
    assert starts(event, head=OWN_ZONE) == [f"2026-09-05T10:00:00{offset}"]
    assert codes(calendar(event, head=OWN_ZONE)) == []


def test_a_zone_of_the_file_changes_its_clocks() -> None:
    event = "UID:1\nDTSTART;TZID=Custom Zone:20261024T100000\nRRULE:FREQ=DAILY;COUNT=3"
    text = calendar(event, head=OWN_ZONE)
    found = reading(text, date(2026, 10, 1), date(2026, 11, 1)).occurrences
    assert [one.starts.isoformat() for one in found] == [
        "2026-10-24T10:00:00+02:00",
        "2026-10-25T10:00:00+01:00",
        "2026-10-26T10:00:00+01:00",
    ]


def test_floating_times_are_in_the_calendars_own_zone() -> None:
    event = "UID:1\nDTSTART:20260905T100000"
    assert starts(event, head="X-WR-TIMEZONE:Europe/Paris") == ["2026-09-05T10:00:00+02:00"]
    assert starts(event) == ["2026-09-05T10:00:00+08:00"]


def test_bytes_of_all_kinds() -> None:
    text = calendar(TALK + "DESCRIPTION:很长\n")
    plain = [("2026-09-05T10:00:00+08:00", "讲座")]
    folded = text.encode().replace("讲座".encode(), b"\xe8\n \xae\xb2\r\n\t\xe5\xba\xa7")
    for content in (
        text.encode(),
        b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        text.encode("gbk"),
        text.encode("utf-16"),
        text.replace("\n", "\r").encode(),
        text.replace("\n", "\n\n").encode(),
        text.replace("END:VEVENT\nEND:VCALENDAR\n", "").encode(),
        folded,
        text[text.index("BEGIN:VEVENT") : text.index("END:VCAL")].encode(),
    ):
        found = reading(content).occurrences
        assert [(one.starts.isoformat(), one.summary) for one in found] == plain


def test_several_calendars_and_other_components() -> None:
    todo = "BEGIN:VTODO\nUID:t\nDUE:20260905T100000\nEND:VTODO\nBEGIN:VJOURNAL\nEND:VJOURNAL\n"
    alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nDURATION:PT1M\nSUMMARY:wake\nEND:VALARM\n"
    text = calendar(TALK + alarm, head=todo) + calendar("UID:2\nDTSTART:20260906")
    found = reading(text)
    assert [(one.uid, one.summary) for one in found.occurrences] == [("1", "讲座"), ("2", "")]
    assert found.problems == []


def test_an_event_that_is_not_ended_does_not_swallow_the_next() -> None:
    text = calendar(TALK, "UID:2\nDTSTART:20260906").replace("END:VEVENT\nBEGIN", "BEGIN")
    assert [one.uid for one in reading(text).occurrences] == ["1", "2"]
    assert codes(text) == [("end_missing", True)]


def test_a_status_a_transparency_and_a_text_are_read() -> None:
    text = calendar(
        "UID:1\nDTSTART:20260905\nSTATUS:CANCELLED\nSUMMARY:a\\, b\\nc",
        "UID:2\nDTSTART:20260906\nSTATUS:TENTATIVE\nTRANSP:TRANSPARENT",
    )
    found = reading(text).occurrences
    assert [(one.status, one.is_transparent, one.summary) for one in found] == [
        ("CANCELLED", False, "a, b\nc"),
        ("TENTATIVE", True, ""),
    ]


def test_a_made_uid_stays_the_same() -> None:
    text = calendar("DTSTART:20260905", "DTSTART:20260906")
    uids = [one.uid for one in reading(text).occurrences]
    assert len(set(uids)) == 2
    assert uids == [one.uid for one in reading(text).occurrences]


def test_a_calendar_of_another_scale_is_named() -> None:
    assert codes(calendar(TALK, head="CALSCALE:CHINESE")) == [("other_calendar", False)]

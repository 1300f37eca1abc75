from __future__ import annotations

from datetime import date

import pytest

from events.days.reading import read, written
from events.days.rules import Problem
from events.observances.daytypes import Special
from events.observances.states import DayKind

NEW_YEAR = tuple(
    Special(day=date(2027, 1, day), kind=kind, name="元旦")
    for day, kind in ((1, DayKind.HOLIDAY), (2, DayKind.HOLIDAY), (9, DayKind.MAKEUP))
)
FILES = {
    "own json": """[
        {"date": "2027-01-01", "until": "2027-01-02", "kind": "holiday", "name": "元旦"},
        {"date": "2027-01-09", "kind": "makeup", "name": "元旦"}]""",
    "isOffDay": """{"year": 2027, "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": true},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": true},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": false}]}""",
    "csv": "date,kind,name\n2027-01-01,holiday,元旦\n2027/1/2,holiday,元旦\n"
    "2027-01-09,makeup,元旦\n",
    "chinese csv": "日期,至,类型,名称\n2027年1月1日,2027年1月2日,放假,元旦\n20270109,,补班,元旦\n",
    "ics": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\n"
    "DTEND;VALUE=DATE:20270103\r\nSUMMARY:元旦(休)\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
    "DTSTART;VALUE=DATE:20270109\r\nSUMMARY:元旦\r\n (班)\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "apple ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\n"
    "DTEND;VALUE=DATE:20270103\nSUMMARY:元旦\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\nEND:VEVENT\n"
    "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270109\nSUMMARY:元旦\n"
    "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nEND:VEVENT\nEND:VCALENDAR\n",
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_says_the_same(name: str) -> None:
    found = read(FILES[name].encode(), year=2027)
    assert found.problems == ()
    assert found.days == NEW_YEAR


def test_a_spreadsheet_of_windows_is_read() -> None:
    assert read(FILES["chinese csv"].encode("gb18030"), year=2027).days == NEW_YEAR
    assert read(b"\xef\xbb\xbf" + FILES["csv"].encode(), year=2027).days == NEW_YEAR


def test_what_is_written_is_read_again() -> None:
    assert read(written(NEW_YEAR).encode(), year=2027).days == NEW_YEAR


def test_every_problem_names_its_row() -> None:
    text = (
        "date,kind,name\n"
        "2027-02-30,holiday,元旦\n"
        "2027-01-01,feast,元旦\n"
        "2027-01-01,holiday,元旦\n"
        "2027-01-01,holiday,元旦\n"
        "2026-01-02,holiday,元旦\n"
        "2027-01-04,makeup,元旦\n"
        "2027-01-03,holiday,\n"
    )
    facts = read(text.encode(), year=2027).problems
    assert [(one.row, one.code) for one in facts] == [
        (2, "date_unreadable"),
        (3, "kind_unknown"),
        (5, "day_twice"),
        (6, "other_year"),
        (7, "makeup_on_workday"),
        (8, "name_missing"),
    ]
    assert facts[2] == Problem(row=5, code="day_twice", facts={"day": "2027-01-01", "before": "4"})


def test_the_december_before_belongs_to_a_notice() -> None:
    text = "date,kind,name\n2026-12-31,holiday,元旦\n"
    assert read(text.encode(), year=2027).problems == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\xff", b"{", b"{}", b"[1]", b"[" * 100_000, b"a,b\n1,2\n", b"PK\x03\x04"],
)
def test_what_cannot_be_read_is_one_problem(content: bytes) -> None:
    found = read(content, year=2027)
    assert found.days == ()
    assert [one.code for one in found.problems] == ["file_unreadable"]


def test_a_file_without_a_day_says_so() -> None:
    assert [p.code for p in read(b"[]", year=2027).problems] == ["nothing_found"]
    long = "date,until,kind,name\n" + "2027-01-01,2027-02-28,holiday,x\n" * 20
    assert [p.code for p in read(long.encode(), year=2027).problems] == ["too_many_days"]

"""What is left of a calendar whose words are taken out: every time, and no word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.foreign.problems import Unusable
from events.foreign.veil import without_words
from tests.foreign.calendars import calendar, reading

ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
    "TZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nTZNAME:秘密\nEND:STANDARD\nEND:VTIMEZONE"
)
FILES = {
    "plain": calendar("UID:a\nSUMMARY:秘密\nDTSTART:20260905T010000Z\nDURATION:PT1H"),
    "folded": calendar("UID:a\nDTSTART:20260905T010000Z").replace(
        "DTSTART", "SUMMARY:秘\n 密\n\t还有秘密\nDTSTA\n RT"
    ),
    "blank line in a fold": calendar("UID:a\nSUMMARY:1\nDTSTART:20260905T010000Z").replace(
        "SUMMARY:1", "SUMMARY:秘\n\n 密"
    ),
    "group": calendar("UID:a\nitem1.SUMMARY:秘密\nitem1.DTSTART:20260905T010000Z"),
    "no colon": calendar("UID:a\nSUMMARY 秘密\n秘密\nDTSTART:20260905T010000Z"),
    "zones": calendar(
        "UID:a\nSUMMARY;LANGUAGE=zh:秘密\nDTSTART;TZID=Office:20260905T100000\nRRULE:FREQ=DAILY",
        "UID:a\nRECURRENCE-ID;TZID=Office:20260907T100000\nDTSTART;TZID=Office:20260907T120000",
        head=ZONE,
    ),
    "alarm": calendar(
        "UID:a\nDTSTART;VALUE=DATE:20260905\nBEGIN:VALARM\nTRIGGER:-PT5M\nDESCRIPTION:秘密\nEND:VALARM",
        head="X-WR-CALNAME:秘密\nX-WR-TIMEZONE:Asia/Tokyo",
    ),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_time_stays_and_no_word(name: str, encoding: str, ending: str) -> None:
    content = FILES[name].replace("\n", ending).encode(encoding)
    veiled = without_words(content)
    assert "秘" not in veiled.decode()
    before, after = reading(content), reading(veiled)
    assert before.occurrences != []
    assert after.occurrences == [
        replace(one, summary="", location="") for one in before.occurrences
    ]


def test_a_report_names_the_lines_of_the_file_itself() -> None:
    text = calendar("UID:a\nSUMMARY:1\nDTSTART:20260905T010000Z", "UID:b\nSUMMARY:秘密")
    text = text.replace("SUMMARY:1\n", "SUMMARY:秘\n 密\n\t秘密\n")
    wrong = [(one.line, one.code) for one in reading(text).problems]
    assert [(one.line, one.code) for one in reading(without_words(text.encode())).problems] == wrong
    assert wrong == [(10, "start_missing")]


def test_no_file_takes_long() -> None:
    assert without_words(b"SUMMARY:" + b"\n 1" * 3_000_000).strip() == b""
    with pytest.raises(Unusable, match="calendar_too_many_lines"):
        without_words(b"\n" * 5_000_000)


def test_taking_words_out_twice_is_taking_them_out_once() -> None:
    for text in FILES.values():
        once = without_words(text.encode())
        assert without_words(once) == once

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from events.kernel.calendar import Entry, calendar_bytes, uid

START = datetime(2025, 9, 6, 1, 0, tzinfo=UTC)
CHANGED = datetime(2025, 8, 20, 1, 2, 3, tzinfo=UTC)
HARD = 'Talk; with, "quotes" \\ and\nnew line — 科普讲座，' + "月" * 60 + "🎈" * 30


def entry(number: int = 0, **given: object) -> Entry:
    fields: dict[str, object] = {
        "uid": uid(datetime(2025, 9, 6, 9, 0) + timedelta(days=number), "series-1"),
        "starts_at": START + timedelta(days=number),
        "ends_at": START + timedelta(days=number, hours=2),
        "summary": "科普讲座",
        "changed_at": CHANGED,
        "sequence": 2,
    }
    return Entry(**(fields | given))  # type: ignore[arg-type]


def test_one_entry_is_written_exactly_so() -> None:
    made = calendar_bytes(
        [
            entry(
                location="温泉路 1 号",
                description="A\nB",
                url="https://kepu.example/a",
                categories=("讲座", "a,b"),
            )
        ],
        name="九月",
        url="https://kepu.example/c",
        source="https://kepu.example/f.ics",
        changed_at=CHANGED,
    )
    assert made.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kepu//Kepu 1.0//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:九月",
        "X-WR-CALNAME:九月",
        "URL:https://kepu.example/c",
        "SOURCE;VALUE=URI:https://kepu.example/f.ics",
        "LAST-MODIFIED:20250820T010203Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
        "X-APPLE-CALENDAR-COLOR:#008080",
        "BEGIN:VEVENT",
        "UID:20250906T090000-series-1@kepu",
        "DTSTAMP:20250820T010203Z",
        "LAST-MODIFIED:20250820T010203Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "DTSTART:20250906T010000Z",
        "DTEND:20250906T030000Z",
        "SUMMARY:科普讲座",
        "LOCATION:温泉路 1 号",
        "DESCRIPTION:A\\nB",
        "URL:https://kepu.example/a",
        "CATEGORIES:讲座,a\\,b",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_library_reads_back_what_was_written() -> None:
    made = calendar_bytes([entry(summary=HARD, location=HARD, categories=(HARD,))], name=HARD)
    read = icalendar.Calendar.from_ical(made)
    (event,) = read.events
    assert [str(event["SUMMARY"]), str(event["LOCATION"])] == [HARD] * 2
    assert event.categories == [HARD]
    assert (event.start, event.end) == (START, START + timedelta(hours=2))
    assert (event["SEQUENCE"], str(event["STATUS"])) == (2, "CONFIRMED")
    assert (event.stamp, event.LAST_MODIFIED) == (CHANGED, CHANGED)
    assert not event.errors
    assert not read.errors


@pytest.mark.parametrize("word", [HARD, "x" * 75, "x" * 68, "x" * 67, "月" * 22, "é" * 500, ""])
def test_lines_are_folded_as_the_library_folds_them(word: str) -> None:
    event = icalendar.Event()
    event.add("summary", word)
    ours = calendar_bytes([entry(summary=word)], name="n")
    assert all(len(line) <= 75 for line in ours.split(b"\r\n"))
    unfolded = ours.replace(b"\r\n ", b"")
    assert event.to_ical().replace(b"\r\n ", b"").split(b"\r\n")[1] in unfolded.split(b"\r\n")
    for piece in ours.split(b"\r\n"):
        piece.decode()  # never cut inside a character


def test_a_cancelled_session_says_so_and_blocks_nobody() -> None:
    lines = [
        calendar_bytes([entry(status="CANCELLED")], name="n", language=language).decode()
        for language in ("zh", "en")
    ]
    assert "SUMMARY:【取消】科普讲座\r\nTRANSP:TRANSPARENT\r\n" in lines[0]
    assert "SUMMARY:[Cancelled] 科普讲座\r\nTRANSP:TRANSPARENT\r\n" in lines[1]


def test_control_characters_cannot_make_lines_of_their_own() -> None:
    made = calendar_bytes(
        [entry(summary="a\r\nBEGIN:VALARM\x00\x0b", url="https://x/\r\nATTENDEE:mailto:a@b")],
        name="n\rX:1",
    )
    lines = made.decode().split("\r\n")
    assert "SUMMARY:a\\nBEGIN:VALARM" in lines
    assert "URL:https://x/ATTENDEE:mailto:a@b" in lines
    assert "NAME:n\\nX:1" in lines
    assert b"\r" not in made.replace(b"\r\n", b"")


def test_the_order_of_entries_does_not_change_the_bytes() -> None:
    entries = [entry(number) for number in range(5)]
    assert calendar_bytes(entries, name="n") == calendar_bytes(reversed(entries), name="n")

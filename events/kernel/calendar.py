"""iCalendar bytes (RFC 5545, RFC 7986) from plain entries: for feeds and for mails.

Flat: one VEVENT per session, plain UTC times, no zone, no recurrence, no alarm, no attendee:
the one form that every client tried reads alike. Nothing here asks a clock, so equal entries give
equal bytes. The lines are written here rather than by a library because a feed of 1,000 sessions
is on the path of every poll; a test reads them back with `icalendar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

PRODID = "-//Kepu//Kepu 1.0//ZH"
COLOR = "teal"
APPLE_COLOR = "#008080"
_CANCELLED = {"zh": "【取消】", "en": "[Cancelled] "}
_LINE_OCTETS = 75
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TO_ESCAPE = re.compile(r"[\\;,\n]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session as calendars show it. Times are aware; `status` is RFC 5545's word.

    changed_at: the last change of anything said here; it becomes DTSTAMP and LAST-MODIFIED.
    geo: latitude and longitude, WGS-84.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    changed_at: datetime
    sequence: int = 0
    status: str = "CONFIRMED"
    location: str = ""
    description: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    geo: tuple[float, float] | None = None


def uid(recurrence_id_local: datetime, series_uid: str) -> str:
    """The UID of one session, the same for good: its first start in wall time, and its series."""
    return f"{recurrence_id_local:%Y%m%dT%H%M%S}-{series_uid}@kepu"


def calendar_bytes(
    entries: Iterable[Entry],
    *,
    name: str,
    language: str = "zh",
    method: str = "PUBLISH",
    description: str = "",
    url: str = "",
    source: str = "",
    changed_at: datetime | None = None,
) -> bytes:
    """A whole VCALENDAR, entries by start, CRLF, folded at 75 octets, UTF-8.

    source: the feed's own address, when it is one; changed_at: its latest change.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    if description:
        lines += [f"DESCRIPTION:{_text(description)}", f"X-WR-CALDESC:{_text(description)}"]
    if url:
        lines.append(f"URL:{_uri(url)}")
    if source:
        lines.append(f"SOURCE;VALUE=URI:{_uri(source)}")
    if changed_at is not None:
        lines.append(f"LAST-MODIFIED:{_utc(changed_at)}")
    lines += [
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",  # P1H would be no duration: phones refuse the file
        "X-PUBLISHED-TTL:PT1H",
        f"COLOR:{COLOR}",
        f"X-APPLE-CALENDAR-COLOR:{APPLE_COLOR}",
    ]
    for entry in sorted(entries, key=lambda e: (e.starts_at, e.uid)):
        lines += _event(entry, language)
    lines.append("END:VCALENDAR\r\n")
    return "\r\n".join(map(_folded, lines)).encode()


def _event(entry: Entry, language: str) -> list[str]:
    is_cancelled = entry.status == "CANCELLED"
    summary = _CANCELLED[language] + entry.summary if is_cancelled else entry.summary
    changed = _utc(entry.changed_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{entry.sequence}",
        f"STATUS:{entry.status}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(entry.ends_at)}",
        f"SUMMARY:{_text(summary)}",
    ]
    if entry.location:
        lines.append(f"LOCATION:{_text(entry.location)}")
    if entry.geo:
        lines.append(f"GEO:{entry.geo[0]:.6f};{entry.geo[1]:.6f}")
    if entry.description:
        lines.append(f"DESCRIPTION:{_text(entry.description)}")
    if entry.url:
        lines.append(f"URL:{_uri(entry.url)}")
    if entry.categories:
        lines.append(f"CATEGORIES:{','.join(map(_text, entry.categories))}")
    if is_cancelled:
        lines.append("TRANSP:TRANSPARENT")
    lines.append("END:VEVENT")
    return lines


def _utc(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f"{at.year:04d}{at.month:02d}{at.day:02d}T{at.hour:02d}{at.minute:02d}{at.second:02d}Z"


def _text(words: str) -> str:
    """RFC 5545, 3.3.11; control characters cannot be written there and are dropped."""
    if not words.isprintable():
        words = _CONTROLS.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    return _TO_ESCAPE.sub(_escape, words)


def _escape(found: re.Match[str]) -> str:
    return "\\n" if found[0] == "\n" else "\\" + found[0]


def _uri(address: str) -> str:
    return "".join(address.split())


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, cut between characters (RFC 5545, 3.1)."""
    if len(line) * 4 <= _LINE_OCTETS or (line.isascii() and len(line) <= _LINE_OCTETS):
        return line
    octets = line.encode()
    pieces, start, room = [], 0, _LINE_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # a continuation octet: inside a character
            end -= 1
        pieces.append(octets[start:end].decode())
        start, room = end, _LINE_OCTETS - 1  # the space in front counts
    pieces.append(octets[start:].decode())
    return "\r\n ".join(pieces)

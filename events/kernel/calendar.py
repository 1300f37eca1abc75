"""iCalendar bytes (RFC 5545, RFC 7986) from plain entries: for feeds and for mails.

Flat: one VEVENT per session, plain UTC times, no zone, no recurrence, no attendee: the one form
that every client tried reads alike. An entry that names a `zone` is written in its wall time, and
may carry a rule or stand for one instance of it; never RDATE, RSCALE, THISANDFUTURE or COUNT, which
clients read differently. Nothing here asks a clock, so equal entries give equal bytes. The lines
are written here rather than by a library because a feed of 1,000 sessions is on the path of every
poll; a test reads them back with `icalendar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from events.kernel import clock

PRODID = "-//Kepu//Kepu 1.0//ZH"
COLOR = "teal"
APPLE_COLOR = "#008080"
PREFIXES = {
    "CANCELLED": {"zh": "【取消】", "en": "[Cancelled] "},
    "POSTPONED": {"zh": "【延期】", "en": "[Postponed] "},
}
_LINE_OCTETS = 75
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TO_ESCAPE = re.compile(r"[\\;,\n]")


class Entry(NamedTuple):
    """One session, or a series of them, as calendars show it. Times are aware.

    status: RFC 5545's word, or POSTPONED (calendars read CANCELLED, people why).
    changed_at: the last change of anything said here; it becomes DTSTAMP and LAST-MODIFIED.
    geo: latitude and longitude, WGS-84. alarm_min: minutes before the start.
    zone: the IANA name in whose wall time it is written, UTC when empty; rule, exdates and
    recurrence_id (naive wall time of `zone`) need one.
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
    alarm_min: int | None = None
    zone: str = ""
    rule: str = ""
    exdates: tuple[datetime, ...] = ()
    recurrence_id: datetime | None = None

    @property
    def face(self) -> tuple[object, ...]:
        """What a person reads of it, besides the time."""
        return (
            self.status,
            self.summary,
            self.location,
            self.description,
            self.url,
            self.categories,
            self.geo,
            self.alarm_min,
        )


def uid(recurrence_id_local: datetime, series_uid: str) -> str:
    """The UID of one session, the same for good: its first start in wall time, and its series."""
    return f"{_local(recurrence_id_local)}-{series_uid}@kepu"


def series_uid(uid: str) -> str:
    """The UID of a series that is written with its rule."""
    return f"{uid}@kepu"


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
    zones: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """A whole VCALENDAR, entries by start, CRLF, folded at 75 octets, UTF-8.

    source: the feed's own address, when it is one; changed_at: its latest change.
    zones: the lines of a VTIMEZONE (kernel/zones.py) for each zone that an entry names.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    if description:
        lines += [f"DESCRIPTION:{escape(description)}", f"X-WR-CALDESC:{escape(description)}"]
    if url:
        lines.append(f"URL:{_uri(url)}")
    if source:
        lines.append(f"SOURCE;VALUE=URI:{_uri(source)}")
    if changed_at is not None:
        lines.append(f"LAST-MODIFIED:{utc(changed_at)}")
    lines += [
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",  # P1H would be no duration: phones refuse the file
        "X-PUBLISHED-TTL:PT1H",
        f"COLOR:{COLOR}",
        f"X-APPLE-CALENDAR-COLOR:{APPLE_COLOR}",
    ]
    for number, (zone, definition) in enumerate(sorted((zones or {}).items())):
        if number == 0:
            lines.append(f"X-WR-TIMEZONE:{zone}")
        lines += definition
    pieces = list(map(fold, lines))
    said: dict[tuple[object, ...], str] = {}  # the sessions of a series mostly say the same
    for entry in sorted(entries, key=_order):
        words = said.get(entry.face)
        if words is None:
            words = said[entry.face] = "\r\n".join(map(fold, _words(entry, language)))
        pieces += _facts(entry), words
    pieces.append("END:VCALENDAR\r\n")
    return "\r\n".join(pieces).encode()


def _order(entry: Entry) -> tuple[datetime, str, bool, datetime]:
    """By start; what stands for one instance comes after the series that it belongs to."""
    instance = entry.recurrence_id
    return entry.starts_at, entry.uid, instance is not None, instance or datetime.min  # noqa: DTZ901


def _facts(entry: Entry) -> str:
    """Which session it is, and when; only some of its lines can be long."""
    changed = utc(entry.changed_at)
    times = map(fold, _times(entry)) if entry.zone else _times(entry)
    return "\r\n".join(
        (
            "BEGIN:VEVENT",
            fold(f"UID:{escape(entry.uid)}"),
            f"DTSTAMP:{changed}",
            f"LAST-MODIFIED:{changed}",
            f"SEQUENCE:{entry.sequence}",
            f"STATUS:{'CANCELLED' if entry.status in PREFIXES else entry.status}",
            *times,
        )
    )


def _words(entry: Entry, language: str) -> list[str]:
    """What it says, and its end."""
    prefixes = PREFIXES.get(entry.status)
    summary = escape(prefixes[language] + entry.summary if prefixes else entry.summary)
    lines = [f"SUMMARY:{summary}"]
    if entry.location:
        lines.append(f"LOCATION:{escape(entry.location)}")
    if entry.geo:
        lines.append(f"GEO:{entry.geo[0]:.6f};{entry.geo[1]:.6f}")
    if entry.description:
        lines.append(f"DESCRIPTION:{escape(entry.description)}")
    if entry.url:
        lines.append(f"URL:{_uri(entry.url)}")
    if entry.categories:
        lines.append(f"CATEGORIES:{','.join(map(escape, entry.categories))}")
    if prefixes:
        lines.append("TRANSP:TRANSPARENT")
    elif entry.alarm_min is not None:  # last in its VEVENT: Outlook refuses the file otherwise
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-PT{entry.alarm_min}M",
            f"DESCRIPTION:{summary}",
            "END:VALARM",
        ]
    lines.append("END:VEVENT")
    return lines


def _times(entry: Entry) -> list[str]:
    if not entry.zone:
        return [f"DTSTART:{utc(entry.starts_at)}", f"DTEND:{utc(entry.ends_at)}"]
    there = f";TZID={entry.zone}:"
    starts, ends = (clock.to_local(at, entry.zone) for at in (entry.starts_at, entry.ends_at))
    lines = [f"DTSTART{there}{_local(starts)}", f"DTEND{there}{_local(ends)}"]
    if entry.recurrence_id is not None:
        lines.insert(0, f"RECURRENCE-ID{there}{_local(entry.recurrence_id)}")
    if entry.rule:
        lines.append(f"RRULE:{entry.rule}")
    return [*lines, *(f"EXDATE{there}{_local(each)}" for each in entry.exdates)]


@lru_cache(maxsize=8192)
def _local(at: datetime) -> str:
    """Its wall time; sessions mostly share theirs, and all of a calendar its latest change.

    Aware ones are in UTC: equal moments of other zones would be taken for one.
    """
    said = at.year, at.month, at.day, at.hour, at.minute, at.second
    return "%04d%02d%02dT%02d%02d%02d" % said  # noqa: UP031 - half the time of an f-string


def utc(moment: datetime) -> str:
    """A moment as RFC 5545 writes it in UTC."""
    return _local(moment if moment.tzinfo is UTC else moment.astimezone(UTC)) + "Z"


def escape(words: str) -> str:
    """RFC 5545, 3.3.11; control characters cannot be written there and are dropped."""
    if not words.isprintable():
        words = _CONTROLS.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    return _TO_ESCAPE.sub(_escape, words)


def _escape(found: re.Match[str]) -> str:
    return "\\n" if found[0] == "\n" else "\\" + found[0]


def _uri(address: str) -> str:
    return "".join(address.split())


def fold(line: str) -> str:
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

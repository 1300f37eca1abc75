"""Foreign calendars as text, and what is read from them as plain tuples."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from events.foreign.read import Reading, read

SHANGHAI = ZoneInfo("Asia/Shanghai")


def calendar(*events: str, head: str = "") -> str:
    """A VCALENDAR around the lines of events; each event's lines are separated by blanks."""
    body = "".join(f"BEGIN:VEVENT\n{_lines(event)}END:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{_lines(head)}{body}END:VCALENDAR\n"


def reading(
    text: str | bytes, after: date = date(2026, 9, 1), before: date = date(2026, 10, 1)
) -> Reading:
    """What is read from a calendar, in September 2026 of Shanghai if nothing else is said."""
    content = text.encode() if isinstance(text, str) else text
    return read(content, after=after, before=before, tz=SHANGHAI)


def times(text: str | bytes, **window: date) -> list[str]:
    """Start and end of each occurrence, as "2026-09-05T10:00:00+08:00/PT..." would say it."""
    found = reading(text, **window).occurrences
    return [f"{one.starts.isoformat()} {one.ends.isoformat()}" for one in found]


def starts(*events: str, head: str = "") -> list[str]:
    """Only the starts."""
    found = reading(calendar(*events, head=head)).occurrences
    return [one.starts.isoformat() for one in found]


def codes(text: str | bytes) -> list[tuple[str, bool]]:
    """The problems: code, and whether the event was kept."""
    return [(one.code, one.is_kept) for one in reading(text).problems]


def _lines(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    return "".join(f"{line}\n" for line in lines if line)

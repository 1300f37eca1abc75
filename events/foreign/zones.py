"""TZIDs as they are found: IANA names, Windows names, paths of vendors, zones of the file's own."""

from __future__ import annotations

import bisect
import itertools
import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from events.foreign.components import Calendar, Component
from events.foreign.moments import moment, offset
from events.foreign.problems import Unreadable
from events.kernel.errors import Refused
from events.kernel.recurrence import Rule, between

FIRST_YEAR = 1900
MOST_CHANGES = 2_000
_FIXED = re.compile(
    r"\(?(?:GMT|UTC|ETC/GMT)? ?([+-])(\d{1,2})(?:[:.]?(\d{2}))?\)?(?: .*|/.*)?",
    re.ASCII | re.IGNORECASE,
)
_UTC_NAMES = frozenset({"UTC", "Z", "GMT", "ETC/UTC", "TZONE://MICROSOFT/UTC", "(UTC)"})


class Zones:
    """The zones of one calendar, each found once."""

    def __init__(self, calendar: Calendar, *, until: datetime) -> None:
        """until: naive; the calendar's own zones are worked out so far."""
        self._until = until
        self._own = {}
        for component in reversed(calendar.zones):
            line = component.first("TZID")
            if line is not None:
                self._own[line.text.strip()] = component
        self._found: dict[str, tzinfo | None] = {}

    def get(self, tzid: str) -> tzinfo | None:
        """The zone that `tzid` means, or None when nobody can know."""
        if tzid not in self._found:
            self._found[tzid] = self._find(tzid)
        return self._found[tzid]

    def _find(self, tzid: str) -> tzinfo | None:
        component = self._own.get(tzid)
        known = named(tzid)
        if known is None and component is not None:
            location = component.first("X-LIC-LOCATION")
            known = named(location.value.strip()) if location else None
            known = known or _OwnZone.of(component, self._until)
        return known or _fixed(tzid)


@cache
def _iana(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _windows() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - slow

    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


def named(tzid: str) -> tzinfo | None:
    """The zone of an IANA or Windows name, also at the end of a vendor's path; else None."""
    clean = tzid.strip().strip("/")
    if not clean or len(clean) > 200:
        return None
    if clean.upper() in _UTC_NAMES:
        return ZoneInfo("UTC")
    found = _iana(clean.replace("US-", "US/") if clean.startswith("US-") else clean)
    if found is None and (windows := _windows().get(clean.casefold())):
        found = _iana(windows)
    parts = clean.split("/") if tzid.strip().startswith("/") else []
    for start in range(1, len(parts)):
        found = found or _iana("/".join(parts[start:]))
    return found


def _fixed(tzid: str) -> tzinfo | None:
    """The offset that the name itself tells: GMT+0800, (UTC+08:00) Beijing."""
    found = _FIXED.fullmatch(tzid.strip())
    if found is None or int(found[2]) > 14:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-length if found[1] == "-" else length)


class _OwnZone(tzinfo):
    """A zone that the file itself describes by STANDARD and DAYLIGHT (RFC 5545, 3.6.5).

    _walls, _utc: from which wall time on (after the gap, or after the hour that comes twice) and
    from which UTC time on each offset holds; before all of them standard time holds.
    """

    def __init__(
        self, changes: list[tuple[datetime, timedelta, timedelta]], *, first: timedelta
    ) -> None:
        changes.sort()
        self._first = first
        self._offsets = [to for _, _, to in changes]
        self._walls = [onset + max(to - before, timedelta(0)) for onset, before, to in changes]
        self._utc = [onset - before for onset, before, _ in changes]

    @classmethod
    def of(cls, component: Component, until: datetime) -> _OwnZone | None:
        """The zone that a VTIMEZONE describes up to `until`; None when it describes none."""
        changes: list[tuple[datetime, timedelta, timedelta]] = []
        standard: timedelta | None = None
        for part in component.parts:
            try:
                found = _changes(part, until)
            except (Unreadable, Refused):
                continue
            if standard is None and found and part.kind == "STANDARD":
                standard = found[0][2]
            changes += found
        if not changes:
            return None
        return cls(changes, first=changes[0][2] if standard is None else standard)

    def _at(self, marks: list[datetime], wall: datetime) -> timedelta:
        found = bisect.bisect_right(marks, wall) - 1
        return self._first if found < 0 else self._offsets[found]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """The offset at a wall time; of a wall time that comes twice, the first."""
        if moment is None:
            return self._first
        return self._at(self._walls, moment.replace(tzinfo=None))

    def dst(self, _moment: datetime | None) -> timedelta:
        """Not told apart."""
        return timedelta(0)

    def tzname(self, _moment: datetime | None) -> str:
        """It has none."""
        return ""

    def fromutc(self, moment: datetime) -> datetime:
        """The wall time of a moment."""
        return moment + self._at(self._utc, moment.replace(tzinfo=None))


def _changes(part: Component, until: datetime) -> list[tuple[datetime, timedelta, timedelta]]:
    """(onset in wall time, offset before, offset after) of one STANDARD or DAYLIGHT."""
    start, before, after = (part.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
    if start is None or after is None:
        return []
    first = moment(start.value, None).wall
    to = offset(after.value)
    known = offset(before.value) if before else to
    onsets = {first}
    for line in part.lines.get("RDATE", []):
        onsets |= {moment(value.partition("/")[0], None).wall for value in line.value.split(",")}
    for line in part.lines.get("RRULE", []):
        rule = Rule.parse_foreign(line.value)
        if rule.get("FREQ") != "YEARLY":
            continue  # no country changes its clocks more often by rule
        since = max(first, datetime(FIRST_YEAR, 1, 1))  # noqa: DTZ001 - wall time
        onsets |= set(itertools.islice(between(rule, first, since, until), MOST_CHANGES))
    return [(onset, known, to) for onset in sorted(onsets)[-MOST_CHANGES:]]

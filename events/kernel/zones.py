"""Time zones as calendars are told them: VTIMEZONE (RFC 5545, 3.6.5) in the form all clients read.

One STANDARD and at most one DAYLIGHT, as yearly rules ("the last Sunday of March"): of several,
Outlook reads only the newest, and lists of dates (RDATE) are read by few. Zones that this cannot
say for the years in use have no definition here; their times are then written in UTC.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LOOK_AHEAD = 8  # years that tell "the last" from "the fourth" Sunday


@dataclass(frozen=True, kw_only=True)
class Onset:
    """The moment that another offset begins; at_local: wall time under the offset before."""

    at_local: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def is_daylight(self) -> bool:
        """Whether clocks go forward."""
        return self.after > self.before


@cache
def definition(tz: str, first_year: int, last_year: int) -> tuple[str, ...] | None:
    """The lines of `tz`'s VTIMEZONE, right for every moment of these years, both included.

    None when no pair of yearly rules says it.
    """
    years = range(first_year, last_year + 1)
    onsets = [onset for year in years for onset in _onsets(tz, year)]
    parts = _pair(tz, years) if onsets else _fixed(tz, first_year)
    if parts is None:
        return None
    return ("BEGIN:VTIMEZONE", f"TZID:{tz}", *parts, "END:VTIMEZONE")


def _fixed(tz: str, first_year: int) -> list[str] | None:
    start = datetime(first_year, 1, 1, tzinfo=ZoneInfo(tz))
    offset = start.utcoffset()
    if not _is_plain(offset):
        return None
    since = f"{min(first_year, 1970):04d}0101T000000"
    return _part("STANDARD", since, offset, offset, start.tzname() or tz)


def _is_plain(offset: timedelta | None) -> bool:
    """Whether it is whole minutes: local mean times before 1900 are not."""
    return offset is not None and offset % timedelta(minutes=1) == timedelta()


def _pair(tz: str, years: range) -> list[str] | None:
    lines: list[str] = []
    for is_daylight in (False, True):
        rule = _yearly(tz, years, is_daylight=is_daylight)
        if rule is None:
            return None
        month, day, nth, sample = rule
        since = _nth(years.start - 1, month, day, nth)
        if since is None:
            return None
        lines += _part(
            "DAYLIGHT" if is_daylight else "STANDARD",
            f"{since:%Y%m%d}T{sample.at_local:%H%M%S}",
            sample.before,
            sample.after,
            sample.name,
            f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{DAYS[day]}",
        )
    return lines


def _yearly(tz: str, years: range, *, is_daylight: bool) -> tuple[int, int, int, Onset] | None:
    """Month, weekday and which of them in the month; an onset that shows the rest."""
    ahead = range(years.start, max(years.stop, years.start + LOOK_AHEAD))
    for span in (ahead, years):
        found = [_only(tz, year, is_daylight=is_daylight) for year in span]
        onsets = [onset for onset in found if onset is not None]
        if len(onsets) != len(span) or len({_kind(onset) for onset in onsets}) != 1:
            continue
        first = onsets[0].at_local
        for nth in (-1, (first.day - 1) // 7 + 1):
            days = [_nth(o.at_local.year, first.month, first.weekday(), nth) for o in onsets]
            if days == [o.at_local.replace(hour=0, minute=0, second=0) for o in onsets]:
                return first.month, first.weekday(), nth, onsets[0]
    return None


def _only(tz: str, year: int, *, is_daylight: bool) -> Onset | None:
    """The year's onset of that kind, when it has exactly one of each."""
    onsets = _onsets(tz, year)
    if sorted(onset.is_daylight for onset in onsets) != [False, True]:
        return None
    return next(onset for onset in onsets if onset.is_daylight is is_daylight)


def _kind(onset: Onset) -> tuple[object, ...]:
    at = onset.at_local
    return at.month, at.weekday(), at.time(), onset.before, onset.after, onset.name


def _nth(year: int, month: int, weekday: int, nth: int) -> datetime | None:
    """The nth such weekday of a month, from its end when -1."""
    weeks = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    place = nth - 1 if nth > 0 else nth
    return datetime(year, month, weeks[place]) if place < len(weeks) else None  # noqa: DTZ001 - wall time


@cache
def _onsets(tz: str, year: int) -> tuple[Onset, ...]:
    zone = ZoneInfo(tz)
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(367)]
    begins = (
        _moment(zone, before, after)
        for before, after in pairwise(days)
        if _offset(zone, before) != _offset(zone, after)
    )
    return tuple(onset for onset in begins if onset.at_local.year == year)


def _moment(zone: ZoneInfo, low: datetime, high: datetime) -> Onset:
    """Where the offset changes between two moments, to the second."""
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, low):
            low = middle
        else:
            high = middle
    before, after = _offset(zone, low), _offset(zone, high)
    at = high.astimezone(zone)
    return Onset(
        at_local=high.replace(tzinfo=None) + before,
        before=before,
        after=after,
        name=at.tzname() or zone.key,
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _part(
    kind: str, since: str, before: timedelta | None, after: timedelta | None, name: str, *rule: str
) -> list[str]:
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{since}",
        *rule,
        f"TZOFFSETFROM:{_signed(before)}",
        f"TZOFFSETTO:{_signed(after)}",
        f"TZNAME:{name}",
        f"END:{kind}",
    ]


def _signed(offset: timedelta | None) -> str:
    minutes = round((offset or timedelta()).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"

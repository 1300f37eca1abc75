"""Dates, times, durations and periods as RFC 5545 writes them (3.3.4 to 3.3.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from events.foreign.problems import BadValue

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})[Tt](\d{2})(\d{2})(\d{2})([Zz]?)", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2}):?(\d{2})?", re.ASCII)
LONGEST = timedelta(days=366 * 100)
EARLIEST, LATEST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001 - wall time


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a wall time with its zone. wall: naive, midnight for a date.

    zone: None for a date and for a floating time.
    """

    wall: datetime
    zone: tzinfo | None = None
    is_date: bool = False

    def at(self, zone: tzinfo) -> datetime:
        """This moment, aware; a date or floating time is taken in `zone`."""
        return self.wall.replace(tzinfo=self.zone or zone)

    def wall_in(self, zone: tzinfo) -> datetime:
        """This moment as wall time of `zone`."""
        if self.zone is None or self.zone is zone:
            return self.wall
        try:
            return self.at(zone).astimezone(zone).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return self.wall

    def instant(self, zone: tzinfo) -> datetime:
        """This moment in UTC."""
        return instant(self.at(zone))


def instant(moment: datetime) -> datetime:
    """An aware moment in UTC; those at the ends of the calendar stay where they are."""
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=UTC)


def moment(text: str, zone: tzinfo | None) -> Moment:
    """A DATE or DATE-TIME; `zone` is what its TZID names. Raises BadValue."""
    text = text.strip()
    try:
        found = _TIME.fullmatch(text)
        if found:
            year, month, day, hour, minute, second = map(int, found.groups()[:6])
            wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - wall
            return Moment(wall, UTC if found[7] else zone)
        found = _DATE.fullmatch(text)
        if found:
            return Moment(datetime(*map(int, found.groups())), None, is_date=True)  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        pass
    raise BadValue(text)


def duration(text: str) -> timedelta:
    """A DURATION, weeks and negative ones too. Raises BadValue."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groups()[1:]) or len(text) > 60:
        raise BadValue(text)
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        length = LONGEST * 2
    if length > LONGEST:
        raise BadValue(text)
    return -length if found[1] == "-" else length


def offset(text: str) -> timedelta:
    """A UTC-OFFSET. Raises BadValue."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        raise BadValue(text)
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if length >= timedelta(hours=24):
        raise BadValue(text)
    return -length if found[1] == "-" else length


def within(wall: datetime, by: timedelta) -> datetime:
    """`wall` moved, not beyond the ends of the calendar."""
    try:
        return wall + by
    except OverflowError:
        return EARLIEST if by < timedelta(0) else LATEST

"""Weekly opening hours as people write them: "Tu-Su 09:00-17:00;We 18:00-20:30"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from events.kernel.errors import Refused

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_PART = re.compile(
    r"^(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)\s+"
    r"(?P<start>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})$"
)
DAY_MIN = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One weekday's span: weekday 0 = Monday, minutes from midnight, half-open."""

    weekday: int
    start_min: int
    end_min: int


@dataclass(frozen=True)
class Hours:
    """A week of openings, ascending; empty means never open."""

    openings: tuple[Opening, ...]

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read hours; parts joined by ";". Raises Refused("hours_unreadable", part=...)."""
        openings: list[Opening] = []
        for part in filter(None, (p.strip() for p in text.replace("；", ";").split(";"))):
            openings += _openings(part)
        return cls(tuple(sorted(openings, key=lambda o: (o.weekday, o.start_min))))

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether one opening contains wall times [start, end) on one day."""
        if start.date() != end.date() and end.time() != time(0):
            return False
        first = start.hour * 60 + start.minute
        last = end.hour * 60 + end.minute if end.date() == start.date() else DAY_MIN
        return any(
            o.weekday == start.weekday() and o.start_min <= first and last <= o.end_min
            for o in self.openings
        )


def _openings(part: str) -> list[Opening]:
    match = _PART.match(part)
    if not match:
        raise Refused("hours_unreadable", part=part)
    start, end = _minutes(match["start"], part), _minutes(match["end"], part)
    if end <= start:
        raise Refused("hours_unreadable", part=part)
    return [Opening(weekday=d, start_min=start, end_min=end) for d in _weekdays(match["days"])]


def _minutes(text: str, part: str) -> int:
    hour, minute = (int(n) for n in text.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise Refused("hours_unreadable", part=part)
    return hour * 60 + minute


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for group in text.split(","):
        first, _, last = group.partition("-")
        low, high = DAYS.index(first), DAYS.index(last or first)
        days += range(low, high + 1) if low <= high else [*range(low, 7), *range(high + 1)]
    return sorted(set(days))

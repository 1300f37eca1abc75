"""The text of recurrence rules (RFC 5545, 3.3.10): its parts, their values, and what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from events.kernel.errors import Refused
from events.kernel.periods import Filter, Frequency

Parts = tuple[tuple[str, str], ...]

FREQUENCIES = tuple(Frequency)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
PARTS = frozenset(
    {
        *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYYEARDAY", "BYMONTHDAY"),
        *("BYDAY", "BYSETPOS", *TIMES),
    }
)
FOREIGN = PARTS | {"BYWEEKNO"}
RANGES = {
    "INTERVAL": range(1, 10**10),
    "COUNT": range(1, 10**10),
    "BYMONTH": range(1, 13),
    "BYWEEKNO": range(1, 54),
    "BYYEARDAY": range(1, 367),
    "BYMONTHDAY": range(1, 32),
    "BYSETPOS": range(1, 367),
    "BYHOUR": range(24),
    "BYMINUTE": range(60),
    "BYSECOND": range(61),
}
SIGNED = frozenset({"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"})
DIGITS = 10
FARTHEST = 53  # the number before a weekday
_NUMBER = re.compile(r"([+-]?)([0-9]+)")
_WEEKDAY = re.compile(rf"(?:([+-]?)([0-9]{{1,2}}))?({'|'.join(DAYS)})")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_ODD_UNTIL = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T(?:(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d*)?)?)?)?(Z?)", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A rule's parts, read. times: hours, minutes, seconds; until: (moment, whether in UTC)."""

    frequency: Frequency
    interval: int
    count: int | None
    until: tuple[datetime, bool] | None
    days: Filter
    times: tuple[frozenset[int], frozenset[int], frozenset[int]]
    positions: frozenset[int]


@lru_cache(maxsize=4096)
def meaning(parts: Parts) -> Meaning:
    """Read the parts, one FREQ among them. Raises Refused("rule_unreadable")."""
    said = dict(parts)
    frequency = Frequency(said["FREQ"])
    numbers = {name: _numbers(name, said[name]) for name in RANGES if name in said}
    months = numbers.get("BYMONTH", frozenset())
    weeks = numbers.get("BYWEEKNO", frozenset())
    weekdays, ordinals = _weekdays(said)
    if ordinals and (frequency in {Frequency.DAILY, Frequency.WEEKLY} or weeks):
        weekdays, ordinals = weekdays | {weekday for _, weekday in ordinals}, frozenset()
    wkst = said.get("WKST", DAYS[0])
    if wkst not in DAYS:
        raise unreadable(f"WKST={wkst}")
    return Meaning(
        frequency=frequency,
        interval=min(numbers.get("INTERVAL", {1})),
        count=min(numbers["COUNT"]) if "COUNT" in numbers else None,
        until=_until(said["UNTIL"]) if "UNTIL" in said else None,
        days=Filter(
            months=months,
            month_days=numbers.get("BYMONTHDAY", frozenset()),
            year_days=numbers.get("BYYEARDAY", frozenset()),
            weekdays=weekdays,
            ordinals=ordinals,
            in_year=bool(ordinals) and frequency is Frequency.YEARLY and not months,
            weeks=weeks,
            wkst=DAYS.index(wkst),
        ),
        times=(
            numbers.get("BYHOUR", frozenset()),
            numbers.get("BYMINUTE", frozenset()),
            # a leap second, which no clock here has, is the one before it
            frozenset(min(second, 59) for second in numbers.get("BYSECOND", ())),
        ),
        positions=numbers.get("BYSETPOS", frozenset()),
    )


def _numbers(name: str, value: str) -> frozenset[int]:
    found: set[int] = set()
    for each in value.split(","):
        match = _NUMBER.fullmatch(each)
        if not match or (match[1] and name not in SIGNED) or len(match[2]) > DIGITS:
            raise unreadable(f"{name}={value}")
        number = int(match[2])
        if number not in RANGES[name]:
            raise unreadable(f"{name}={value}")
        found.add(-number if match[1] == "-" else number)
    if name in {"COUNT", "INTERVAL"} and "," in value:
        raise unreadable(f"{name}={value}")
    return frozenset(found)


def _weekdays(parts: dict[str, str]) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    weekdays: set[int] = set()
    ordinals: set[tuple[int, int]] = set()
    value = parts.get("BYDAY")
    for each in value.split(",") if value is not None else ():
        match = _WEEKDAY.fullmatch(each)
        if not match or (match[2] and not 1 <= int(match[2]) <= FARTHEST):
            raise unreadable(f"BYDAY={value}")
        weekday = DAYS.index(match[3])
        if match[2]:
            ordinals.add((-int(match[2]) if match[1] == "-" else int(match[2]), weekday))
        else:
            weekdays.add(weekday)
    return frozenset(weekdays), frozenset(ordinals)


def _until(text: str) -> tuple[datetime, bool]:
    """UNTIL as a moment, and whether it is one in UTC; a date means the whole of that day."""
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise unreadable(f"UNTIL={text}")
        year, month, day = (int(part) for part in match.groups()[:3])
        if match[4] is None:
            return datetime(year, month, day, 23, 59, 59), False  # noqa: DTZ001 - wall time
        hour, minute, second = (int(part) for part in match.groups()[3:6])
        last = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError as fault:
        raise unreadable(f"UNTIL={text}") from fault
    return last, match[7] == "Z"


def pairs(text: str) -> list[tuple[str, str]]:
    """The parts as they stand there, names and values; a trailing semicolon means nothing."""
    found = [part.partition("=") for part in text.removeprefix("RRULE:").split(";") if part]
    return [(name, value) for name, _, value in found]


def is_idle(name: str, value: str) -> bool:
    """Parts of foreign rules that change nothing here: of other vendors, empty, or the default."""
    if (name, value) in {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")}:
        return True
    return name.startswith("X-") or (name.startswith("BY") and name in FOREIGN and not value)


def mended(name: str, value: str) -> tuple[str, str]:
    """An UNTIL as RFC 5545 writes it, from forms that occur: 2025-09-30, 20250930T240000Z, ..."""
    match = _ODD_UNTIL.fullmatch(value) if name == "UNTIL" else None
    if match is None:
        return name, value
    year, month, day, hour, minute, second, zulu = match.groups()
    if hour is None:
        return name, f"{year}{month}{day}"
    if hour == "24":
        return name, f"{year}{month}{day}T235959{zulu}"
    return name, f"{year}{month}{day}T{hour}{minute}{second or '00'}{zulu}"


def unreadable(why: str) -> Refused:
    """What to raise for a value that is not RFC 5545's."""
    return Refused("rule_unreadable", field="rrule", why=why)

"""Recurrence rules (RFC 5545, 3.3.10), expanded in naive wall time, to the year 9999.

`Rule.parse` reads what Kepu's organizers may say: all of the grammar that calendars agree on, so
FREQ DAILY, WEEKLY, MONTHLY or YEARLY, without BYWEEKNO, and without BYSETPOS for WEEKLY.
`Rule.parse_foreign` reads what other calendars wrote, BYWEEKNO and all.

Where RFC 5545 is silent or read differently:
- DTSTART is an instance only when it matches the rule; it never adds one.
- BYSETPOS counts within the whole period, also before DTSTART.
- YEARLY with BYMONTHDAY, but neither BYMONTH, BYYEARDAY nor BYWEEKNO, stays in DTSTART's month
  (RFC 8984, 4.3.3, and libical; dateutil takes every month). When DTSTART does not match the rule,
  the RFC leaves the meaning open, and every month counts.
- YEARLY with BYWEEKNO counts in years of whole weeks; without BYDAY it keeps DTSTART's weekday.
- A number before a weekday counts in MONTHLY and YEARLY rules only; elsewhere it is ignored.
- An UNTIL that is a date means the whole of that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from events.kernel.errors import Refused
from events.kernel.periods import CYCLE, MOST_DAYS, Filter, Frequency, Periods

MOST = 730
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
LATEST = datetime(9999, 1, 1)  # noqa: DTZ001 - wall time; nobody plans what ends after it
_END = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - wall time
_NUMBER = re.compile(r"([+-]?)([0-9]+)")
_WEEKDAY = re.compile(rf"(?:([+-]?)([0-9]{{1,2}}))?({'|'.join(DAYS)})")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_ODD_UNTIL = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:T(?:(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d*)?)?)?)?(Z?)", re.ASCII
)


@dataclass(frozen=True)
class Rule:
    """A checked rule: its parts as written, upper case, in the order given."""

    parts: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read "FREQ=WEEKLY;BYDAY=SA;COUNT=4". Raises Refused("rule_...", field="rrule")."""
        rule = cls(tuple(_pairs(text.strip().upper())))
        rule._require_known(PARTS)
        if rule.get("FREQ") == Frequency.WEEKLY and rule.get("BYSETPOS"):
            raise Refused("rule_read_differently", field="rrule", part="BYSETPOS")
        if rule.get("COUNT") and rule.get("UNTIL"):
            raise Refused("rule_two_ends", field="rrule")
        _meaning(rule)
        return rule

    @classmethod
    def parse_foreign(cls, text: str) -> Rule:
        """Read a rule of another calendar, which may be written carelessly, as what it means.

        Raises Refused("rule_frequency_unknown" | "rule_part_unknown" | "rule_unreadable"). COUNT
        and UNTIL may both stand; the first to come ends it.
        """
        pairs = _pairs("".join(text.split()).upper())
        rule = cls(
            tuple(_mended(name, value) for name, value in pairs if not _is_idle(name, value))
        )
        rule._require_known(FOREIGN)
        _meaning(rule)
        return rule

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it, without the name."""
        return ";".join(f"{name}={value}" for name, value in self.parts)

    def get(self, name: str) -> str | None:
        """The value of one part, or None."""
        return dict(self.parts).get(name)

    @property
    def is_bounded(self) -> bool:
        """Whether COUNT or UNTIL ends it."""
        return self.get("COUNT") is not None or self.get("UNTIL") is not None

    def of_days(self) -> Rule:
        """The rule for a start that is a date: hours, minutes and seconds are ignored (3.3.10)."""
        return Rule(tuple(part for part in self.parts if part[0] not in TIMES))

    def _require_known(self, known: frozenset[str]) -> None:
        names = [name for name, _ in self.parts]
        unknown = sorted(set(names) - known)
        if unknown or len(names) != len(set(names)):
            raise Refused("rule_part_unknown", field="rrule", part=", ".join(unknown) or "2x")
        if self.get("FREQ") not in FREQUENCIES:
            raise Refused("rule_frequency_unknown", field="rrule", freq=self.get("FREQ") or "")


def expand(
    rule: Rule,
    start: datetime,
    *,
    until: datetime | None = None,
    most: int = MOST,
    tz: str | None = None,
) -> list[datetime]:
    """Starts of `rule` counted from `start`, ascending, at most `most`.

    start: naive wall time, the first that may occur; until: naive wall time, exclusive;
    tz: as for `instances`.
    Raises Refused("rule_endless") when neither COUNT, UNTIL nor `until` bounds it,
    Refused("rule_unreadable") when start lies too far off, and Refused("rule_too_many").
    """
    if until is None and not rule.is_bounded:
        raise Refused("rule_endless", field="rrule")
    if start >= LATEST:
        raise _unreadable(f"DTSTART={start:%Y%m%d}")
    found: list[datetime] = []
    for moment in between(rule, start, start, until or LATEST, tz=tz):
        if len(found) == most:
            raise Refused("rule_too_many", field="rrule", most=most)
        found.append(moment)
    return found


def instances(rule: Rule, start: datetime, *, tz: str | None = None) -> Iterator[datetime]:
    """Starts of `rule` from `start` on, ascending; naive wall time, made one by one.

    tz: the zone of that wall time, for an UNTIL in UTC; without it UNTIL is wall time as well.
    """
    return _Walk.of(rule, start, tz, _END).since(start)


def between(
    rule: Rule, start: datetime, after: datetime, before: datetime, *, tz: str | None = None
) -> Iterator[datetime]:
    """Starts in [after, before) of `rule` counted from `start`; otherwise as `instances`.

    What lies before `after` is skipped by arithmetic, or counted period by period when a COUNT
    needs it and the periods differ.
    """
    found = _Walk.of(rule, start, tz, before).since(max(after, start))
    return takewhile(lambda moment: moment < before, found)


@dataclass(frozen=True, kw_only=True)
class _Times:
    """Times of the day, ascending: every hour with every minute and second."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.hours) * len(self.minutes) * len(self.seconds)

    def __getitem__(self, index: int) -> time:
        rest, second = divmod(index, len(self.seconds))
        hour, minute = divmod(rest, len(self.minutes))
        return time(self.hours[hour], self.minutes[minute], self.seconds[second])


@dataclass(frozen=True, kw_only=True)
class _Meaning:
    """A rule's parts, read. times: hours, minutes, seconds; until: (moment, whether in UTC)."""

    frequency: Frequency
    interval: int
    count: int | None
    until: tuple[datetime, bool] | None
    days: Filter
    times: tuple[frozenset[int], frozenset[int], frozenset[int]]
    positions: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """A rule and its start, ready to be walked."""

    start: datetime
    periods: Periods
    times: _Times
    positions: frozenset[int]
    count: int | None
    until: datetime

    @classmethod
    def of(cls, rule: Rule, start: datetime, tz: str | None, before: datetime) -> _Walk:
        start = start.replace(microsecond=0)
        meant = _meaning(rule)
        until = min(before, _local(*meant.until, tz) if meant.until else _END)
        hours, minutes, seconds = meant.times
        return cls(
            start=start,
            periods=Periods(
                frequency=meant.frequency,
                interval=meant.interval,
                start=start.toordinal(),
                last=until.toordinal(),
                days=_completed(meant, start.date()),
            ),
            times=_Times(
                hours=tuple(sorted(hours)) or (start.hour,),
                minutes=tuple(sorted(minutes)) or (start.minute,),
                seconds=tuple(sorted(seconds)) or (start.second,),
            ),
            positions=meant.positions,
            count=meant.count,
            until=until,
        )

    def since(self, after: datetime) -> Iterator[datetime]:
        """Starts at or after `after`, which is at or after the walk's own start."""
        first, left = self._first_period(after)
        day, first_day = after.toordinal(), self.start.toordinal()
        for days in self._worthwhile(first):
            if left is not None and days[-1] < day and days[0] > first_day:
                left -= self._number_in(days)
            else:
                for moment in self._moments(days):
                    if moment < self.start:
                        continue
                    if moment > self.until or (left is not None and left <= 0):
                        return
                    left = left - 1 if left is not None else None
                    if moment >= after:
                        yield moment
            if (left is not None and left <= 0) or days[0] > self.periods.last:
                return

    def _worthwhile(self, number: int) -> Iterator[list[int]]:
        """Periods from `number` on, until BYSETPOS has found nothing in all that there are."""
        if not self.positions:
            yield from self.periods.since(number)
            return
        most = MOST_DAYS[self.periods.frequency] * len(self.times)
        if all(abs(position) > most for position in self.positions):
            return
        dry = 0
        for days in self.periods.since(number):
            dry = 0 if self._number_in(days) else dry + 1
            if dry > CYCLE[self.periods.frequency]:
                return
            yield days

    def _first_period(self, after: datetime) -> tuple[int, int | None]:
        """The number of the period to begin with, and what is left of COUNT there."""
        number = self.periods.number_at(after.toordinal())
        if self.count is None or number == 0:
            return number, self.count
        if not self.periods.days.gives_as_many(self.periods.frequency):
            return 0, self.count
        one, other = self.periods.since(0), self.periods.since(1)
        first = sum(moment >= self.start for moment in self._moments(next(one)))
        each = self._number_in(next(other, []))
        return number, self.count - first - each * (number - 1)

    def _moments(self, days: list[int]) -> Iterator[datetime]:
        """The moments of one period."""
        if self.positions:
            size = len(self.times)
            for index in self._chosen(len(days) * size):
                yield _at(days[index // size], self.times[index % size])
        else:
            for day in days:
                for index in range(len(self.times)):
                    yield _at(day, self.times[index])

    def _number_in(self, days: list[int]) -> int:
        size = len(days) * len(self.times)
        return len(self._chosen(size)) if self.positions else size

    def _chosen(self, size: int) -> list[int]:
        """Indexes among a period's moments that BYSETPOS takes."""
        indexes = {n - 1 if n > 0 else size + n for n in self.positions}
        return sorted(index for index in indexes if 0 <= index < size)


def _at(day: int, at: time) -> datetime:
    return datetime.combine(date.fromordinal(day), at)


def _completed(meant: _Meaning, start: date) -> Filter:
    """The filter of days with what the rule leaves to DTSTART (3.3.10, "Information, not ...")."""
    days, frequency = meant.days, meant.frequency
    is_named = bool(days.month_days or days.year_days or days.weekdays or days.ordinals)
    if frequency is Frequency.YEARLY:
        return _completed_year(days, start, is_named=is_named)
    if is_named or days.weeks or frequency is Frequency.DAILY:
        return days
    if frequency is Frequency.WEEKLY:
        return replace(days, weekdays=frozenset({start.weekday()}))
    return replace(days, month_days=frozenset({start.day}))


def _completed_year(days: Filter, start: date, *, is_named: bool) -> Filter:
    if not is_named and days.weeks:
        return replace(days, weekdays=frozenset({start.weekday()}))
    if not is_named:
        months = days.months or frozenset({start.month})
        return replace(days, months=months, month_days=frozenset({start.day}))
    is_open = days.month_days and not (days.months or days.year_days or days.weeks)
    if is_open and days.accepts(start.toordinal()):
        return replace(days, months=frozenset({start.month}))
    return days


def _local(until: datetime, is_utc: bool, tz: str | None) -> datetime:  # noqa: FBT001 - a pair
    if not is_utc or tz is None:
        return until
    try:
        return until.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    except OverflowError:
        return until


@lru_cache(maxsize=4096)
def _meaning(rule: Rule) -> _Meaning:
    """Read the parts. Raises Refused("rule_unreadable")."""
    parts = dict(rule.parts)
    frequency = Frequency(parts["FREQ"])
    numbers = {name: _numbers(name, parts[name]) for name in RANGES if name in parts}
    months = numbers.get("BYMONTH", frozenset())
    weeks = numbers.get("BYWEEKNO", frozenset())
    weekdays, ordinals = _weekdays(parts)
    if ordinals and (frequency in {Frequency.DAILY, Frequency.WEEKLY} or weeks):
        weekdays, ordinals = weekdays | {weekday for _, weekday in ordinals}, frozenset()
    wkst = parts.get("WKST", DAYS[0])
    if wkst not in DAYS:
        raise _unreadable(f"WKST={wkst}")
    return _Meaning(
        frequency=frequency,
        interval=min(numbers.get("INTERVAL", {1})),
        count=min(numbers["COUNT"]) if "COUNT" in numbers else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
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
            raise _unreadable(f"{name}={value}")
        number = int(match[2])
        if number not in RANGES[name]:
            raise _unreadable(f"{name}={value}")
        found.add(-number if match[1] == "-" else number)
    if name in {"COUNT", "INTERVAL"} and "," in value:
        raise _unreadable(f"{name}={value}")
    return frozenset(found)


def _weekdays(parts: dict[str, str]) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    weekdays: set[int] = set()
    ordinals: set[tuple[int, int]] = set()
    value = parts.get("BYDAY")
    for each in value.split(",") if value is not None else ():
        match = _WEEKDAY.fullmatch(each)
        if not match or (match[2] and not 1 <= int(match[2]) <= FARTHEST):
            raise _unreadable(f"BYDAY={value}")
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
            raise _unreadable(f"UNTIL={text}")
        year, month, day = (int(part) for part in match.groups()[:3])
        if match[4] is None:
            return datetime(year, month, day, 23, 59, 59), False  # noqa: DTZ001 - wall time
        hour, minute, second = (int(part) for part in match.groups()[3:6])
        last = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError as fault:
        raise _unreadable(f"UNTIL={text}") from fault
    return last, match[7] == "Z"


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [part.partition("=") for part in text.removeprefix("RRULE:").split(";") if part]
    return [(name, value) for name, _, value in found]


def _is_idle(name: str, value: str) -> bool:
    """Parts of foreign rules that change nothing here: of other vendors, empty, or the default."""
    if (name, value) in {("RSCALE", "GREGORIAN"), ("SKIP", "OMIT")}:
        return True
    return name.startswith("X-") or (name.startswith("BY") and name in FOREIGN and not value)


def _mended(name: str, value: str) -> tuple[str, str]:
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


def _unreadable(why: str) -> Refused:
    return Refused("rule_unreadable", field="rrule", why=why)

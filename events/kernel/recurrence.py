"""Recurrence rules (RFC 5545, 3.3.10), expanded in naive wall time, to the year 9999.

`Rule.parse` reads what Kepu's organizers may say: all of the grammar that calendars agree on, so
FREQ DAILY, WEEKLY, MONTHLY or YEARLY, without BYWEEKNO, and without BYSETPOS for WEEKLY.
`Rule.parse_foreign` reads what other calendars wrote, BYWEEKNO and all.

Where RFC 5545 is silent or read differently:
- DTSTART is an instance only when it matches the rule; it never adds one.
- BYSETPOS counts within the whole period, also before DTSTART.
- YEARLY with BYMONTHDAY, but neither BYMONTH, BYYEARDAY nor BYWEEKNO, stays in DTSTART's month when
  DTSTART is on one of those days (RFC 8984, 4.3.3, libical, Google; dateutil takes every month).
  When it is not, the RFC leaves the meaning open, and every month counts.
- YEARLY with BYWEEKNO counts in years of whole weeks; without BYDAY it keeps DTSTART's weekday.
- A number before a weekday counts in MONTHLY and YEARLY rules only; elsewhere it is ignored.
- An UNTIL that is a date means the whole of that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from events.kernel import grammar
from events.kernel.errors import Refused
from events.kernel.grammar import DAYS
from events.kernel.periods import CYCLE, LAST_DAY, MOST_DAYS, Filter, Frequency, Periods

__all__ = ["DAYS", "MOST", "Rule", "between", "expand", "instances"]

MOST = 730
LATEST = datetime(9999, 1, 1)  # noqa: DTZ001 - wall time; nobody plans what ends after it
_END = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - wall time


@dataclass(frozen=True)
class Rule:
    """A checked rule: its parts as written, upper case, in the order given."""

    parts: tuple[tuple[str, str], ...]

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Rule:
        """Read "FREQ=WEEKLY;BYDAY=SA;COUNT=4". Raises Refused("rule_...", field="rrule")."""
        rule = cls(tuple(grammar.pairs(text.strip().upper())))
        rule._require_known(grammar.PARTS)
        if rule.get("FREQ") == Frequency.WEEKLY and rule.get("BYSETPOS"):
            raise Refused("rule_read_differently", field="rrule", part="BYSETPOS")
        if rule.get("COUNT") and rule.get("UNTIL"):
            raise Refused("rule_two_ends", field="rrule")
        grammar.meaning(rule.parts)
        return rule

    @classmethod
    def parse_foreign(cls, text: str) -> Rule:
        """Read a rule of another calendar, which may be written carelessly, as what it means.

        Raises Refused("rule_frequency_unknown" | "rule_part_unknown" | "rule_unreadable"). COUNT
        and UNTIL may both stand; the first to come ends it.
        """
        said = grammar.pairs("".join(text.split()).upper())
        rule = cls(tuple(grammar.mended(*pair) for pair in said if not grammar.is_idle(*pair)))
        rule._require_known(grammar.FOREIGN)
        grammar.meaning(rule.parts)
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
        return Rule(tuple(part for part in self.parts if part[0] not in grammar.TIMES))

    def _require_known(self, known: frozenset[str]) -> None:
        names = [name for name, _ in self.parts]
        unknown = sorted(set(names) - known)
        if unknown or len(names) != len(set(names)):
            raise Refused("rule_part_unknown", field="rrule", part=", ".join(unknown) or "2x")
        if self.get("FREQ") not in grammar.FREQUENCIES:
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
        raise grammar.unreadable(f"DTSTART={start:%Y%m%d}")
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
        meant = grammar.meaning(rule.parts)
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
        for days in self._worthwhile(first):
            wanted, passed = self._split(days, after)
            left = None if left is None else left - passed
            for moment in self._moments(wanted):
                if moment < self.start:
                    continue
                if moment > self.until or (left is not None and left <= 0):
                    return
                left = None if left is None else left - 1
                if moment >= after:
                    yield moment
            if (left is not None and left <= 0) or days[0] > self.periods.last:
                return

    def _split(self, days: list[int], after: datetime) -> tuple[list[int], int]:
        """The days of a period that must be looked into, and how many starts lie in the others."""
        first, day = self.start.toordinal(), after.toordinal()
        if days[0] >= day:
            return days, 0
        if not self.positions:
            wanted = [each for each in days if each == first or each >= day]
            return wanted, sum(first < each < day for each in days) * len(self.times)
        if first < days[0] and days[-1] < day:
            return [], self._number_in(days)
        return days, 0

    def _worthwhile(self, number: int) -> Iterator[list[int]]:
        """Periods from `number` on, until BYSETPOS has found nothing in all that there are."""
        if not self.positions:
            yield from self.periods.since(number)
            return
        most = MOST_DAYS[self.periods.frequency] * len(self.times)
        if all(abs(position) > most for position in self.positions):
            return
        dry, worth = 0, {}
        for days in self.periods.since(number):
            if len(days) not in worth:
                worth[len(days)] = bool(self._number_in(days))
            dry = 0 if worth[len(days)] else dry + 1
            if dry > CYCLE[self.periods.frequency]:
                return
            yield days

    def _first_period(self, after: datetime) -> tuple[int, int | None]:
        """The number of the period to begin with, and what is left of COUNT there."""
        number = self.periods.number_at(after.toordinal())
        days = self.periods.last + 1 - self.start.toordinal()
        if self.count is None or self.count >= days * len(self.times):
            return number, None  # COUNT ends nothing before the walk does
        if number == 0:
            return number, self.count
        if not self.periods.days.gives_as_many(self.periods.frequency):
            return 0, self.count
        first = self._number_from_start(next(self.periods.since(0), []))
        each = self._number_in(next(self.periods.since(1), []))
        return number, self.count - first - each * (number - 1)

    def _number_from_start(self, days: list[int]) -> int:
        """How many of the first period's starts are not before `start`."""
        first = self.start.toordinal()
        if self.positions:
            return sum(moment >= self.start for moment in self._moments(days))
        later = sum(day > first for day in days) * len(self.times)
        own = sum(moment >= self.start for moment in self._moments([first]))
        return later + (own if first in days else 0)

    def _moments(self, days: list[int]) -> Iterator[datetime]:
        """The moments of one period."""
        size = len(self.times)
        number = len(days) * size
        for index in self._chosen(number) if self.positions else range(number):
            day = days[index // size]
            if 0 < day <= LAST_DAY:
                yield datetime.combine(date.fromordinal(day), self.times[index % size])

    def _number_in(self, days: list[int]) -> int:
        size = len(days) * len(self.times)
        return len(self._chosen(size)) if self.positions else size

    def _chosen(self, size: int) -> list[int]:
        """Indexes among a period's moments that BYSETPOS takes."""
        indexes = {n - 1 if n > 0 else size + n for n in self.positions}
        return sorted(index for index in indexes if 0 <= index < size)


def _completed(meant: grammar.Meaning, start: date) -> Filter:
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
    if not days.month_days or days.months or days.year_days or days.weeks:
        return days
    if Filter(month_days=days.month_days).accepts(start.toordinal()):
        return replace(days, months=frozenset({start.month}))
    return days


def _local(until: datetime, is_utc: bool, tz: str | None) -> datetime:  # noqa: FBT001 - a pair
    if not is_utc or tz is None:
        return until
    try:
        return until.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    except OverflowError:
        return until

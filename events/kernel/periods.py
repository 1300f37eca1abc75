"""Which days a recurrence rule picks from years, months, weeks and days (RFC 5545, 3.3.10).

Days are proleptic Gregorian ordinals (date.toordinal). What a rule picks from a year depends on
its length, its first weekday and, for week numbers, the length of the year before: it is computed
once for each of these 21 kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import NamedTuple

LAST_DAY = date.max.toordinal()
CYCLE_YEARS = 400  # after which the calendar repeats itself, weekdays and all
WEEK = 7
MONTHS = range(1, 13)
LEAP = 366
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Frequency(StrEnum):
    """FREQ, in the part of its values that Kepu expands."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


MOST_DAYS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: WEEK,
    Frequency.MONTHLY: 31,
    Frequency.YEARLY: 53 * WEEK,
}
"""How many days a period can have."""

CYCLE = {
    Frequency.DAILY: 146_097,
    Frequency.WEEKLY: 20_871,
    Frequency.MONTHLY: 12 * CYCLE_YEARS,
    Frequency.YEARLY: CYCLE_YEARS,
}
"""After how many periods everything has been seen."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a day must be. Empty sets ask nothing; numbers below zero count from the end.

    weekdays: 0 = Monday; ordinals: (number, weekday) within the month, or within the year when
    in_year; one of weekdays and ordinals is enough. weeks: numbers of weeks that start on `wkst`.
    """

    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    ordinals: frozenset[tuple[int, int]] = frozenset()
    in_year: bool = False
    weeks: frozenset[int] = frozenset()
    wkst: int = 0

    @property
    def is_by_weekday(self) -> bool:
        """Whether nothing but the weekday decides, so that every week is the same."""
        return not (self.months or self.month_days or self.year_days or self.ordinals or self.weeks)

    def accepts(self, day: int) -> bool:
        """Whether the day with this ordinal is one of them."""
        year = date.fromordinal(day).year
        return day - _before(year) in _in_year(self, year).days

    def gives_as_many(self, frequency: Frequency) -> bool:
        """Whether each period surely gives the same number of days, as far as that is plain."""
        if frequency is Frequency.WEEKLY:
            return self.is_by_weekday
        if frequency is Frequency.DAILY:
            return self.is_by_weekday and not self.weekdays
        kinds = [self.month_days, self.year_days, self.weekdays, self.ordinals, self.weeks]
        if len([kind for kind in kinds if kind]) != 1 or self.weekdays or self.weeks:
            return False
        if self.months and (frequency is Frequency.MONTHLY or self.year_days):
            return False
        numbers = [n for n, _ in self.ordinals] or [*self.month_days, *self.year_days]
        if self.year_days:
            most = 365 if frequency is Frequency.YEARLY else 0
        else:
            most = 28 if self.month_days else 52 if self.in_year else 4
        return all(0 < n <= most for n in numbers) or all(-most <= n < 0 for n in numbers)


@dataclass(frozen=True, kw_only=True)
class Periods:
    """Every `interval`th year, month, week (from `wkst`) or day, counted from that of `start`.

    Those up to the day `last`; a period that holds it may be given in part or whole. A week may
    have days that no calendar has, before the year 1 or after 9999.
    """

    frequency: Frequency
    interval: int
    start: int
    last: int
    days: Filter

    def number_at(self, day: int) -> int:
        """How many of the periods lie wholly before `day`."""
        units = self._unit(day) - self._unit(self.start)
        if self.frequency is Frequency.YEARLY and self.days.weeks:
            units -= 2  # years of weeks begin and end up to three days beside the calendar's
        return max(0, -(-units // self.interval))

    def since(self, number: int) -> Iterator[list[int]]:
        """The days of each period from `number` on, ascending; periods without any are left out.

        Ends after `last`, or when none can come any more.
        """
        match self.frequency:
            case Frequency.YEARLY:
                return self._weeks_of_years(number) if self.days.weeks else self._years(number)
            case Frequency.MONTHLY:
                return self._months(number)
            case Frequency.WEEKLY if self.days.is_by_weekday:
                return self._plain_weeks(number)
            case Frequency.DAILY if self.days.is_by_weekday and not self.days.weekdays:
                return ([day] for day in range(self._first(number), self.last + 1, self.interval))
        return self._picked(number)

    @property
    def _last_year(self) -> int:
        return date.fromordinal(self.last).year

    def _unit(self, day: int) -> int:
        if self.frequency is Frequency.DAILY:
            return day
        if self.frequency is Frequency.WEEKLY:
            return (day - 1 - self.days.wkst) // WEEK
        on = date.fromordinal(day)
        return on.year if self.frequency is Frequency.YEARLY else on.year * 12 + on.month - 1

    def _first(self, number: int) -> int:
        """The first day of a week or a day by its number."""
        if self.frequency is Frequency.DAILY:
            return self.start + number * self.interval
        monday = self.start - (self.start - 1 - self.days.wkst) % WEEK
        return monday + number * self.interval * WEEK

    def _years(self, number: int) -> Iterator[list[int]]:
        first = self._unit(self.start) + number * self.interval
        dry = 0
        for year in range(first, self._last_year + 1, self.interval):
            before = _before(year)
            found = [before + day for day in _in_year(self.days, year).days]
            dry = 0 if found else dry + 1
            if dry > CYCLE_YEARS:
                return
            if found:
                yield found

    def _months(self, number: int) -> Iterator[list[int]]:
        dry = 0
        first = self._unit(self.start) + number * self.interval
        for month in range(first, self._unit(self.last) + 1, self.interval):
            year, index = divmod(month, 12)
            before = _before(year)
            found = [before + day for day in _in_year(self.days, year).months[index]]
            dry = 0 if found else dry + 1
            if dry > CYCLE[Frequency.MONTHLY]:
                return
            if found:
                yield found

    def _plain_weeks(self, number: int) -> Iterator[list[int]]:
        wkst = self.days.wkst
        offsets = sorted((weekday - wkst) % WEEK for weekday in self.days.weekdays or range(WEEK))
        for week in range(self._first(number), self.last + 1, self.interval * WEEK):
            yield [week + offset for offset in offsets]

    def _picked(self, number: int) -> Iterator[list[int]]:
        """Days or weeks of which not every one is like the others."""
        units = self._unit(self.start) % self.interval
        fitting = self._fitting_days(number, units)
        for _, days in groupby(fitting, self._unit):
            yield list(days)

    def _fitting_days(self, number: int, units: int) -> Iterator[int]:
        first = self._first(number)
        if first > self.last:
            return
        dry = 0
        for year in range(date.fromordinal(max(first, 1)).year, self._last_year + 1):
            dry += 1
            for day in self._candidates(year):
                if day >= first and self._unit(day) % self.interval == units:
                    dry = 0
                    yield day
            if dry > CYCLE_YEARS * self.interval:
                return

    def _candidates(self, year: int) -> Iterator[int] | list[int]:
        """Days of a year that the filter accepts; with long intervals a few of them are enough."""
        step = self.interval * (WEEK if self.frequency is Frequency.WEEKLY else 1)
        first, last = _before(year) + 1, _before(year + 1)
        if step < 2 * WEEK:
            return _ordinals(self.days, year)
        first -= (first - self._first(0)) % step  # that of the period before which none is needed
        lengths = range(MOST_DAYS[self.frequency])
        if first + step > last and first + len(lengths) <= _before(year) + 1:
            return []
        among = frozenset(_ordinals(self.days, year))
        days = (day + length for day in range(first, last + 1, step) for length in lengths)
        return (day for day in days if day in among) if among else []

    def _weeks_of_years(self, number: int) -> Iterator[list[int]]:
        """Years of whole weeks, the first of which holds 4 January (3.3.10, BYWEEKNO)."""
        dry = 0
        first = self._first_week_year() + number * self.interval
        for year in range(first, self._last_year + 2, self.interval):
            found = [day for day in _in_weeks(self.days, year) if 0 < day <= LAST_DAY]
            dry = 0 if found else dry + 1
            if dry > CYCLE_YEARS:
                return
            if found:
                yield found

    def _first_week_year(self) -> int:
        """The year of weeks that `start` lies in.

        Days at the year's border belong to the other year's weeks. When the rule picks none of
        them, start is not an instance, and intervals count from its calendar year.
        """
        year = date.fromordinal(self.start).year
        for other in (year - 1, year + 1):
            begins, ends = _week_one(other, self.days.wkst), _week_one(other + 1, self.days.wkst)
            if begins <= self.start < ends:
                border = range(max(begins, _before(year) + 1), min(ends, _before(year + 1) + 1))
                is_counted = any(day in border for day in _in_weeks(self.days, other))
                return other if is_counted else year
        return year


def _before(year: int) -> int:
    """The ordinal of the last day before a year; also of years that datetime does not know."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400


def _week_one(year: int, wkst: int) -> int:
    """The first day of the year's first week: that with 4 January, beginning on `wkst`."""
    fourth = _before(year) + 4
    return fourth - (fourth - 1 - wkst) % WEEK


def _week_of(day: int, wkst: int) -> tuple[int, int]:
    """A day's week number, counted from the first and from the last (-1) of its year of weeks."""
    year = date.fromordinal(day).year
    if day >= _week_one(year + 1, wkst):
        year += 1
    elif day < _week_one(year, wkst):
        year -= 1
    number = (day - _week_one(year, wkst)) // WEEK
    return number + 1, number - (_week_one(year + 1, wkst) - _week_one(year, wkst)) // WEEK


def _in_weeks(days: Filter, year: int) -> list[int]:
    """Days of the chosen weeks of a year of weeks that the rest of the filter accepts."""
    begins, ends = _week_one(year, days.wkst), _week_one(year + 1, days.wkst)
    weeks = (ends - begins) // WEEK
    chosen = sorted({n if n > 0 else weeks + 1 + n for n in days.weeks} & set(range(1, weeks + 1)))
    plain = Filter(
        months=days.months,
        month_days=days.month_days,
        year_days=days.year_days,
        weekdays=days.weekdays,
    )
    return [
        day
        for number in chosen
        for day in range(begins + (number - 1) * WEEK, begins + number * WEEK)
        if 0 < day <= LAST_DAY and plain.accepts(day)
    ]


def _ordinals(days: Filter, year: int) -> list[int]:
    before = _before(year)
    return [before + day for day in _in_year(days, year).days]


class _Kind(NamedTuple):
    """Days of the year (from 1) that a filter accepts, by month and in a row."""

    months: tuple[tuple[int, ...], ...]
    days: tuple[int, ...]


def _in_year(days: Filter, year: int) -> _Kind:
    return _in_kind(days, _like(year % CYCLE_YEARS))


@cache
def _like(phase: int) -> int:
    """The first year since 2000 whose days and weeks are those of all years of this phase."""
    return next(year for year in range(2000, 2400) if _kind(year) == _kind(2000 + phase))


def _kind(year: int) -> tuple[int, int, int]:
    """The weekday of its first day, its length and that of the year before."""
    before, length = _before(year), _before(year + 1) - _before(year)
    return before % WEEK, length, before - _before(year - 1)


@lru_cache(maxsize=4096)
def _in_kind(days: Filter, year: int) -> _Kind:
    found: list[tuple[int, ...]] = []
    start, length = _before(year), _before(year + 1) - _before(year)
    before = 0
    for month, usual in zip(MONTHS, _LENGTHS, strict=True):
        size = usual + (length == LEAP and month == 2)
        found.append(
            tuple(
                before + day
                for day in _in_month(days, month, size)
                if _is_weekday(days, day, size, before, length, start % WEEK)
                and _is_year_day(days, before + day, length)
                and _is_in_week(days, start + before + day)
            )
        )
        before += size
    return _Kind(tuple(found), tuple(chain.from_iterable(found)))


def _in_month(days: Filter, month: int, size: int) -> list[int]:
    if days.months and month not in days.months:
        return []
    if not days.month_days:
        return list(range(1, size + 1))
    numbers = {n if n > 0 else size + 1 + n for n in days.month_days}
    return sorted(n for n in numbers if 1 <= n <= size)


def _is_weekday(days: Filter, day: int, size: int, before: int, length: int, first: int) -> bool:
    if not days.weekdays and not days.ordinals:
        return True
    weekday = (first + before + day - 1) % WEEK
    if weekday in days.weekdays:
        return True
    if days.in_year:
        day, size = before + day, length
    return ((day - 1) // WEEK + 1, weekday) in days.ordinals or (
        -((size - day) // WEEK + 1),
        weekday,
    ) in days.ordinals


def _is_year_day(days: Filter, day: int, length: int) -> bool:
    return not days.year_days or day in days.year_days or day - length - 1 in days.year_days


def _is_in_week(days: Filter, day: int) -> bool:
    return not days.weeks or not days.weeks.isdisjoint(_week_of(day, days.wkst))

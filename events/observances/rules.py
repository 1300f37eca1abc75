"""The ten forms of date rules: which days of a year each of them names.

`span(year)` answers None when the year has no such day (30 February, a fifth Monday, no notice).
Week days are iCalendar codes, MO to SU. Wrong parameters raise ValueError when a rule is made.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Protocol

from events.observances import lunar
from events.observances.states import Confidence

WEEK_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from `start` to `end`, both included; `end` None when only the opening day is known."""

    start: date
    end: date | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"ends on {self.end}, before its start {self.start}")


class Rule(Protocol):
    """What all forms share."""

    def span(self, year: int) -> Span | None:
        """Days that the rule names in `year`, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDay:
    """The same day of the Gregorian year: 30 May."""

    month: int
    day: int

    def __post_init__(self) -> None:
        _require_day(self.month, self.day)

    def span(self, year: int) -> Span | None:
        """One day; None on 29 February of a common year."""
        return _days(_date(year, self.month, self.day), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRange:
    """From `start` to `end`, both MM-DD, in one calendar year: 04-25 to 05-01."""

    start: str
    end: str

    def __post_init__(self) -> None:
        if _month_day(self.start) > _month_day(self.end):
            raise ValueError(f"range ends on {self.end}, before its start {self.start}")

    def span(self, year: int) -> Span | None:
        """None when an end is 29 February of a common year."""
        start, end = _date(year, *_month_day(self.start)), _date(year, *_month_day(self.end))
        return Span(start=start, end=end) if start and end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NthWeekday:
    """`days` days from the n-th `weekday` of a month: the third Saturday and the Sunday after."""

    month: int
    n: int
    weekday: str
    days: int = 1

    def __post_init__(self) -> None:
        _require(month=(self.month, 1, 12), n=(self.n, 1, 5), days=(self.days, 1, 366))
        _require_weekday(self.weekday)

    def span(self, year: int) -> Span | None:
        """None when the month has no fifth such day."""
        first = _on_or_before(date(year, self.month, 7), self.weekday)
        start = first + timedelta(weeks=self.n - 1)
        return _days(start, self.days) if start.month == self.month else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWeekday:
    """`days` days from the last `weekday` of a month."""

    month: int
    weekday: str
    days: int = 1

    def __post_init__(self) -> None:
        _require(month=(self.month, 1, 12), days=(self.days, 1, 366))
        _require_weekday(self.weekday)

    def span(self, year: int) -> Span | None:
        """Never None."""
        return _days(_on_or_before(_last_day(year, self.month), self.weekday), self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekContaining:
    """The seven days from `week_start` that contain a day: the Sunday week of 15 May."""

    month: int
    day: int
    week_start: str

    def __post_init__(self) -> None:
        _require_day(self.month, self.day)
        _require_weekday(self.week_start)

    def span(self, year: int) -> Span | None:
        """Seven days, which may reach into a neighbouring month or year."""
        named = _date(year, self.month, self.day)
        return _days(named and _on_or_before(named, self.week_start), 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NthWeek:
    """The n-th week of a month; the first is the one with at least four days in the month."""

    month: int
    n: int
    week_start: str

    def __post_init__(self) -> None:
        _require(month=(self.month, 1, 12), n=(self.n, 1, 5))
        _require_weekday(self.week_start)

    def span(self, year: int) -> Span | None:
        """Seven days; None when a fifth week has fewer than four days in the month."""
        first = _on_or_before(date(year, self.month, 4), self.week_start)
        start = first + timedelta(weeks=self.n - 1)
        return _days(start, 7) if (start + timedelta(days=3)).month == self.month else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeMonth:
    """All days of a Gregorian month."""

    month: int

    def __post_init__(self) -> None:
        _require(month=(self.month, 1, 12))

    def span(self, year: int) -> Span | None:
        """Never None."""
        return Span(start=date(year, self.month, 1), end=_last_day(year, self.month))


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarDay:
    """A day of the Chinese lunar calendar, never of a leap month: 重阳 is 9, 9."""

    lunar_month: int
    lunar_day: int

    def __post_init__(self) -> None:
        _require(lunar_month=(self.lunar_month, 1, 12), lunar_day=(self.lunar_day, 1, 30))

    def span(self, year: int) -> Span | None:
        """One day of lunar `year`, for the last months perhaps early in the next Gregorian year.

        None when the month has 29 days and the 30th is asked; ValueError outside 1929-2100.
        """
        if self.lunar_day > lunar.month_length(year, self.lunar_month):
            return None
        return _days(lunar.gregorian(year, self.lunar_month, self.lunar_day), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarTerm:
    """The day of one of the 24 solar terms, Chinese or pinyin: 秋分."""

    term: str

    def __post_init__(self) -> None:
        if self.term not in chain(*lunar.TERMS):
            raise ValueError(f"{self.term!r} is none of the 24 solar terms")

    def span(self, year: int) -> Span | None:
        """One day; ValueError outside 1929-2100."""
        return _days(lunar.term(year, self.term), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The dates of one year as a notice gave them."""

    year: int
    span: Span
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Decided every year by notice; `nominal` is a rule for a placeholder, or None."""

    known: tuple[Notice, ...] = ()
    nominal: Rule | None = None

    def __post_init__(self) -> None:
        if len({notice.year for notice in self.known}) < len(self.known):
            raise ValueError("known has two items for one year")
        if isinstance(self.nominal, Announced):
            raise ValueError("nominal must be a computed form, not announced")  # noqa: TRY004 - the type is right, the rule is not

    def span(self, year: int) -> Span | None:
        """Days given by the notice of `year`; None, not the placeholder, when there is none."""
        return next((notice.span for notice in self.known if notice.year == year), None)


def _days(start: date | None, count: int) -> Span | None:
    return Span(start=start, end=start + timedelta(days=count - 1)) if start else None


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= monthrange(year, month)[1] else None


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _on_or_before(day: date, weekday: str) -> date:
    return day - timedelta(days=(day.weekday() - WEEK_DAYS.index(weekday)) % 7)


def _month_day(text: str) -> tuple[int, int]:
    """Month and day of MM-DD; 2000 stands in, for it has a 29 February."""
    day = date.fromisoformat(f"2000-{text}")
    return day.month, day.day


def _require_day(month: int, day: int) -> None:
    _require(month=(month, 1, 12))
    _require(day=(day, 1, monthrange(2000, month)[1]))


def _require(**bounds: tuple[int, int, int]) -> None:
    for name, (value, low, high) in bounds.items():
        if type(value) is not int or not low <= value <= high:
            raise ValueError(f"{name} must be {low}-{high}, not {value!r}")


def _require_weekday(code: str) -> None:
    if code not in WEEK_DAYS:
        raise ValueError(f"{code!r} is none of {', '.join(WEEK_DAYS)}")

"""The days that a plan covers: wall time as the planner's minutes, weekly hours as its windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from events.kernel import clock
from events.kernel.hours import Hours, Opening
from events.observances.daytypes import Calendar
from events.observances.states import DayKind
from events.planner.problem import DAY, Day, Window

WORKWEEK = frozenset(range(5))
FRIDAY = 4

WeekdayOf = Callable[[Hours, date], int | None]
"""The weekday whose hours count on a date; None: none."""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """From `first` to `last`, both included, in wall time of `tz`; what each day is.

    asked_at: the wall time at which it is planned, before which nothing can be any more; None:
    what is over is planned once more, as if it lay ahead.
    """

    first: date
    last: date
    tz: str
    calendar: Calendar
    asked_at: datetime | None = None

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Its days as the planner counts them: make-up workdays are working days."""
        return tuple(Day(on, working=not self.calendar.is_free(on)) for on in self.dates)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Its dates, ascending."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=n) for n in range(count))

    @property
    def whole(self) -> Window:
        """All of it."""
        return Window(0, len(self.dates) * DAY)

    def minute(self, local: datetime) -> int:
        """Naive wall time as a minute, below 0 before the first day."""
        return int((local - datetime.combine(self.first, time())).total_seconds()) // 60

    def local(self, minute: int) -> datetime:
        """A minute as naive wall time."""
        return datetime.combine(self.first, time()) + timedelta(minutes=minute)

    def moment(self, minute: int) -> datetime:
        """A minute as a moment, in UTC."""
        return clock.to_utc(self.local(minute), self.tz)

    def span(self, starts_at: datetime, ends_at: datetime) -> Window:
        """What two moments bound; it may lie outside."""
        return Window(
            self.minute(clock.to_local(starts_at, self.tz)),
            self.minute(clock.to_local(ends_at, self.tz)),
        )

    def before_notice(self, lead_days: int) -> tuple[Window, ...]:
        """What is too soon for a place that is asked so many days ahead."""
        if self.asked_at is None:
            return ()
        day = datetime.combine(self.asked_at.date() + timedelta(days=lead_days), time())
        first = self.minute(max(day, self.asked_at))
        return (Window(0, min(first, self.whole.end)),) if first > 0 else ()

    def opened(self, hours: Hours) -> tuple[Window, ...]:
        """When a place with these weekly hours is open.

        One that opens on workdays only is a school or an office: it opens on make-up workdays as
        on a Friday, and is shut on public holidays.
        """
        return tuple(self._windows(hours, self._of_place))

    def available(self, hours: Hours) -> tuple[Window, ...]:
        """When people with these weekly hours can come.

        On a make-up workday they are where they are on a Friday; whoever has no hours on some
        workday helps when off work, and is not off then.
        """
        return tuple(self._windows(hours, self._of_person))

    def _windows(self, hours: Hours, rule: WeekdayOf) -> Iterator[Window]:
        for number, on in enumerate(self.dates):
            weekday = rule(hours, on)
            for opening in _on(hours, weekday):
                yield Window(number * DAY + opening.start_min, number * DAY + opening.end_min)

    def _of_place(self, hours: Hours, on: date) -> int | None:
        kind, weekday, named = self.calendar.kind(on), on.weekday(), _weekdays(hours)
        if named == WORKWEEK and kind is DayKind.MAKEUP:
            return FRIDAY
        if named <= WORKWEEK and kind is DayKind.HOLIDAY:
            return None
        return weekday

    def _of_person(self, hours: Hours, on: date) -> int | None:
        kind, named = self.calendar.kind(on), _weekdays(hours)
        if kind is DayKind.MAKEUP:
            return FRIDAY if named >= WORKWEEK else None
        return self._of_place(hours, on)


def _on(hours: Hours, weekday: int | None) -> Iterable[Opening]:
    return (opening for opening in hours.openings if opening.weekday == weekday)


def _weekdays(hours: Hours) -> frozenset[int]:
    return frozenset(opening.weekday for opening in hours.openings)

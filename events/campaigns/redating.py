"""Last year's days in this year's campaign: the same weekday of the same week, rest days respected.

Pure. A day keeps its weekday and its week, counted from the week in which the campaign begins; a
working day stays a working day and a free day a free one. What the rule cannot keep it says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)


class Shift(StrEnum):
    """What became of a day, besides its year."""

    SAME = "same"
    OTHER_DAY = "other_day"
    OTHER_WEEK = "other_week"
    NO_DAY = "no_day"
    OUTSIDE = "outside"

    @property
    def is_placed(self) -> bool:
        """Whether there is a new day."""
        return self not in (Shift.NO_DAY, Shift.OUTSIDE)


@dataclass(frozen=True, kw_only=True)
class Period:
    """When a campaign is: first_on with its warm-up, starts_on its own first day; inclusive."""

    first_on: date
    starts_on: date
    ends_on: date

    def holds(self, day: date) -> bool:
        """Whether an activity of the campaign may be on `day`."""
        return self.first_on <= day <= self.ends_on


@dataclass(frozen=True, kw_only=True)
class Redating:
    """From one year's campaign to another's. is_free: whether a day is a rest day or holiday."""

    old: Period
    new: Period
    is_free: Callable[[date], bool]

    @property
    def weeks(self) -> timedelta:
        """Whole weeks from the first week of the old campaign to the first of the new."""
        return _monday(self.new.starts_on) - _monday(self.old.starts_on)

    def day(self, old: date) -> tuple[date, Shift]:
        """The new day, and what had to be changed; without a new day, where the old one fell.

        In this order: the same day of the same week; another day of that week that is free, or a
        working day, as the old one was; the same in the week before or after it.
        """
        exact = old + self.weeks
        wanted = self.is_free(old)
        if not self.old.holds(old):
            fits = [exact] if self.is_free(exact) == wanted else self._like(exact, wanted)
        elif not self._near(exact):
            return exact, Shift.OUTSIDE
        else:
            fits = [day for day in self._like(exact, wanted) if self.new.holds(day)]
        if not fits:
            return exact, Shift.NO_DAY
        if exact in fits:
            return exact, Shift.SAME
        day = fits[0]
        return day, Shift.OTHER_DAY if _monday(day) == _monday(exact) else Shift.OTHER_WEEK

    def _near(self, exact: date) -> bool:
        """Whether the day, or the same one a week before or after, lies in the new campaign."""
        return any(self.new.holds(day) for day in (exact, exact - WEEK, exact + WEEK))

    def _like(self, exact: date, wanted: bool) -> list[date]:  # noqa: FBT001 - what is looked for
        """Days as free as the old one, best first: this week's nearest, then the same weekday."""
        monday = _monday(exact)
        week = sorted((monday + timedelta(days=n) for n in range(7)), key=_nearest(exact))
        others = [exact + WEEK, exact - WEEK]
        return [day for day in (*week, *others) if self.is_free(day) == wanted]


def _nearest(to: date) -> Callable[[date], tuple[int, date]]:
    return lambda day: (abs((day - to).days), day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

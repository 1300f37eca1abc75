"""What an activity wishes, as sessions with days and hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from events.kernel.recurrence import Rule, expand
from events.observances.states import DayKind
from events.planner.problem import Window
from events.planning.horizon import WORKWEEK, Horizon

NEVER = Window(0, 1)
"""Too short for any session: an activity none of whose days lies within the horizon."""
DAY_STARTS, DAY_ENDS = time(9), time(17)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """When an activity would like to be. weekdays: 0 = Monday, none = any; rule: "" for once.

    typed: starts that somebody has set for it already, while no dates are wished.
    """

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()
    starts: time = DAY_STARTS
    ends: time = DAY_ENDS
    rule: str = ""
    minutes: int
    typed: tuple[datetime, ...] = ()


def sessions(wish: Wish, horizon: Horizon) -> tuple[tuple[Window, ...], ...]:
    """For each session of an activity the windows that it wishes, in time's order; one at least.

    A rule is counted from the first day that suits, and each of its sessions keeps its day.
    """
    if wish.typed:
        return tuple(_typed(start, wish, horizon) for start in wish.typed)
    days = suitable(wish, horizon)
    if wish.rule and days:
        until = datetime.combine(wish.last + timedelta(days=1), time())
        first = datetime.combine(days[0], wish.starts)
        found = expand(Rule.parse(wish.rule), first, until=until) or [first]
        return tuple(_on([start.date()], wish, horizon) for start in found)
    return (_on(days, wish, horizon),)


def suitable(wish: Wish, horizon: Horizon) -> list[date]:
    """Days of the wish whose weekday suits; what a day is counts more than its name.

    Monday to Friday mean school and office days: a make-up workday is one, a public holiday is
    none. Saturday and Sunday mean free days: a make-up workday is none. If that leaves no day,
    the weekdays' names decide.
    """
    count = (wish.last - wish.first).days + 1
    dates = [wish.first + timedelta(days=n) for n in range(max(count, 0))]
    named = [on for on in dates if not wish.weekdays or on.weekday() in wish.weekdays]
    return [on for on in dates if _suits(on, wish.weekdays, horizon)] or named


def _suits(on: date, weekdays: frozenset[int], horizon: Horizon) -> bool:
    kind = horizon.calendar.kind(on)
    if not weekdays:
        return True
    if kind is DayKind.MAKEUP and not weekdays & WORKWEEK:
        return False
    if kind is DayKind.MAKEUP and weekdays == WORKWEEK:
        return True
    if kind is DayKind.HOLIDAY and weekdays <= WORKWEEK:
        return False
    return on.weekday() in weekdays


def _on(days: Iterable[date], wish: Wish, horizon: Horizon) -> tuple[Window, ...]:
    windows = [_window(on, wish, horizon) for on in days]
    inside = tuple(one for one in windows if one.start >= 0 and one.end <= horizon.whole.end)
    return inside or (NEVER,)


def _window(on: date, wish: Wish, horizon: Horizon) -> Window:
    """The wished hours of a day, lengthened where the session would not fit into them."""
    start = horizon.minute(datetime.combine(on, wish.starts))
    end = horizon.minute(datetime.combine(on, wish.ends))
    return Window(start, max(end, start + wish.minutes))


def _typed(start: datetime, wish: Wish, horizon: Horizon) -> tuple[Window, ...]:
    begins = horizon.minute(start)
    is_inside = 0 <= begins < horizon.whole.end
    return (Window(begins, begins + wish.minutes) if is_inside else NEVER,)

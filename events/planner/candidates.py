"""Possible venues and starts of each activity, what each costs, and why all others are not.

Only what concerns one activity alone counts here: hours, dates, seats, facilities, storms, locks.
Experts, kits, teams and the other activities are not in it. `check` judges the same rules one by
one; a property test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from events.planner import spans
from events.planner.problem import DAY, Activity, Level, Lock, Problem, Term, Venue, Window
from events.planner.terms import PER_100_EMPTY_SEATS, TERMS, WRONG_HALF_DAY, level, points

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Causes = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Choice:
    """An index into `Problem.venues`, a start in minutes, and what this choice alone costs."""

    venue: int
    start: int
    cost: int


class Cause(IntEnum):
    """Why a venue-time is impossible for an activity; asked in this order, the first one counts."""

    NOT_CHOSEN = 0
    """The activity names its venues, this one not."""
    TOO_SMALL = 1
    FACILITIES = 2
    HOURS = 3
    """Set-up, session and strike are not all within the opening hours."""
    CLOSED = 4
    """A blackout or a booking that stands already."""
    DATES = 5
    """Outside the activity's own windows."""
    STORM = 6
    LOCKED = 7
    """Its lock names another venue or another start."""
    NOT_WISHED = 8
    """Another day, half-day or district than wished, while that slider stands at MUST."""

    @property
    def bit(self) -> int:
        """Its place in a mask of causes."""
        return 1 << self


class Candidates:
    """The possible venue-times of every activity; activities and venues by their index.

    A venue-time is a venue and a start of the grid within its opening hours (a venue without
    hours is never open); a locked start is one too, on the grid or not. `starts` are all starts,
    ascending, shape (S,). Answers are made anew for each question: those of 2,000 activities x
    350 venues x 9 days may be 45 million venue-times, too many to keep.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._locks = _locks(problem)
        self.starts = _starts(problem, self._locks.values())
        self._seats = np.array([venue.seats for venue in problem.venues], dtype=np.int64)
        self._calendar, self._calendars = _calendars(problem.venues)
        self._fit: dict[tuple[int, int], tuple[Flags, Flags]] = {}
        self._held: dict[tuple[int, int], Flags] = {}
        self._equipped: dict[frozenset[str], Flags] = {}
        self._storms: dict[tuple[int, bool], Flags] = {}
        self._dated: dict[tuple[int, tuple[Window, ...]], Flags] = {}

    def causes(self, activity: int) -> Causes:
        """For each venue-time the bits of every cause against it, shape (venues, S); 0: possible.

        Venues that are shut at a start have `HOURS` there, although that is no venue-time.
        """
        asked = self.problem.activities[activity]
        masks = np.zeros((len(self.problem.venues), len(self.starts)), dtype=np.uint16)
        masks |= self._venue_causes(asked)[:, None] | self._start_causes(asked)[None, :]
        opened, free = self._fitting(asked)
        masks[~opened[self._calendar]] |= Cause.HOURS.bit
        masks[(opened & ~free)[self._calendar]] |= Cause.CLOSED.bit
        if self.problem.storms:
            masks[self._stormy(asked)] |= Cause.STORM.bit
        return masks

    def asked(self, activity: int) -> Flags:
        """Starts that come into question, shape (S,): on the grid, and the one it is locked to."""
        on_grid: Flags = (self.starts % DAY) % self.problem.grid == 0
        lock = self._locks.get(self.problem.activities[activity].id)
        if lock is None or lock.start is None:
            return on_grid
        on_grid |= self.starts == lock.start
        return on_grid

    def possible(self, activity: int) -> Flags:
        """Which venue-times are possible, shape (venues, S)."""
        venues, slots, fits = self._block(activity)
        possible = np.zeros((len(self.problem.venues), len(self.starts)), dtype=np.bool_)
        possible[venues[:, None], slots] = fits
        return possible

    def count(self, activity: int) -> int:
        """How many venue-times are possible."""
        return int(np.count_nonzero(self._block(activity)[2]))

    def arrays(self, activity: int, most: int | None = None) -> tuple[Ints, Ints, Ints]:
        """Venues, starts and costs of all that is possible, or the `most` cheapest, each (n,).

        By cost, then venue, then start.
        """
        venues, slots, costs = self._unsorted(activity)
        if most is not None and 0 < most < len(costs):
            cheap = costs <= np.partition(costs, most - 1)[most - 1]
            venues, slots, costs = venues[cheap], slots[cheap], costs[cheap]
        order = np.argsort(costs, kind="stable")[:most]
        return venues[order], self.starts[slots[order]], costs[order]

    def everywhere(self, activity: int) -> tuple[Ints, Ints, Ints]:
        """Venues, starts and costs of all that is possible, each (n,), by venue, then start."""
        venues, slots, costs = self._unsorted(activity)
        return venues, self.starts[slots], costs

    def sample(
        self, activity: int, most: int, chance: np.random.Generator
    ) -> tuple[Ints, Ints, Ints]:
        """Venues, starts and costs of all that is possible, each (n,), in no order.

        Of more than twice `most` the `most` cheapest, and half as many of all others: which of
        equal cost, and which others, is drawn.
        """
        venues, slots, costs = self._unsorted(activity)
        if len(costs) > 2 * most:
            limit = np.partition(costs, most)[most]
            cheaper, others = np.flatnonzero(costs < limit), np.flatnonzero(costs > limit)
            equal = np.flatnonzero(costs == limit)
            picked = (
                cheaper,
                chance.choice(equal, most - len(cheaper), replace=False),
                chance.choice(others, min(len(others), most // 2), replace=False),
            )
            some = np.concatenate(picked)
            venues, slots, costs = venues[some], slots[some], costs[some]
        return venues, self.starts[slots], costs

    def choices(self, activity: int, most: int | None = None) -> tuple[Choice, ...]:
        """All that is possible, or the `most` cheapest of it; by cost, venue, start."""
        rows = zip(*(column.tolist() for column in self.arrays(activity, most)), strict=True)
        return tuple(Choice(venue, start, cost) for venue, start, cost in rows)

    def reasons(self, activity: int) -> tuple[int, Counter[Cause]]:
        """How many venue-times there are, and how many of them each cause ends.

        The total less the sum of the causes is `count`.
        """
        masks = self.causes(activity)[self._open[self._calendar] & self.asked(activity)[None, :]]
        seen, counts = np.unique(masks & -masks.astype(np.int32), return_counts=True)
        ended = {
            Cause(int(bit).bit_length() - 1): int(count)
            for bit, count in zip(seen, counts, strict=True)
            if bit
        }
        return len(masks), Counter(ended)

    def _block(self, activity: int) -> tuple[Ints, Ints, Flags]:
        """Indices (v,) and (s,) of venues and slots worth a look; which of them fit, (v, s)."""
        asked = self.problem.activities[activity]
        free = self._fitting(asked)[1]
        venues = np.flatnonzero(self._venue_causes(asked) == 0)
        is_asked = (self._start_causes(asked) == 0) & self.asked(activity)
        slots = np.flatnonzero(is_asked & self._anywhere(asked))
        fits = free.take(slots, axis=1)[self._calendar[venues]]
        if self.problem.storms:
            fits &= ~self._stormy(asked).take(slots, axis=1)[venues]
        return venues, slots, fits

    def _unsorted(self, activity: int) -> tuple[Ints, Ints, Ints]:
        """Venues, slots and costs of all that is possible, each (n,), by venue, then slot."""
        asked = self.problem.activities[activity]
        venues, slots, fits = self._block(activity)
        rows, columns = np.divmod(np.flatnonzero(fits), max(1, len(slots)))
        venue_costs, start_costs = self._venue_costs(asked)[venues], self._start_costs(asked)[slots]
        return venues[rows], slots[columns], venue_costs[rows] + start_costs[columns]

    def _venue_causes(self, activity: Activity) -> Causes:
        """Causes that lie in the venue alone, shape (venues,)."""
        venues = self.problem.venues
        masks = np.zeros(len(venues), dtype=np.uint16)
        if activity.venues is not None:
            masks[~_named(venues, activity.venues)] |= Cause.NOT_CHOSEN.bit
        if level(self.problem, Term.CROWDING) is Level.MUST:
            masks[self._seats < activity.visitors] |= Cause.TOO_SMALL.bit
        masks[~self._with(activity.facilities)] |= Cause.FACILITIES.bit
        lock = self._locks.get(activity.id)
        if lock is not None and lock.venue is not None:
            masks[~_named(venues, {lock.venue})] |= Cause.LOCKED.bit
        if level(self.problem, Term.VENUE) is Level.MUST and activity.district is not None:
            masks[self._district_ids != activity.district] |= Cause.NOT_WISHED.bit
        return masks

    def _start_causes(self, activity: Activity) -> Causes:
        """Causes that lie in the start alone, shape (S,)."""
        masks = np.zeros(len(self.starts), dtype=np.uint16)
        masks[~self._within_dates(activity)] |= Cause.DATES.bit
        lock = self._locks.get(activity.id)
        if lock is not None and lock.start is not None:
            masks[self.starts != lock.start] |= Cause.LOCKED.bit
        if level(self.problem, Term.TIME) is Level.MUST:
            masks[self._away(activity) > 0] |= Cause.NOT_WISHED.bit
        return masks

    def _venue_costs(self, activity: Activity) -> Ints:
        """Points of VENUE and CROWDING, shape (venues,)."""
        empty = np.maximum(self._seats - activity.visitors, 0) // 100
        standing = np.maximum(activity.visitors - self._seats, 0)
        costs = empty * (PER_100_EMPTY_SEATS * level(self.problem, Term.VENUE))
        costs += standing * points(self.problem, Term.CROWDING)
        if activity.district is not None:
            elsewhere = self._district_ids != activity.district
            costs += elsewhere * points(self.problem, Term.VENUE)
        return costs

    def _start_costs(self, activity: Activity) -> Ints:
        """Points of TIME, shape (S,)."""
        return self._away(activity) * int(level(self.problem, Term.TIME))

    def _away(self, activity: Activity) -> Ints:
        """Points of TIME before the slider's factor, shape (S,)."""
        days, minutes = np.divmod(self.starts, DAY)
        away = np.zeros(len(self.starts), dtype=np.int64)
        if activity.wish_day is not None:
            away += np.abs(days - activity.wish_day) * TERMS[Term.TIME].points
        if activity.wish_half is not None:
            first, end = activity.wish_half.value
            away += ((minutes < first) | (minutes >= end)) * WRONG_HALF_DAY
        return away

    def _within_dates(self, activity: Activity) -> Flags:
        key = (activity.minutes, activity.windows)
        if key not in self._dated:
            windows = spans.merged(activity.windows)
            self._dated[key] = (
                _inside(self.starts, self.starts + activity.minutes, windows)
                if activity.windows
                else np.ones(len(self.starts), dtype=np.bool_)
            )
        return self._dated[key]

    def _with(self, facilities: frozenset[str]) -> Flags:
        """Venues that have all of these."""
        if facilities not in self._equipped:
            self._equipped[facilities] = np.array(
                [facilities <= venue.facilities for venue in self.problem.venues], dtype=np.bool_
            )
        return self._equipped[facilities]

    def _fitting(self, activity: Activity) -> tuple[Flags, Flags]:
        """Whether a hold lies within the hours, and within what is free, (calendars, S) each."""
        key = (activity.setup, activity.minutes + activity.strike)
        if key not in self._fit:
            first, last = self.starts - activity.setup, self.starts + key[1]
            opened = [_inside(first, last, calendar.opened) for calendar in self._calendars]
            free = [_inside(first, last, calendar.free) for calendar in self._calendars]
            shape = (len(self._calendars), len(self.starts))
            self._fit[key] = (
                np.array(opened, dtype=np.bool_).reshape(shape),
                np.array(free, dtype=np.bool_).reshape(shape),
            )
        return self._fit[key]

    def _anywhere(self, activity: Activity) -> Flags:
        """Starts at which a hold fits any calendar, shape (S,)."""
        key = (activity.setup, activity.minutes + activity.strike)
        if key not in self._held:
            self._held[key] = np.logical_or.reduce(self._fitting(activity)[1], axis=0)
        return self._held[key]

    @cached_property
    def _open(self) -> Flags:
        """Whether a start lies within the hours, shape (calendars, S)."""
        rows = [_inside(self.starts, self.starts + 1, one.opened) for one in self._calendars]
        return np.array(rows, dtype=np.bool_).reshape(len(rows), len(self.starts))

    def _stormy(self, activity: Activity) -> Flags:
        """Where and when this activity would stand in a storm, shape (venues, S)."""
        key = (activity.minutes, activity.outdoor)
        if key in self._storms:
            return self._storms[key]
        hit = np.zeros((len(self.problem.venues), len(self.starts)), dtype=np.bool_)
        first, last = self.starts // DAY, (self.starts + activity.minutes - 1) // DAY
        outdoors = self._outdoor | activity.outdoor
        for day, district in self.problem.storms:
            rows = outdoors & (self._district_ids == district)
            hit |= rows[:, None] & ((first <= day) & (day <= last))[None, :]
        self._storms[key] = hit
        return hit

    @cached_property
    def _outdoor(self) -> Flags:
        return np.array([venue.outdoor for venue in self.problem.venues], dtype=np.bool_)

    @cached_property
    def _district_ids(self) -> npt.NDArray[np.object_]:
        return np.array([venue.district for venue in self.problem.venues], dtype=np.object_)


def find(problem: Problem) -> Candidates:
    """The possible venue-times of a problem without faults."""
    return Candidates(problem)


@dataclass(frozen=True, slots=True)
class _Calendar:
    """When venues of one kind are open, and when nothing stands against it either; merged."""

    opened: tuple[Window, ...]
    free: tuple[Window, ...]


def _calendars(venues: tuple[Venue, ...]) -> tuple[Ints, list[_Calendar]]:
    """The different calendars, and the index of each venue's, shape (venues,)."""
    seen: dict[tuple[tuple[Window, ...], tuple[Window, ...]], int] = {}
    rows = [seen.setdefault((venue.open, venue.closed), len(seen)) for venue in venues]
    calendars = [_Calendar(spans.merged(opened), spans.cut(opened, shut)) for opened, shut in seen]
    return np.array(rows, dtype=np.int64), calendars


def _locks(problem: Problem) -> dict[str, Lock]:
    return {lock.activity: lock for lock in problem.locks}


def _starts(problem: Problem, locks: Iterable[Lock]) -> Ints:
    """Every start of the grid, and those that locks name; ascending."""
    end = len(problem.days) * DAY
    grid = {
        day + minute for day in range(0, end, DAY) for minute in range(0, DAY, max(problem.grid, 1))
    }
    locked = {lock.start for lock in locks if lock.start is not None and 0 <= lock.start < end}
    return np.array(sorted(grid | locked), dtype=np.int64)


def _named(venues: tuple[Venue, ...], ids: Iterable[str]) -> Flags:
    chosen = set(ids)
    return np.array([venue.id in chosen for venue in venues], dtype=np.bool_)


def _inside(first: Ints, last: Ints, windows: tuple[Window, ...]) -> Flags:
    """Whether [first, last) lies within one of the merged windows, elementwise."""
    if not windows:
        return np.zeros(len(first), dtype=np.bool_)
    begins = np.array([window.start for window in windows], dtype=np.int64)
    ends = np.array([window.end for window in windows], dtype=np.int64)
    at = np.searchsorted(begins, first, side="right") - 1
    return (at >= 0) & (last <= ends[np.maximum(at, 0)])

"""What activities that hang together cost at least, beyond the least of each alone.

Series that like several days and one venue, pairs that a relation ties, sessions that ask for the
same kits (`touring.py`): each such group is solved exactly by itself. An activity of several
groups pays its own points in one of them, and none where they are counted elsewhere; so the sums
of all groups bound what a plan costs on top.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from events.planner.board import keeps
from events.planner.candidates import Ints
from events.planner.instance import Bond, Instance
from events.planner.problem import DAY, Series, Term
from events.planner.terms import points

Floats = npt.NDArray[np.float64]

AT_ONCE = 3
"""Activities of a series that are looked at together; two where these are too many cells."""
CELLS = 2_000_000
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Alone:
    """What an activity costs alone in each of its choices; (n,) each, by venue, then start."""

    venues: Ints
    starts: Ints
    points: Ints

    @property
    def least(self) -> float:
        """The least; infinite where nothing is possible."""
        return float(self.points.min()) if len(self.points) else np.inf

    def cells(self, days: int, of_venue: Ints, places: int) -> Floats:
        """The least on each day in each place, where each venue has one; (days, places)."""
        cells = np.full((days, places), np.inf)
        there, on = of_venue[self.venues], self.starts // DAY
        first = np.flatnonzero(np.diff(self.venues * days + on, prepend=-1))
        if len(first):
            least = np.minimum.reduceat(self.points, first).astype(np.float64)
            np.minimum.at(cells, (on[first], there[first]), least)
        return cells


def alone(instance: Instance, activity: int) -> Alone:
    """Points of an activity's choices, those without any shelter included."""
    venues, starts, costs = instance.candidates.everywhere(activity)
    costs = costs + instance.prices_of(activity, venues, starts)
    return Alone(venues, starts, costs + instance.exposures(activity, venues, starts))


class Group(Protocol):
    """Activities that cost more together; each is told of what all of its own cost alone."""

    @property
    def all(self) -> tuple[int, ...]:
        """Those that want to be told of."""

    @property
    def members(self) -> tuple[int, ...]:
        """Those that are looked at, once all were told of."""

    def tell(self, activity: int, choices: Alone) -> None:
        """What one of them costs alone."""

    def least(self, pays: Mapping[int, float]) -> float:
        """Points at least while all are placed; each pays a share of its own above their least."""


class Gathering:
    """A series: days missing to its least, and every further venue (SPREAD and ONE_VENUE)."""

    def __init__(self, instance: Instance, series: Series) -> None:
        self._days, self._venues = len(instance.problem.days), len(instance.problem.venues)
        activities = dict.fromkeys(series.activities)
        size = AT_ONCE if self._days**AT_ONCE * self._venues <= CELLS else AT_ONCE - 1
        self.all = self.members = tuple(instance.place[one] for one in activities)[:size]
        others = len(activities) - len(self.members)
        self._days_asked = series.least_days - others
        self._missing = points(instance.problem, Term.SPREAD)
        self._further = points(instance.problem, Term.ONE_VENUE)
        self._tables: dict[int, Floats] = {}

    def tell(self, activity: int, choices: Alone) -> None:
        """Kept by day and venue."""
        at = np.arange(self._venues)
        self._tables[activity] = above(choices.cells(self._days, at, self._venues))

    def least(self, pays: Mapping[int, float]) -> float:
        """The best days and venues of all."""
        tables = [paid(self._tables[n], pays[n]) for n in self.members]
        size = len(tables)
        shape = (self._days,) * size
        cost = sum(_along(one.min(axis=1), n, size) for n, one in enumerate(tables))
        best = np.broadcast_to(cost + self._further * (size - 1), shape)
        for together in range(2, size + 1):
            for some in combinations(range(size), together):
                there = sum(_along(tables[n], n, size) for n in some)
                apart = [
                    _along(tables[n].min(axis=1), n, size) for n in range(size) if n not in some
                ]
                joint = np.asarray(there).min(axis=-1) + sum(apart)
                best = np.minimum(best, joint + self._further * (size - together))
        return float((best + self._missing * self._days_missing(shape)).min())

    def _days_missing(self, shape: tuple[int, ...]) -> Ints:
        """For each choice of days how many are missing."""
        days = np.sort(np.indices(shape), axis=0)
        different = 1 + (np.diff(days, axis=0) != 0).sum(axis=0)
        missing: Ints = np.maximum(0, self._days_asked - different)
        return missing


class Pair:
    """Two activities that a relation ties."""

    def __init__(self, instance: Instance, first: int, bond: Bond) -> None:
        self.all = self.members = (first, bond.other)
        self._minutes = instance.activities[first].minutes
        self._relation = bond.relation
        self._tables: dict[int, tuple[Ints, Floats]] = {}

    def tell(self, activity: int, choices: Alone) -> None:
        """Kept by start."""
        starts, at = np.unique(choices.starts, return_inverse=True)
        table = np.full(len(starts), np.inf)
        np.minimum.at(table, at, choices.points.astype(np.float64))
        self._tables[activity] = starts, above(table)

    def least(self, pays: Mapping[int, float]) -> float:
        """The best starts that keep the relation."""
        (starts, one), (others, two) = (self._tables[n] for n in self.members)
        begin: Any = starts[:, None]
        kept = keeps(
            self._relation.kind,
            self._relation.amount,
            (begin, begin + self._minutes),
            cast("Any", others[None, :]),
        )
        first, second = self.members
        both = paid(one, pays[first])[:, None] + paid(two, pays[second])[None, :]
        return float(both.min(initial=np.inf, where=np.asarray(kept)))


def gatherings(instance: Instance) -> list[Group]:
    """All series of a problem, and all pairs that are tied."""
    series = (one for one in instance.problem.series if one.activities)
    found: list[Group] = [Gathering(instance, one) for one in series]
    for first, bonds in enumerate(instance.bonds):
        found += [Pair(instance, first, bond) for bond in bonds if bond.is_first]
    return found


def listeners(groups: Iterable[Group]) -> defaultdict[int, list[Group]]:
    """For each activity the groups that want to be told of it."""
    found: defaultdict[int, list[Group]] = defaultdict(list)
    for group in groups:
        for activity in group.all:
            found[activity].append(group)
    return found


Claim = tuple[tuple[int, ...], float]
"""Members of a group, and points that it costs at least while all of them are placed."""


def claims(
    groups: Iterable[Group], counted: AbstractSet[int], is_over: Callable[[], bool]
) -> tuple[list[Claim], set[int]]:
    """Of each group that is looked at before it `is_over`, the dearest ones first.

    counted: activities whose own points are counted elsewhere. Of some of them, returned too, only
    the half may be counted there: the other one is paid in a group that is dearer with it.
    """
    hopes: dict[Group, float] = {}
    halved: set[int] = set()
    for group in groups:
        if is_over():
            break
        mine = counted & set(group.members)
        hopes[group] = group.least({n: float(n not in mine) for n in group.members})
        if mine and group.least(dict.fromkeys(group.members, 1.0)) > hopes[group]:
            halved |= mine
    left = {n: float(n not in counted) for group in hopes for n in group.members}
    left |= dict.fromkeys(halved, HALF)
    for group in hopes:
        if not halved.isdisjoint(group.members):
            hopes[group] = group.least(left)
    found: list[Claim] = []
    for group in sorted(hopes, key=lambda one: -hopes[one]):
        found.append((group.members, group.least(left)))
        left |= dict.fromkeys(group.members, 0.0)
    return found, halved


def beyond(claimed: Sequence[Claim], out: Mapping[int, float]) -> float:
    """Points of all at least, where leaving an activity out costs so much that nobody counts."""
    shares = Counter(activity for members, _ in claimed for activity in members)
    return sum(
        min(least, *(out[activity] / shares[activity] for activity in members))
        for members, least in claimed
    )


def above(table: Floats) -> Floats:
    """What is above the least of a table."""
    least = table.min(initial=np.inf)
    return table - least if np.isfinite(least) else table


def paid(table: Floats, share: float) -> Floats:
    """A share of a table's points; what is impossible stays so."""
    return np.where(np.isfinite(table), table, 0.0) * share + np.where(
        np.isfinite(table), 0.0, np.inf
    )


def _along(table: Floats, axis: int, size: int) -> Floats:
    """A table by day, and perhaps more, as one along one of so many axes of days."""
    shape = [1] * size
    shape[axis] = len(table)
    return table.reshape(*shape, *table.shape[1:])

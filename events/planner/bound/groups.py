"""Series and relations: what activities that hang together cost together.

Each series and each pair of a relation is solved exactly by itself, at what its members are charged
for their cells.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import combinations
from typing import Any, cast

import numpy as np

from events.planner.board import keeps
from events.planner.bound.copies import Alone, Asker, Floats, Found, Row
from events.planner.candidates import Ints
from events.planner.instance import Bond, Instance
from events.planner.problem import DAY, Series, Term
from events.planner.terms import points

AT_ONCE = 3
"""Activities of a series that are looked at together; two where these are too many cells."""
CELLS = 2_000_000
FORBIDDEN = 1e6
"""Points in place of infinity where nothing keeps a relation."""


class Together(ABC):
    """Activities that are only of interest all together."""

    is_free = False

    def __init__(self, members: tuple[int, ...]) -> None:
        self.rows = tuple(Row(activity) for activity in members)

    @abstractmethod
    def best(self, charges: Floats) -> Found:
        """The cheapest cells of all."""

    def losses(self, charges: Floats) -> Floats:
        """What a cell costs above the row's least, less what hanging together costs at all."""
        least = charges.min(axis=1)
        extra = self.best(charges).points - least.sum()
        losses: Floats = np.maximum(0.0, charges - least[:, None] - extra)
        return losses


class Gathering(Together):
    """A series: days missing to its least, and every further venue (SPREAD and ONE_VENUE).

    Cells are days and venues.
    """

    def __init__(self, instance: Instance, series: Series) -> None:
        self._days, self._venues = len(instance.problem.days), len(instance.problem.venues)
        activities = dict.fromkeys(series.activities)
        size = AT_ONCE if self._days**AT_ONCE * self._venues <= CELLS else AT_ONCE - 1
        super().__init__(tuple(instance.place[one] for one in activities)[:size])
        self.size = self._days * self._venues
        missing = points(instance.problem, Term.SPREAD)
        asked = series.least_days - (len(activities) - len(self.rows))
        self._missing = missing * _missing((self._days,) * len(self.rows), asked)
        self._further = points(instance.problem, Term.ONE_VENUE)

    def cells(self, choices: Alone) -> Ints:
        """By day, then venue."""
        cells: Ints = choices.starts // DAY * self._venues + choices.venues
        return cells

    def best(self, charges: Floats) -> Found:
        """The best days of all; on these some share the venue that is best for them."""
        tables = charges.reshape(-1, self._days, self._venues)
        found = Found(np.inf, [])
        for together in range(1, len(tables) + 1):
            for some in combinations(range(len(tables)), together) if together > 1 else [()]:
                found = min(found, self._sharing(tables, some), key=lambda one: one.points)
        return found

    def _sharing(self, tables: Floats, some: tuple[int, ...]) -> Found:
        """The best where these share one venue and the others have one each."""
        size = len(tables)
        further = size - max(1, len(some))
        alone = (n for n in range(size) if n not in some)
        cost = sum(_along(tables[n].min(axis=1), n, size) for n in alone) + self._missing
        if some:
            there = np.asarray(sum(_along(tables[n], n, size) for n in some))
            cost = cost + there.min(axis=-1)
        at = np.unravel_index(int(cost.argmin()), cost.shape)
        days = [int(day) for day in at]
        venues = [int(tables[n, day].argmin()) for n, day in enumerate(days)]
        if some:
            shared = int(sum(tables[n, days[n]] for n in some).argmin())
            venues = [shared if n in some else venue for n, venue in enumerate(venues)]
        used = [(n, days[n] * self._venues + venues[n]) for n in range(size)]
        return Found(float(cost[at]) + self._further * further, used)


class Pair(Together):
    """Two activities that a relation ties. Cells are starts."""

    def __init__(self, instance: Instance, first: int, bond: Bond) -> None:
        super().__init__((first, bond.other))
        self._starts = instance.candidates.starts
        self.size = len(self._starts)
        begin: Any = self._starts[:, None]
        end = begin + instance.activities[first].minutes
        relation, others = bond.relation, cast("Any", self._starts[None, :])
        self._kept = np.asarray(keeps(relation.kind, relation.amount, (begin, end), others))

    def cells(self, choices: Alone) -> Ints:
        """By start."""
        cells: Ints = np.searchsorted(self._starts, choices.starts)
        return cells

    def best(self, charges: Floats) -> Found:
        """The best starts that keep the relation."""
        first, second = (np.flatnonzero(np.isfinite(one)) for one in charges)
        both = charges[0, first][:, None] + charges[1, second][None, :]
        both = np.where(self._kept[np.ix_(first, second)], both, np.inf)
        if not np.isfinite(both).any():
            cells = charges.argmin(axis=1).tolist()
            return Found(float(charges.min(axis=1).sum()) + FORBIDDEN, list(enumerate(cells)))
        n, m = np.unravel_index(int(both.argmin()), both.shape)
        return Found(float(both[n, m]), [(0, int(first[n])), (1, int(second[m]))])


def gatherings(instance: Instance) -> list[Asker]:
    """All series of a problem, and all pairs that are tied, of which everything is possible."""
    found: list[Asker] = [
        Gathering(instance, one) for one in instance.problem.series if one.activities
    ]
    for first, bonds in enumerate(instance.bonds):
        found += [Pair(instance, first, bond) for bond in bonds if bond.is_first]
    return [one for one in found if all(instance.count(row.activity) for row in one.rows)]


def _missing(shape: tuple[int, ...], asked: int) -> Ints:
    """For each choice of days how many are missing."""
    days = np.sort(np.indices(shape), axis=0)
    different = 1 + (np.diff(days, axis=0) != 0).sum(axis=0)
    missing: Ints = np.maximum(0, asked - different)
    return missing


def _along(table: Floats, axis: int, size: int) -> Floats:
    """A table by day, and perhaps more, as one along one of so many axes of days."""
    shape = [1] * size
    shape[axis] = len(table)
    return table.reshape(*shape, *table.shape[1:])

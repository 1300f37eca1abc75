"""What sessions that ask for the same kits cost at least, with the kits' ways.

A kit goes once through the campaign, out and home again, and serves so many sessions a day. The
hardest sessions are shared out among the kits by dynamic programming over sets of sessions and the
district where a kit is (Held and Karp 1962); on one day they come in the best order, and whether
they overlap is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from events.planner import spans
from events.planner.groups import HALF, Alone, Floats, above, paid
from events.planner.instance import Instance
from events.planner.people import Crew, Kind, Resource
from events.planner.problem import Term
from events.planner.terms import points
from events.planner.weeks import between

AT_ONCE = 8
"""Sessions that are shared out."""
UNIT = 50
"""Kilometres of a point; a kit's are rounded down once."""


class Touring:
    """Sessions that ask for one of `kits`, each of them for any."""

    def __init__(self, instance: Instance, kits: Crew, activities: tuple[int, ...]) -> None:
        self.all = activities
        self._kits = [instance.resources[who] for who in kits]
        self._days = len(instance.problem.days)
        self._district = np.array(instance.district, dtype=np.int64)
        self._per_unit = points(instance.problem, Term.KIT_TRAVEL)
        km = instance.problem.travel.km
        self._ways = between(instance, km) * self._per_unit / UNIT
        self._roads = np.array(km or np.zeros(self._ways.shape)) * self._per_unit / UNIT
        self._tables: dict[int, Floats] = {}

    def tell(self, activity: int, choices: Alone) -> None:
        """Kept by day and district."""
        cells = choices.cells(self._days, self._district, len(self._ways))
        self._tables[activity] = above(cells)

    @cached_property
    def members(self) -> tuple[int, ...]:
        """Those with the fewest cells that cost no more than their least."""
        return tuple(sorted(self.all, key=lambda n: (self._tables[n] < 1).sum())[:AT_ONCE])

    def least(self, pays: Mapping[int, float]) -> float:
        """The best way to share all sessions out; each kit's points are whole steps."""
        tables = [paid(self._tables[n], pays[n]) for n in self.members]
        step = HALF if any(pays[n] % 1 for n in self.members) else 1.0
        tours: dict[Resource, Floats] = {}
        shared = np.full(1 << len(tables), np.inf)
        shared[0] = 0.0
        for kit in self._kits:
            alike = replace(kit, id="")
            if alike not in tours:
                full = self._tours(kit, tables) - (UNIT - 1) * self._per_unit / UNIT
                tours[alike] = np.maximum(step * np.ceil((full - 1e-6) / step), 0.0)
            shared = _shared(shared, tours[alike])
        return float(shared[-1])

    def _tours(self, kit: Resource, tables: list[Floats]) -> Floats:
        """Points of one kit that serves each set of sessions, (sets,), no kilometre left away."""
        home = (
            0.0 if kit.home is None else (self._roads[kit.home][:, None] + self._ways).min(axis=0)
        )
        sets = np.arange(1 << len(tables))
        without = [np.flatnonzero(~sets >> n & 1) for n in range(len(tables))]
        at = np.full((len(sets), len(self._ways)), np.inf)
        per_day = len(tables) if kit.most_per_day is None else kit.most_per_day
        for day in spans.days(kit.windows, self._days):
            for _ in range(min(per_day, len(tables))):
                arrived = _step(at, self._ways)
                arrived[0] = home
                for n, table in enumerate(tables):
                    one = without[n]
                    more = one | 1 << n
                    at[more] = np.minimum(at[more], arrived[one] + table[day])
        tours: Floats = (at + home).min(axis=1)
        tours[0] = 0.0
        return tours


def tourings(instance: Instance) -> list[Touring]:
    """Sessions by who could serve them; no kit belongs to two groups."""
    asking: dict[Crew, dict[int, None]] = defaultdict(dict)
    for activity, needs in enumerate(instance.needs):
        for need in needs:
            if need.kind is Kind.KIT and need.qualified:
                asking[need.qualified][activity] = None
    found: list[Touring] = []
    taken: set[int] = set()
    for kits in sorted(asking, key=lambda kits: -len(asking[kits])):
        if taken.isdisjoint(kits):
            found.append(Touring(instance, kits, tuple(asking[kits])))
            taken.update(kits)
    return found


def _step(at: Floats, ways: Floats) -> Floats:
    """The least in each district after a way from any; (sets, districts)."""
    arrived = np.full_like(at, np.inf)
    for district, way in enumerate(ways):
        np.minimum(arrived, at[:, district, None] + way, out=arrived)
    return arrived


def _shared(one: Floats, other: Floats) -> Floats:
    """The least for each set of which one part falls to either side, (sets,)."""
    sets = np.arange(len(one))
    best = np.full_like(one, np.inf)
    for part in np.flatnonzero(np.isfinite(other)).tolist():
        rest = sets[sets & part == 0]
        best[rest | part] = np.minimum(best[rest | part], one[rest] + other[part])
    return best

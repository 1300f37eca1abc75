"""What kits earn at most that go once through a campaign, when each session pays for service.

A kit sets out from home, serves so many sessions a day, and comes home at the end; its kilometres
are rounded down once. What one of them earns at most, `walks.py` finds. Whether sessions of a day
overlap is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from events.planner import spans
from events.planner.bound.copies import Alone, Floats, Found, Row
from events.planner.bound.country import between
from events.planner.bound.walks import Kit, best_tour
from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.people import Crew, Kind, Resource
from events.planner.problem import DAY, Term
from events.planner.terms import level, points

AT_ONCE = 16
"""Sessions that are looked at together: those with the fewest venue-times."""
TOURS, MORE = 200, 1.03
"""So many tours go on at first; whenever those are not all, and the best not sure, more of them."""

Call = tuple[int, int]
"""A row, and the cell in which it is served."""


class Best(NamedTuple):
    """The most that a tour earns, whom it serves, and how much more another one might earn."""

    earned: float
    calls: list[Call]
    missing: float = 0.0


class Touring:
    """Sessions that ask for one of some kits, each of them for any. Cells: days and districts."""

    is_free = True

    def __init__(self, instance: Instance, kits: Crew, activities: Iterable[int]) -> None:
        self.rows = tuple(Row(activity) for activity in activities)
        self._districts = max(1, len(instance.problem.districts))
        self._district = np.array(instance.district, dtype=np.int64)
        self._all_days = len(instance.problem.days)
        self.size = self._all_days * self._districts
        km = instance.problem.travel.km
        per_unit = points(instance.problem, Term.KIT_TRAVEL)
        self._kits = [
            _Kit(instance.resources[who], km, between(instance, km), per_unit, self._all_days)
            for who in kits
        ]

    def cells(self, choices: Alone) -> Ints:
        """By day, then district."""
        there = self._district[choices.venues]
        cells: Ints = choices.starts // DAY * self._districts + there
        return cells

    def best(self, charges: Floats) -> Found:
        """The best tours of all kits."""
        worth = -charges.reshape(-1, self._all_days, self._districts)
        points, missing = 0.0, 0.0
        used: list[Call] = []
        for kit in self._kits:
            tour = kit.tour(worth)
            points -= tour.earned
            missing += tour.missing
            used += tour.calls
        return Found(points, used, missing)

    def losses(self, charges: Floats) -> Floats:
        """No tour is worse without a session that earns nothing."""
        return np.maximum(0.0, charges)


class _Kit:
    """A kit, and the tour that was best last time."""

    def __init__(
        self, one: Resource, km: tuple[tuple[int, ...], ...], ways: Ints, per_unit: int, days: int
    ) -> None:
        size = len(ways)
        home = np.zeros(size + 1, dtype=np.int64)
        if km and one.home is not None:
            home[:-1] = (np.array(km[one.home])[:, None] + ways).min(axis=0)
        self._kit = Kit(
            np.array(spans.days(one.windows, days), dtype=np.int64),
            AT_ONCE if one.most_per_day is None else one.most_per_day,
            np.ascontiguousarray(np.vstack((ways, home[:-1]))),
            home,
            per_unit,
        )
        self._known = np.zeros((0, 2), dtype=np.int64)
        self._most = TOURS

    def tour(self, worth: Floats) -> Best:
        """The tour that earns most; worth: (rows, days, districts)."""
        calls = np.zeros((len(worth), 2), dtype=np.int64)
        earned, many, missing = best_tour(worth, self._kit, self._known, self._most, calls)
        if many:
            self._known = calls[:many][::-1].copy()
        elif earned == 0:
            self._known = self._known[:0]
        if missing:
            self._most = int(self._most * MORE)
        return Best(earned, [(row, cell) for row, cell in self._known.tolist()], missing)


def tourings(instance: Instance) -> list[Touring]:
    """Sessions by who could serve them, where kits cost anything; no kit belongs to two groups."""
    if not level(instance.problem, Term.KIT_TRAVEL):
        return []
    asking: dict[Crew, dict[int, None]] = defaultdict(dict)
    for activity, needs in enumerate(instance.needs):
        for need in needs:
            if need.kind is Kind.KIT and need.qualified:
                asking[need.qualified][activity] = None
    found: list[Touring] = []
    taken: set[int] = set()
    for kits in sorted(asking, key=lambda kits: -len(asking[kits])):
        if taken.isdisjoint(kits):
            hardest = sorted(asking[kits], key=instance.count)[:AT_ONCE]
            found.append(Touring(instance, kits, sorted(hardest)))
            taken.update(kits)
    return found

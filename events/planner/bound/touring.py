"""What kits earn at most that go once through a campaign, when each session pays for service.

A kit sets out from home, serves so many sessions a day, and comes home at the end; its kilometres
are rounded down once. Tours grow day by day, session by session; of those that served the same
sessions and are in one district only the best are kept (Held and Karp 1962), and of these only such
as could still beat the best one found, were it allowed to serve sessions again (Christofides,
Mingozzi and Toth 1981). Whether sessions of a day overlap is not asked.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from events.planner import spans
from events.planner.bound.copies import Alone, Floats, Found, Row
from events.planner.bound.country import between
from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.people import Crew, Kind, Resource
from events.planner.problem import DAY, Term
from events.planner.terms import UNIT_KM, level, points

AT_ONCE = 16
"""Sessions that are looked at together: those with the fewest venue-times."""
TOURS, MORE = 200, 1.03
"""So many tours go on at first; whenever those are not all, and the best not sure, more of them."""

Call = tuple[int, int]
"""A row, and the cell in which it is served."""


class Tour(NamedTuple):
    """A kit on its way: what its sessions paid, the kilometres, and what it served."""

    paid: float
    km: int
    district: int
    """-1: at home, before it sets out"""
    rows: int
    """bits"""
    calls: tuple[Call, ...]


class Best(NamedTuple):
    """The most that a tour earns, whom it serves, and how much more another one might earn."""

    earned: float
    calls: tuple[Call, ...]
    missing: float = 0.0


class Offer(NamedTuple):
    """A session that could be served today, what it pays for it, and what at most from now on."""

    row: int
    district: int
    cell: int
    pays: float
    most: float


AT_HOME = Tour(0.0, 0, -1, 0, ())


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
    """One kit: its days, and its ways in kilometres, as short as they can be."""

    def __init__(
        self,
        one: Resource,
        km: tuple[tuple[int, ...], ...],
        ways: Ints,
        per_unit: int,
        days: int,
    ) -> None:
        self._days = spans.days(one.windows, days)
        self._per_day = one.most_per_day
        self._districts = len(ways)
        self._home: list[int] = [0] * (len(ways) + 1)  # the last is home itself
        if km and one.home is not None:
            self._home[:-1] = (np.array(km[one.home])[:, None] + ways).min(axis=0).tolist()
        self._per_unit = per_unit
        self._ways: list[list[int]] = [*ways.tolist(), self._home[:-1]]  # the last: from home
        self._out = [way * per_unit / UNIT_KM for way in self._home[:-1]]
        self._known: tuple[Call, ...] = ()
        self._most_tours = TOURS

    def tour(self, worth: Floats) -> Best:
        """The tour that earns most; worth: (rows, days, districts)."""
        times = len(worth) if self._per_day is None else self._per_day
        hopes = self._hopes(worth, times)
        best = self._again(worth)
        is_sure = True
        tours = [AT_HOME]
        for n, day in enumerate(self._days):
            rest = _Rest(worth[:, self._days[n:]].max(axis=(1, 2), initial=0.0))
            offers = [
                Offer(row, district, day * self._districts + district, float(pay), rest.pays[row])
                for row, district in np.argwhere(worth[:, day] > 0).tolist()
                for pay in [worth[row, day, district]]
            ]
            latest = tours
            for hope in hopes[n * times + 1 : (n + 1) * times + 1]:
                latest = self._further(latest, offers, rest, hope, best.earned)
                latest = _kept(latest, self._per_unit)
                if len(latest) > self._most_tours:
                    latest = self._promising(latest, rest)
                    is_sure = False
                for tour in latest:
                    best = max(best, Best(self._earned(tour), tour.calls))
                tours = tours + latest
            tours = _kept(tours, self._per_unit)
        self._known = best.calls
        if is_sure:
            return best
        self._most_tours = int(self._most_tours * MORE)
        return best._replace(missing=max(0.0, self._most(worth, hopes, times) - best.earned))

    def _promising(self, tours: list[Tour], rest: _Rest) -> list[Tour]:
        """Some of them, by what they have earned and may still be paid."""
        return heapq.nlargest(
            self._most_tours, tours, lambda one: self._earned(one) + rest.of(one.rows)
        )

    def _further(
        self, tours: list[Tour], offers: list[Offer], rest: _Rest, hope: list[float], best: float
    ) -> list[Tour]:
        """Tours with one more session, if they could still be better than the best."""
        per_km = self._per_unit / UNIT_KM
        slack = per_km * (UNIT_KM - 1)
        found = []
        for tour in tours:
            asked = best - rest.of(tour.rows)
            ways = self._ways[tour.district]
            for row, district, cell, pay, most in offers:
                if tour.rows >> row & 1:
                    continue
                paid, km = tour.paid + pay, tour.km + ways[district]
                earned = paid - per_km * km + slack
                if earned - self._out[district] > asked + most and earned + hope[district] > best:
                    calls = (*tour.calls, (row, cell))
                    found.append(Tour(paid, km, district, tour.rows | 1 << row, calls))
        return found

    def _earned(self, tour: Tour) -> float:
        """What a tour has earned when it is home again."""
        return tour.paid - self._per_unit * ((tour.km + self._home[tour.district]) // UNIT_KM)

    def _again(self, worth: Floats) -> Best:
        """The tour that was best last time, if it still earns something."""
        paid, km, at = 0.0, 0, -1
        for row, cell in self._known:
            day, district = divmod(cell, self._districts)
            paid += float(worth[row, day, district])
            km, at = km + self._ways[at][district], district
        earned = self._earned(Tour(paid, km, at, 0, ()))
        return Best(earned, self._known) if earned > 0 else Best(0.0, ())

    def _hopes(self, worth: Floats, times: int) -> list[list[float]]:
        """The most that may still come in each district after so many sessions, home included.

        So many `times` a day; somebody may be served again and again.
        """
        ways = np.array(self._ways[:-1]) * self._per_unit / UNIT_KM
        hope: Floats = -np.array(self._out)
        hopes = [hope.tolist()]
        for day in reversed(self._days):
            pay = worth[:, day].max(axis=0)
            for _ in range(times):
                hope = np.maximum(hope, ((pay + hope)[None, :] - ways).max(axis=1))
                hopes.append(hope.tolist())
        return hopes[::-1]

    def _most(self, worth: Floats, hopes: list[list[float]], times: int) -> float:
        """The most that a tour could earn if it were paid for a session again and again."""
        rounding = self._per_unit * (UNIT_KM - 1) / UNIT_KM
        most = [
            max(worth[:, day].max(axis=0) + hopes[n * times + 1] - np.array(self._out)) + rounding
            for n, day in enumerate(self._days)
        ]
        return float(max(0.0, *most))


class _Rest:
    """What sessions may pay at most from a day on; rows of a tour that serves them as bits."""

    def __init__(self, pays: Floats) -> None:
        self.pays: list[float] = pays.tolist()
        self._known: dict[int, float] = {}

    def of(self, rows: int) -> float:
        """What all others may pay together."""
        if rows not in self._known:
            self._known[rows] = sum(pay for n, pay in enumerate(self.pays) if not rows >> n & 1)
        return self._known[rows]


def _kept(tours: list[Tour], per_unit: int) -> list[Tour]:
    """Of tours with the same sessions and district those that another one cannot replace."""
    alike: defaultdict[tuple[int, int], list[Tour]] = defaultdict(list)
    for tour in tours:
        alike[tour.rows, tour.district].append(tour)
    kept = []
    for some in alike.values():
        if len(some) > 1:
            some.sort(key=lambda tour: tour.km)
        paid, raw = -np.inf, -np.inf
        for tour in some:
            earned = tour.paid - tour.km * per_unit / UNIT_KM
            if tour.paid > paid and earned > raw - per_unit * (UNIT_KM - 1) / UNIT_KM:
                kept.append(tour)
            paid, raw = max(paid, tour.paid), max(raw, earned)
    return kept


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

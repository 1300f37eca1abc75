"""A lower bound where nothing can be proved: experts' weeks at Lagrange multipliers.

That every need of an expert is filled once is relaxed, at a price for each need of an activity
(Held and Karp 1971, Fisher 1981); rooms, kits, teams and ties are left away. What remains falls
apart by expert: which sessions on which days earn more than they and the ways to them cost
(`weeks.py`)? Subgradient steps (Polyak 1969) raise the prices of needs that nobody fills, and lower
those of needs that several fill.
"""

from __future__ import annotations

import math

import numpy as np

from events.planner.instance import Instance
from events.planner.people import Kind
from events.planner.problem import DAY
from events.planner.stop import Stop
from events.planner.weeks import Country, Expert, Floats

ROUNDS = 60
"""Subgradient steps at most."""
PATIENCE = 3
"""Steps without a better bound after which they become half as long."""


class Relaxation:
    """The experts of a problem with the activities that they could serve, by day and place.

    The slider of EXPERTS is not at rest.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._country = Country(instance)
        needs = [sum(need.kind is Kind.EXPERT for need in several) for several in instance.needs]
        self._activities = [n for n, count in enumerate(needs) if count]
        self._needs = np.array([needs[n] for n in self._activities], dtype=np.float64)
        self._dearest = np.array([instance.drop[n] for n in self._activities]) / self._needs
        shape = len(self._activities), len(instance.problem.days), self._country.places
        self._costs = np.array([self._alone(n) for n in self._activities]).reshape(shape)
        self._costs /= self._needs[:, None, None]
        self._near = self._country.by_district(self._costs)
        others = [n for n, count in enumerate(needs) if not count]
        self._rest = sum(
            min(float(instance.drop[n]), float(self._alone(n).min(initial=np.inf))) for n in others
        )
        self._experts = self._call()

    def bound(self, upper: int, stop: Stop) -> int:
        """No plan costs less; `upper` is what some plan costs. Better the more time there is."""
        prices = np.minimum(self._costs.min(axis=(1, 2), initial=np.inf) + 1, self._dearest)
        best, length, waited = 0.0, 1.0, 0
        for _ in range(ROUNDS):
            value, filled = self._value(prices)
            waited = 0 if value > best else waited + 1
            best = max(best, value)
            slack = self._needs - filled
            if waited == PATIENCE:
                length, waited = length / 2, 0
            norm = float(slack @ slack)
            if stop.over() or not norm or value >= upper:
                break
            step = length * (upper - value) / norm
            prices = np.clip(prices + step * slack, 0, self._dearest)
        return math.ceil(best - 1e-6)

    def _value(self, prices: Floats) -> tuple[float, Floats]:
        """The relaxed minimum at these prices, and how often each need is filled there."""
        filled = np.zeros(len(prices))
        value = self._rest + float(prices @ self._needs)
        worth = prices[:, None, None] - self._costs
        near = prices[:, None, None] - self._near
        for expert in self._experts:
            week = expert.week(worth, near)
            value -= week.earned
            np.add.at(filled, week.served, 1)
        return value, filled

    def _alone(self, activity: int) -> Floats:
        """What an activity costs alone at least, on each day in each place; (days, places)."""
        instance = self._instance
        cells = np.full((len(instance.problem.days), self._country.places), np.inf)
        venues, starts, costs = instance.candidates.everywhere(activity)
        costs = costs + instance.prices_of(activity, venues, starts)
        costs += instance.exposures(activity, venues, starts)
        places, days = self._country.of_venue[venues], starts // DAY
        first = np.flatnonzero(np.diff(venues * len(cells) + days, prepend=-1))
        if len(first):
            least = np.minimum.reduceat(costs, first).astype(np.float64)
            np.minimum.at(cells, (days[first], places[first]), least)
        return cells

    def _call(self) -> list[Expert]:
        """Those who could serve anything."""
        rows: dict[int, set[int]] = {}
        for row, activity in enumerate(self._activities):
            for need in self._instance.needs[activity]:
                for who in need.qualified if need.kind is Kind.EXPERT else ():
                    rows.setdefault(who, set()).add(row)
        return [
            Expert(self._instance, self._country, one, np.array(sorted(mine)))
            for who, mine in rows.items()
            for one in [self._instance.resources[who]]
            if one.most != 0 and one.most_per_day != 0
        ]

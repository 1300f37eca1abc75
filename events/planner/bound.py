"""A lower bound where nothing can be proved: experts' weeks at Lagrange multipliers.

That every need of an expert is filled once is relaxed, at a price for each need of an activity
(Held and Karp 1971, Fisher 1981); rooms, teams and tracks are left away. What remains falls apart
by expert: which sessions on which days earn more than they and the ways to them cost
(`weeks.py`)? Subgradient steps (Polyak 1969) raise the prices of needs that nobody fills, and lower
those of needs that several fill. Series, relations and kits cost something on top (`groups.py`).
"""

from __future__ import annotations

import math

import numpy as np

from events.planner.groups import (
    HALF,
    Claim,
    Group,
    above,
    alone,
    beyond,
    claims,
    gatherings,
    listeners,
    paid,
)
from events.planner.instance import Instance
from events.planner.left import Left
from events.planner.people import Kind
from events.planner.problem import Term
from events.planner.stop import Stop
from events.planner.terms import level
from events.planner.touring import tourings
from events.planner.weeks import Country, Expert, Floats

ROUNDS = 60
"""Subgradient steps at most."""
EXACT = 1e-6
PATIENCE = 3
"""Steps without a better bound after which they become half as long."""


class Relaxation:
    """The experts of a problem with the activities that they could serve, by day and place.

    Where their slider is at rest nobody of them costs anything, and none is looked at.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._country = Country(instance)
        self._groups: list[Group] = [*gatherings(instance), *tourings(instance)]
        self._listening = listeners(self._groups)
        is_tiring = bool(level(instance.problem, Term.EXPERTS))
        needs = [
            sum(is_tiring and need.kind is Kind.EXPERT for need in several)
            for several in instance.needs
        ]
        self._activities = [n for n, count in enumerate(needs) if count]
        self._needs = np.array([needs[n] for n in self._activities], dtype=np.float64)
        self._dearest = np.array([instance.drop[n] for n in self._activities]) / self._needs
        shape = len(self._activities), len(instance.problem.days), self._country.places
        self._others: dict[int, float] = {}
        costs = [cells for n, count in enumerate(needs) for cells in self._look(n, count)]
        self._costs = np.array(costs).reshape(shape)
        self._costs /= self._needs[:, None, None]
        self._rest = sum(self._others.values())
        self._experts = self._call()
        self._best, self._prices = 0.0, np.zeros(len(self._activities))
        self._claimed: list[Claim] = []

    def bound(self, upper: int, stop: Stop) -> int:
        """No plan costs less; `upper` is what some plan costs. Better the more time there is."""
        claimed, halved = claims(self._groups, set(self._activities), stop.over)
        self._claimed = claimed
        self._halve(halved)
        upper -= math.ceil(beyond(claimed, dict(enumerate(self._instance.drop))))
        prices = np.minimum(self._costs.min(axis=(1, 2), initial=np.inf) + 1, self._dearest)
        least, length, waited = 0.0, 1.0, 0
        for _ in range(ROUNDS):
            value, filled = self._value(prices)
            waited = 0 if value > least else waited + 1
            least = max(least, value)
            total = value + beyond(claimed, self._out(prices))
            if total > self._best:
                self._best, self._prices = total, prices
            slack = self._needs - filled
            if waited == PATIENCE:
                length, waited = length / 2, 0
            norm = float(slack @ slack)
            if stop.over() or not norm or value >= upper:
                break
            step = length * (upper - value) / norm
            prices = np.clip(prices + step * slack, 0, self._dearest)
        return math.ceil(self._best - EXACT)

    def left(self, upper: int) -> Left:
        """What plans that cost less than `upper` may use, when a bound was found."""
        worth = self._prices[:, None, None] - self._costs
        near = self._prices[:, None, None] - self._near
        losses = {who: one.losses(worth, near) for who, one in self._experts.items()}
        slack = upper - 1 - self._best + EXACT
        allowed = dict.fromkeys(range(len(self._instance.activities)), slack)
        for members, least in self._claimed:
            for activity in members:
                allowed[activity] += least
        return Left(self._instance, self._country, self._activities, losses, allowed)

    def _value(self, prices: Floats) -> tuple[float, Floats]:
        """The relaxed minimum at these prices, and how often each need is filled there."""
        filled = np.zeros(len(prices))
        value = self._rest + float(prices @ self._needs)
        worth = prices[:, None, None] - self._costs
        near = prices[:, None, None] - self._near
        for expert in self._experts.values():
            week = expert.week(worth, near)
            value -= week.earned
            np.add.at(filled, week.served, 1)
        return value, filled

    def _halve(self, activities: set[int]) -> None:
        """Half of what these cost alone above their least is counted elsewhere."""
        for row, activity in enumerate(self._activities):
            if activity in activities:
                least = self._costs[row].min()
                self._costs[row] = least + paid(above(self._costs[row]), HALF)
        self._near = self._country.by_district(self._costs)

    def _out(self, prices: Floats) -> dict[int, float]:
        """What leaving each activity out costs beyond what is counted of it at these prices."""
        drop = self._instance.drop
        asking = (self._dearest - prices) * self._needs
        return {
            **{n: drop[n] - least for n, least in self._others.items()},
            **dict(zip(self._activities, asking.tolist(), strict=True)),
        }

    def _look(self, activity: int, experts: int) -> list[Floats]:
        """What an activity costs alone is told to its groups, and kept.

        Of one that asks for experts on each day in each place, (days, places); else the least.
        """
        choices = alone(self._instance, activity)
        for group in self._listening[activity]:
            group.tell(activity, choices)
        if experts:
            days, country = len(self._instance.problem.days), self._country
            return [choices.cells(days, country.of_venue, country.places)]
        self._others[activity] = min(float(self._instance.drop[activity]), choices.least)
        return []

    def _call(self) -> dict[int, Expert]:
        """Those who could serve anything."""
        rows: dict[int, set[int]] = {}
        for row, activity in enumerate(self._activities):
            for need in self._instance.needs[activity]:
                for who in need.qualified if need.kind is Kind.EXPERT else ():
                    rows.setdefault(who, set()).add(row)
        return {
            who: Expert(self._instance, self._country, one, np.array(sorted(mine)))
            for who, mine in rows.items()
            for one in [self._instance.resources[who]]
            if one.most != 0 and one.most_per_day != 0
        }

"""A lower bound where nothing can be proved: experts' days at Lagrange multipliers.

That every need of an expert is filled once is relaxed, at a price lam[a] for each need of activity
a (Held and Karp 1971, Fisher 1981); rooms, kits, teams and ties are left away. What remains falls
apart by expert: which sessions on which days earn more than they and the ways to them cost? A day
is one or two districts with the best sessions there, and from the third on the best anywhere, at
the points of a tiring day. Days add up to minutes on the road, whose points are rounded down once.
Subgradient steps (Polyak 1969) raise the prices of needs that nobody fills, and lower those of
needs that several fill. Ways are made a metric first, so that no tour is shorter than its part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.people import Kind, Resource
from events.planner.problem import DAY, Term
from events.planner.stop import Stop
from events.planner.terms import PER_HOUR_OF_TRAVEL, TERMS, level

Floats = npt.NDArray[np.float64]

ROUNDS = 60
"""Subgradient steps at most."""
PATIENCE = 3
"""Steps without a better bound after which they become half as long."""


@dataclass(frozen=True, slots=True)
class _Expert:
    """Rows of the activities that an expert could serve, and what days may look like.

    `can`: on which days, (days,). `most`: sessions a day. `tours`: minutes of a day in two
    districts, (districts, districts); the diagonal is out and home again.
    """

    rows: Ints
    can: npt.NDArray[np.bool_]
    most: int
    tours: Ints


class Relaxation:
    """The experts of a problem with the cells, days and districts, where they could serve.

    The slider of EXPERTS is not at rest, and the pools of `instance` have been drawn.
    """

    def __init__(self, instance: Instance) -> None:
        self._factor = int(level(instance.problem, Term.EXPERTS))
        self._third = self._factor * TERMS[Term.EXPERTS].points
        needs = [sum(need.kind is Kind.EXPERT for need in several) for several in instance.needs]
        self._activities = [n for n, count in enumerate(needs) if count]
        self._needs = np.array([needs[n] for n in self._activities], dtype=np.float64)
        self._dearest = np.array([instance.drop[n] for n in self._activities]) / self._needs
        shape = len(self._activities), *_grid(instance)
        self._costs = np.array([_cells(instance, n) for n in self._activities]).reshape(shape)
        self._costs /= self._needs[:, None, None]
        others = [n for n, count in enumerate(needs) if not count]
        self._rest = sum(min(instance.drop[n], _cells(instance, n).min()) for n in others)
        self._experts = _experts(instance, self._activities)

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
        for expert in self._experts:
            worth = prices[expert.rows, None, None] - self._costs[expert.rows]
            earned, served = _week(expert, worth, self._factor, self._third)
            value -= earned
            np.add.at(filled, expert.rows[served], 1)
        return value, filled


@dataclass(frozen=True, slots=True)
class _Day:
    """A way to spend a day: minutes on the road, what it earns, the rows that it serves."""

    minutes: int
    earned: float
    served: list[int]


def _week(expert: _Expert, worth: Floats, factor: int, third: int) -> tuple[float, list[int]]:
    """The most that an expert earns, and the rows served; worth: (rows, days, districts)."""
    days = [_days(expert, worth[:, day], third) for day in np.flatnonzero(expert.can)]
    days = [several for several in days if several]
    most = 1 + sum(several[-1].earned for several in days) / factor
    size = 1 + min(
        sum(several[-1].minutes for several in days), math.ceil(60 * most / PER_HOUR_OF_TRAVEL)
    )
    earned = np.full(size, -np.inf)
    earned[0] = 0
    taken: list[Ints] = []
    for several in days:
        before = earned.copy()
        taken.append(np.full(size, -1))
        for n, one in enumerate(several):
            with_it = before[: max(0, size - one.minutes)] + one.earned
            better = np.flatnonzero(with_it > earned[one.minutes :]) + one.minutes
            earned[better] = with_it[better - one.minutes]
            taken[-1][better] = n
    earned -= factor * (PER_HOUR_OF_TRAVEL * np.arange(size) // 60)
    at = int(earned.argmax())
    best, served = float(earned[at]), []
    for several, chosen in zip(reversed(days), reversed(taken), strict=True):
        if chosen[at] >= 0:
            day = several[chosen[at]]
            served += day.served
            at -= day.minutes
    return best, served


def _days(expert: _Expert, worth: Floats, third: int) -> list[_Day]:
    """What a day may be, each longer one earning more; worth: (rows, districts)."""
    here = np.arange(worth.shape[1])
    first = worth.argmax(axis=0)
    best = worth[first, here]
    anywhere = int(best.argmax())
    if best[anywhere] <= 0:
        return []
    others = worth.copy()
    others[first, here] = -np.inf
    second = others.argmax(axis=0)
    beside = np.maximum(others[second, here], 0) if expert.most > 1 else np.zeros(len(here))
    earned = best[:, None] + (best if expert.most > 1 else np.full(len(here), -np.inf))
    earned[here, here] = best + beside
    more = max(0, expert.most - 2) if best[anywhere] > third else 0
    earned += more * (best[anywhere] - third)
    found: list[_Day] = []
    for at in np.lexsort((-earned.ravel(), expert.tours.ravel())):
        if earned.flat[at] > (found[-1].earned if found else 0):
            a, b = divmod(int(at), len(here))
            pair = [first[a], first[b]] if a != b else [first[a], second[a]][: 1 + (beside[a] > 0)]
            served = [*map(int, pair), *[int(first[anywhere])] * more]
            found.append(_Day(int(expert.tours[a, b]), float(earned[a, b]), served))
    return found


def _grid(instance: Instance) -> tuple[int, int]:
    """How many days and districts there are."""
    return len(instance.problem.days), max(1, len(instance.problem.districts))


def _cells(instance: Instance, activity: int) -> Floats:
    """What an activity costs alone at least, on each day in each district; (days, districts)."""
    cells = np.full(_grid(instance), np.inf)
    venues, starts, costs = instance.candidates.arrays(activity)
    where = np.array(instance.district, dtype=np.int64)[venues]
    prices = instance.prices_of(activity, venues, starts)
    np.minimum.at(cells, (starts // DAY, where), costs + prices)
    return cells + instance.exposure(activity)


def _experts(instance: Instance, activities: list[int]) -> list[_Expert]:
    days = len(instance.problem.days)
    rows: dict[int, list[int]] = {}
    for row, activity in enumerate(activities):
        for need in instance.needs[activity]:
            for who in need.qualified if need.kind is Kind.EXPERT else ():
                rows.setdefault(who, []).append(row)
    between = _between(instance)
    found = []
    for who, several in rows.items():
        one = instance.resources[who]
        legs = _legs(instance, one, between)
        mine = np.array(sorted(set(several)), dtype=np.int64)
        most = len(mine) if one.most_per_day is None else one.most_per_day
        if most and one.most != 0:
            found.append(
                _Expert(mine, _can(one, days), most, legs[:, None] + between + legs[None, :])
            )
    return found


def _can(one: Resource, days: int) -> npt.NDArray[np.bool_]:
    """Days with any time."""

    def on(day: int) -> bool:
        return any(x.start < (day + 1) * DAY and day * DAY < x.end for x in one.windows)

    return np.array([not one.windows or on(day) for day in range(days)], dtype=np.bool_)


def _between(instance: Instance) -> Ints:
    """Shortest ways between districts, over others too; 0 inside one and on a site in two."""
    _, size = _grid(instance)
    ways = np.array(instance.minutes or np.zeros((size, size)), dtype=np.int64)
    np.fill_diagonal(ways, 0)
    first: dict[int, int] = {}
    for site, district in zip(instance.site, instance.district, strict=True):
        ways[first.setdefault(site, district), district] = 0
    ways = np.minimum(ways, ways.T)
    for k in range(size):
        ways = np.minimum(ways, ways[:, k, None] + ways[None, k, :])
    return ways


def _legs(instance: Instance, one: Resource, between: Ints) -> Ints:
    """Minutes from home to each district at least, (districts,)."""
    if one.home is None or not instance.minutes:
        return np.zeros(len(between), dtype=np.int64)
    home = np.array(instance.minutes[one.home], dtype=np.int64)
    legs: Ints = (home[:, None] + between).min(axis=0)
    return legs

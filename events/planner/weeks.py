"""The most that an expert can earn in a campaign, when each activity pays a price for service.

A day is one session, two in two districts, two in one district on different sites (the way inside
it is charged), or two on one site (none is); from the third on the best anywhere, at the points of
a tiring day. Whether sessions of a day overlap is not asked. Days add up to minutes on the road,
whose points are rounded down once, by dynamic programming over these minutes. Ways are made a
metric first, so that no tour is shorter than its part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from events.planner import spans
from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.people import Resource
from events.planner.problem import Term
from events.planner.terms import PER_HOUR_OF_TRAVEL, TERMS, level

Floats = npt.NDArray[np.float64]


class Country:
    """Places (the part of a site in one district, by district), districts that have any, and ways.

    `of_venue`: each venue's place. `first`: each district's first place; `districts`: their
    indexes in the problem. `ways`: minutes between districts, over others too, 0 where a site lies
    in both; inside one, between two of its sites. Both square.
    """

    def __init__(self, instance: Instance) -> None:
        where = list(zip(instance.district, instance.site, strict=True))
        places = {place: n for n, place in enumerate(sorted(set(where)))}
        self.of_venue = np.array([places[place] for place in where], dtype=np.int64)
        there = np.array([district for district, _ in places], dtype=np.int64)
        self.districts, self.first = np.unique(there, return_index=True)
        self.places = len(places)
        self._roads = instance.minutes
        self._between = between(instance, instance.minutes)
        self.ways = self._ways()

    def legs(self, home: int | None) -> Ints:
        """Minutes from home to each district at least, (districts,)."""
        if home is None or not self._roads:
            return np.zeros(len(self.districts), dtype=np.int64)
        roads = np.array(self._roads[home], dtype=np.int64)
        legs: Ints = (roads[:, None] + self._between).min(axis=0)[self.districts]
        return legs

    def by_district(self, costs: Floats) -> Floats:
        """The least of each district; costs: (rows, days, places)."""
        return np.minimum.reduceat(costs, self.first, axis=2)

    def _ways(self) -> Ints:
        ways = self._between.copy()
        inside = np.diag(np.array(self._roads or np.zeros(ways.shape), dtype=np.int64)).copy()
        away = ways + ways.T
        np.fill_diagonal(away, np.iinfo(np.int64).max)
        np.fill_diagonal(ways, np.minimum(inside, away.min(axis=1)))
        return ways[np.ix_(self.districts, self.districts)]


@dataclass(frozen=True, slots=True)
class Week:
    """What an expert earns at most, and the rows served then, each as often as it is."""

    earned: float
    served: list[int]


class Expert:
    """One expert's possible days.

    `rows`: activities that the expert could serve, (n,), as rows of what is said of worth.
    """

    def __init__(self, instance: Instance, country: Country, one: Resource, rows: Ints) -> None:
        self._rows = rows
        self._days = np.array(spans.days(one.windows, len(instance.problem.days)), dtype=np.int64)
        self._country = country
        self._most = len(rows) if one.most_per_day is None else one.most_per_day
        self._factor = int(level(instance.problem, Term.EXPERTS))
        self._third = self._factor * TERMS[Term.EXPERTS].points
        legs = country.legs(one.home)
        tours = legs[:, None] + country.ways + legs[None, :]
        self._pairs = np.triu_indices(len(legs))
        self._minutes = np.concatenate((2 * legs, tours[self._pairs], 2 * legs))
        self._ascending = np.argsort(self._minutes, kind="stable")
        self._per_minute = self._factor * PER_HOUR_OF_TRAVEL / 60
        self._out, self._tours = 2 * legs * self._per_minute, tours * self._per_minute

    def losses(self, worth: Floats, near: Floats) -> Floats:
        """What any week with a session earns less than the best one, at least.

        (all rows, days, places), infinite where the expert cannot be. Points of ways are rounded
        down once a week; so other days earn their best, and a session's own day its best with it.
        """
        mine = worth[self._rows]
        district = np.repeat(
            np.arange(len(self._out)), np.diff([*self._country.first, self._country.places])
        )
        alone = -self._out[district]
        top, there = _Top(near[self._rows]), _Top(mine)
        if self._most > 1:
            apart = top.but(len(mine))[:, :, None, :] - self._tours
            alone = np.maximum(alone, apart.max(axis=3)[:, :, district])
            alone = np.maximum(alone, there.but(len(mine)) - self._out[district])
        thirds = np.maximum(0, top.first.max(axis=1) - self._third) * max(0, self._most - 2)
        earned = np.full_like(mine, -np.inf)
        earned[:, self._days] = (mine + alone + thirds[:, None])[:, self._days]
        best = np.maximum(0, earned.max(axis=(0, 2)))
        week = best.sum() - best[:, None] + earned + 59 * self._factor / 60
        losses = np.full_like(worth, np.inf)
        losses[self._rows] = self.week(worth, near).earned - week
        return losses

    def week(self, worth: Floats, near: Floats) -> Week:
        """The best days, when each session earns `worth` less the ways.

        worth: (all rows, days, places), -inf where it cannot be; near: its best in each district.
        """
        mine = [worth[row] for row in self._rows.tolist()]
        days = _Days(mine, near[self._rows], self._country, self._pairs)
        earned, more = self._earned(days)
        ways = {day: self._worthwhile(earned[day]) for day in self._days.tolist()}
        value, chosen = self._fill({day: options for day, options in ways.items() if options})
        served = [row for day, option in chosen for row in days.rows(day, option, more[day])]
        return Week(value, self._rows[served].tolist())

    def _earned(self, days: _Days) -> tuple[Floats, Ints]:
        """Of each day what its options earn, (days, options), and sessions above two, (days,)."""
        best = days.best.max(axis=1, initial=-np.inf)
        more = np.where(best > self._third, max(0, self._most - 2), 0)
        two = np.concatenate((days.apart, days.same), axis=1)
        two += (more * np.where(more, best - self._third, 0))[:, None]
        if self._most < 2:
            two[:] = -np.inf
        return np.concatenate((days.best, two), axis=1), more

    def _worthwhile(self, earned: Floats) -> list[tuple[int, int, float]]:
        """Options of a day that earn more than all shorter ones: option, minutes, points."""
        inward = earned[self._ascending]
        before = np.maximum.accumulate(np.concatenate(([0.0], inward[:-1])))
        better = self._ascending[inward > before]
        minutes, points = self._minutes[better], earned[better]
        return list(zip(better.tolist(), minutes.tolist(), points.tolist(), strict=True))

    def _fill(
        self, days: dict[int, list[tuple[int, int, float]]]
    ) -> tuple[float, list[tuple[int, int]]]:
        """The best sum of days: its points, and each day that is used with its option."""
        longest = sum(options[-1][1] for options in days.values())
        worth = 1 + sum(options[-1][2] for options in days.values()) / self._factor
        size = 1 + min(longest, math.ceil(60 * worth / PER_HOUR_OF_TRAVEL))
        earned = np.full(size, -np.inf)
        earned[0] = 0
        taken: dict[int, Ints] = {}
        for day, options in days.items():
            before = earned.copy()
            taken[day] = np.full(size, -1)
            for at, (_, minutes, points) in enumerate(options):
                with_it = before[: max(0, size - minutes)] + points
                better = np.flatnonzero(with_it > earned[minutes:]) + minutes
                earned[better] = with_it[better - minutes]
                taken[day][better] = at
        earned -= self._factor * (PER_HOUR_OF_TRAVEL * np.arange(size) // 60)
        spent = int(earned.argmax())
        best, chosen = float(earned[spent]), []
        for day in reversed(days):
            if taken[day][spent] >= 0:
                option, minutes, _ = days[day][taken[day][spent]]
                chosen.append((day, option))
                spent -= minutes
        return best, chosen


class _Days:
    """What the sessions of a day earn before ways.

    `worth`: of each of some rows in each place, (rows, days, places); `near`: in each district.
    Options: one session in each district, `best`; two in each pair of districts, `apart`, that of
    a district with itself included; two on one site of each district, `same`. (days, options) each.
    """

    def __init__(
        self, worth: list[Floats], near: Floats, country: Country, pairs: tuple[Ints, Ints]
    ) -> None:
        self._worth = worth
        self._country = country
        self._pairs = pairs
        self._top = top = _Top(near)
        self.best = top.first
        p, q = pairs
        self._is_one = top.row[:, p] == top.row[:, q]
        instead = np.maximum(top.first[:, p] + top.second[:, q], top.second[:, p] + top.first[:, q])
        self.apart = np.where(self._is_one, instead, top.first[:, p] + top.first[:, q])
        self._both = _two_best(worth)
        self.same = np.maximum.reduceat(self._both, country.first, axis=1)

    def rows(self, day: int, option: int, more: int) -> list[int]:
        """Who is served on a day by one of its options, with so many more of the best."""
        size, pairs = len(self._country.first), len(self._pairs[0])
        anywhere = int(self._top.row[day, self.best[day].argmax()])
        if option < size:
            return [int(self._top.row[day, option])]
        if option < size + pairs:
            two = self._of_pair(day, option - size)
        else:
            two = self._of_site(day, option - size - pairs)
        return [*two, *[anywhere] * more]

    def _of_pair(self, day: int, pair: int) -> list[int]:
        p, q = self._pairs[0][pair], self._pairs[1][pair]
        top = self._top
        if not self._is_one[day, pair]:
            return [int(top.row[day, p]), int(top.row[day, q])]
        gains = top.first[day, p] + top.second[day, q], top.second[day, p] + top.first[day, q]
        other = q if gains[0] >= gains[1] else p
        return [int(top.row[day, p]), int(top.next_row[day, other])]

    def _of_site(self, day: int, district: int) -> list[int]:
        begin, end = [*self._country.first, self._country.places][district : district + 2]
        place = begin + int(self._both[day, begin:end].argmax())
        there = np.array([worth[day, place] for worth in self._worth])
        two: list[int] = np.argsort(-there, kind="stable")[:2].tolist()
        return two


def _two_best(worth: list[Floats]) -> Floats:
    """The sum of the best two, elementwise; much quicker row by row than by sorting."""
    first = np.full_like(worth[0], -np.inf)
    second = first.copy()
    lesser = first.copy()
    for one in worth:
        np.minimum(first, one, out=lesser)
        np.maximum(second, lesser, out=second)
        np.maximum(first, one, out=first)
    return first + second


class _Top:
    """The best and the second best along the first axis: values and rows, (days, places) each."""

    def __init__(self, worth: Floats) -> None:
        self.row = worth.argmax(axis=0)
        self.first = np.take_along_axis(worth, self.row[None], axis=0)[0]
        rest = worth.copy()
        np.put_along_axis(rest, self.row[None], -np.inf, axis=0)
        self.next_row = rest.argmax(axis=0)
        self.second = np.take_along_axis(rest, self.next_row[None], axis=0)[0]

    def but(self, rows: int) -> Floats:
        """The best without each of the rows; (rows, days, places)."""
        is_best = self.row == np.arange(rows)[:, None, None]
        others: Floats = np.where(is_best, self.second, self.first)
        return others


def between(instance: Instance, roads: tuple[tuple[int, ...], ...]) -> Ints:
    """Shortest ways between districts, over others too; 0 inside one and on a site in two."""
    size = max(1, len(instance.problem.districts))
    ways = np.array(roads or np.zeros((size, size)), dtype=np.int64)
    np.fill_diagonal(ways, 0)
    first: dict[int, int] = {}
    for site, district in zip(instance.site, instance.district, strict=True):
        ways[first.setdefault(site, district), district] = 0
    ways = np.minimum(ways, ways.T)
    for k in range(size):
        ways = np.minimum(ways, ways[:, k, None] + ways[None, k, :])
    return ways

"""The most that an expert can earn in a campaign, when each activity pays a price for service.

A day is one session, two in two districts, two in one district on different sites (the way inside
it is charged), or two on one site (none is); from the third on the best anywhere, at the points of
a tiring day. One of two needs of an activity is filled. Whether sessions of a day overlap is not
asked. Days add up to minutes on the road, whose points are rounded down once, by dynamic
programming over these minutes. Ways are made a metric first, so that no tour is shorter than its
part.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from events.planner import spans
from events.planner.bound.copies import Alone, Floats, Found, Row
from events.planner.bound.country import Country
from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.people import Kind, Resource
from events.planner.problem import DAY, Term
from events.planner.terms import PER_HOUR_OF_TRAVEL, TERMS, level


class Weeks:
    """All experts of a problem. Their rows are needs, alike ones of an activity in one row.

    Cells are days and places. Where their slider is at rest they cost nothing and see nothing.
    """

    is_free = True

    def __init__(self, instance: Instance, country: Country) -> None:
        self._country = country
        self._days = len(instance.problem.days)
        self.size = self._days * country.places
        is_tiring = bool(level(instance.problem, Term.EXPERTS))
        asked = [
            (Row(activity, count), crew)
            for activity, needs in enumerate(instance.needs if is_tiring else ())
            for crew, count in Counter(
                need.qualified for need in needs if need.kind is Kind.EXPERT
            ).items()
        ]
        self.rows = tuple(row for row, _ in asked)
        self.crews = tuple(crew for _, crew in asked)
        self.experts = self._call(instance)

    def cells(self, choices: Alone) -> Ints:
        """By day, then place."""
        there = self._country.of_venue[choices.venues]
        cells: Ints = choices.starts // DAY * self._country.places + there
        return cells

    def best(self, charges: Floats) -> Found:
        """The best weeks of all."""
        worth, near = self._worth(charges)
        points, used = 0.0, []
        for expert in self.experts.values():
            week = expert.week(worth, near)
            points -= week.earned
            used += [(row, day * self._country.places + place) for row, day, place in week.served]
        return Found(points, used)

    def losses(self, charges: Floats) -> Floats:
        """The least of all who are qualified."""
        lost = self.losses_of_each(charges)
        least: Floats = np.min([np.full_like(charges, np.inf), *lost.values()], axis=0)
        return least

    def losses_of_each(self, charges: Floats) -> Mapping[int, Floats]:
        """For each expert what is missed where a row is served in a cell, (rows, size)."""
        worth, near = self._worth(charges)
        each = {who: one.losses(worth, near) for who, one in self.experts.items()}
        return {who: lost.reshape(charges.shape) for who, lost in each.items()}

    def _worth(self, charges: Floats) -> tuple[Floats, Floats]:
        """What sessions earn by day and place, and their best by day and district."""
        worth = -charges.reshape(-1, self._days, self._country.places)
        return worth, self._country.by_district(worth)

    def _call(self, instance: Instance) -> dict[int, Expert]:
        """Those who could serve anything."""
        able: dict[int, list[int]] = {}
        for row, crew in enumerate(self.crews):
            for who in crew:
                able.setdefault(who, []).append(row)
        activities = np.array([row.activity for row in self.rows], dtype=np.int64)
        return {
            who: Expert(instance, self._country, one, np.array(rows), activities)
            for who, rows in able.items()
            for one in [instance.resources[who]]
            if one.most != 0 and one.most_per_day != 0
        }


@dataclass(frozen=True, slots=True)
class Week:
    """What an expert earns at most, and what is served then: row, day and place."""

    earned: float
    served: list[tuple[int, int, int]]


class Expert:
    """One expert's possible days.

    `rows`: those that the expert could serve, (n,); `activities`: of all rows.
    """

    def __init__(
        self,
        instance: Instance,
        country: Country,
        one: Resource,
        rows: Ints,
        activities: Ints,
    ) -> None:
        self._rows, self._activities = rows, activities
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
        losses[self._rows] = np.maximum(0.0, self.week(worth, near).earned - week)
        return losses

    def week(self, worth: Floats, near: Floats) -> Week:
        """The best days, when each session earns `worth` less the ways.

        worth: (all rows, days, places), -inf where it cannot be; near: its best in each district.
        """
        asked = self._asked(near)
        if not asked:
            return Week(0.0, [])
        best = [_highest(worth, rows) for rows in asked]
        days = _Days(
            best, np.array([_highest(near, rows) for rows in asked]), self._country, self._pairs
        )
        earned, more = self._earned(days)
        ways = {day: self._worthwhile(earned[day]) for day in self._days.tolist()}
        value, chosen = self._fill({day: options for day, options in ways.items() if options})
        served = [
            (max(asked[n], key=lambda row: worth[row, day, place]), day, place)
            for day, option in chosen
            for n, place in days.served(day, option, more[day])
        ]
        return Week(value, served)

    def _asked(self, near: Floats) -> list[list[int]]:
        """Rows that earn anything, those of one activity together: nobody serves it twice a day."""
        rows = self._rows[near[self._rows].max(axis=(1, 2), initial=0) > 0]
        activities = self._activities[rows].tolist()
        asked: dict[int, list[int]] = {activity: [] for activity in activities}
        for activity, row in zip(activities, rows.tolist(), strict=True):
            asked[activity].append(row)
        return list(asked.values())

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

    def served(self, day: int, option: int, more: int) -> list[tuple[int, int]]:
        """Who is served where on a day by one of its options, with so many more of the best."""
        size, pairs = len(self._country.first), len(self._pairs[0])
        if option >= size + pairs:
            return [*self._on_site(day, option - size - pairs), *[self._anywhere(day)] * more]
        if option >= size:
            return [*self._of_pair(day, option - size), *[self._anywhere(day)] * more]
        return [self._placed(day, int(self._top.row[day, option]), option)]

    def _anywhere(self, day: int) -> tuple[int, int]:
        district = int(self.best[day].argmax())
        return self._placed(day, int(self._top.row[day, district]), district)

    def _of_pair(self, day: int, pair: int) -> list[tuple[int, int]]:
        p, q = int(self._pairs[0][pair]), int(self._pairs[1][pair])
        top = self._top
        one, two = int(top.row[day, p]), int(top.row[day, q])
        if self._is_one[day, pair]:
            gains = (
                top.first[day, p] + top.second[day, q],
                top.second[day, p] + top.first[day, q],
            )
            if gains[0] >= gains[1]:
                two = int(top.next_row[day, q])
            else:
                one = int(top.next_row[day, p])
        return [self._placed(day, one, p), self._placed(day, two, q)]

    def _on_site(self, day: int, district: int) -> list[tuple[int, int]]:
        begin, end = self._span(district)
        place = begin + int(self._both[day, begin:end].argmax())
        there = np.array([worth[day, place] for worth in self._worth])
        two: list[int] = np.argsort(-there, kind="stable")[:2].tolist()
        return [(n, place) for n in two]

    def _placed(self, day: int, row: int, district: int) -> tuple[int, int]:
        """A row at its best place in a district."""
        begin, end = self._span(district)
        return row, begin + int(self._worth[row][day, begin:end].argmax())

    def _span(self, district: int) -> tuple[int, int]:
        first = [*self._country.first.tolist(), self._country.places]
        return first[district], first[district + 1]


def _highest(worth: Floats, rows: list[int]) -> Floats:
    """The highest of some rows, elementwise."""
    highest: Floats = worth[rows[0]] if len(rows) == 1 else worth[rows].max(axis=0)
    return highest


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

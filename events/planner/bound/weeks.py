"""The most that experts can earn in a campaign, when each activity pays a price for service.

What one of them earns at most, `days.py` finds. Ways are made a metric first, so that no tour is
shorter than its part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from events.planner import spans
from events.planner.bound.copies import Alone, Floats, Found, Row
from events.planner.bound.country import Country
from events.planner.bound.days import Ground, Person, best_week
from events.planner.bound.times import Times, tell, timeless
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
        self._times = timeless(instance, self.rows, self.size)
        self.experts = self._call(instance)

    def tell(self, row: int, choices: Alone, share: int) -> Floats:
        """Write down when a row can be where; what that charges for each choice, (n,)."""
        return tell(self._times, row, choices, self.cells(choices), share)

    def cells(self, choices: Alone) -> Ints:
        """By day, then place."""
        there = self._country.of_venue[choices.venues]
        cells: Ints = choices.starts // DAY * self._country.places + there
        return cells

    def best(self, charges: Floats) -> Found:
        """The best weeks of all."""
        worth = self._worth(charges)
        points, used = 0.0, []
        for expert in self.experts.values():
            week = expert.week(worth)
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
        worth = self._worth(charges)
        near = self._country.by_district(worth)
        each = {who: one.losses(worth, near) for who, one in self.experts.items()}
        return {who: lost.reshape(charges.shape) for who, lost in each.items()}

    def _worth(self, charges: Floats) -> Floats:
        """What sessions earn by day and place."""
        worth: Floats = -charges.reshape(-1, self._days, self._country.places)
        return worth

    def _call(self, instance: Instance) -> dict[int, Expert]:
        """Those who could serve anything."""
        able: dict[int, list[int]] = {}
        for row, crew in enumerate(self.crews):
            for who in crew:
                able.setdefault(who, []).append(row)
        return {
            who: Expert(instance, self._country, one, np.array(rows, dtype=np.int64), self._times)
            for who, rows in able.items()
            for one in [instance.resources[who]]
            if self.size and one.most != 0 and one.most_per_day != 0
        }


@dataclass(frozen=True, slots=True)
class Week:
    """What an expert earns at most, and what is served then: row, day and place."""

    earned: float
    served: list[tuple[int, int, int]]


class Expert:
    """One expert's possible days.

    `rows`: those that the expert could serve, (n,); `times`: of all.
    """

    def __init__(
        self,
        instance: Instance,
        country: Country,
        one: Resource,
        rows: Ints,
        times: Times,
    ) -> None:
        self._rows, self._times = rows, times
        self._days = np.array(spans.days(one.windows, len(instance.problem.days)), dtype=np.int64)
        self._country = country
        self._most = len(rows) if one.most_per_day is None else one.most_per_day
        self._factor = int(level(instance.problem, Term.EXPERTS))
        self._third = self._factor * TERMS[Term.EXPERTS].points
        legs = country.legs(one.home)
        tours = legs[:, None] + country.ways + legs[None, :]
        per_minute = self._factor * PER_HOUR_OF_TRAVEL / 60
        self._out, self._tours = 2 * legs * per_minute, tours * per_minute
        self._ground = Ground(country.district, country.site, country.ways, country.roads)
        self._person = Person(
            rows, self._days, legs, one.pause, one.moving, self._most, self._factor, self._third
        )
        self._served = np.zeros((3 * len(self._days), 3), dtype=np.int64)

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
        losses[self._rows] = np.maximum(0.0, self.week(worth).earned - week)
        return losses

    def week(self, worth: Floats) -> Week:
        """The best days at what each session earns before ways, (all rows, days, places)."""
        earned, many = best_week(worth, self._times, self._ground, self._person, self._served)
        return Week(earned, [(row, day, place) for row, day, place in self._served[:many].tolist()])


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

"""A problem by index, with what a search asks a million times worked out once.

Time is cut into ticks; what an activity holds is a bit mask over them (bit t: tick t), so that
"is the room free?" is one operation on whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import gcd

import numpy as np

from events.planner import people, spans
from events.planner.candidates import Candidates, Ints
from events.planner.dice import Dice
from events.planner.problem import DAY, Activity, Level, Problem, Relation, Term
from events.planner.score import choice
from events.planner.terms import level, points

Choice = tuple[int, int, int]
"""A venue by index, a start in minutes, what this choice alone costs."""

HALF_DAY = DAY // 2
POOL = 240
"""Choices of an activity that a search looks at in one go: cheapest first, then drawn."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A relation seen from one of its two activities."""

    relation: Relation
    other: int
    is_first: bool


class Instance:
    """Everything by index: activities, venues, districts, resources; minutes stay minutes.

    `most_per_day`: of each venue how many activities its site takes on each day; (): any number.
    `prices`: of an activity points on top of a choice in a (district, half-day), as the second
    stage asks for them.
    """

    def __init__(self, problem: Problem, candidates: Candidates) -> None:
        self.problem = problem
        self.candidates = candidates
        self.activities = problem.activities
        self.place = {activity.id: n for n, activity in enumerate(problem.activities)}
        self.venue_place = {venue.id: n for n, venue in enumerate(problem.venues)}
        self._district_at = {district.id: n for n, district in enumerate(problem.districts)}
        self.roll = people.call(problem)
        self.resources = self.roll.resources
        self.needs = self.roll.needs
        self.who = {(one.kind, one.id): n for n, one in enumerate(self.resources)}
        self.tick = _tick(problem)
        self.district, self.site = _sites(problem)
        limited = {site.id: site.most_per_day for site in problem.sites}
        self.most_per_day = tuple(limited.get(venue.site, ()) for venue in problem.venues)
        self.minutes = problem.travel.minutes
        self._sites = np.array(self.site, dtype=np.int64)
        self._districts = np.array(self.district, dtype=np.int64)
        self._roads = np.array(self.minutes, dtype=np.int64)
        self.bonds = self._bonds()
        self.tracks = self._memberships([track.activities for track in problem.tracks])
        self.series = self._memberships([series.activities for series in problem.series])
        self.drop = tuple(
            points(problem, Term.UNPLACED) * activity.priority for activity in self.activities
        )
        self.points_of_backup = points(problem, Term.BACKUP)
        self.prices: dict[int, dict[tuple[int, int], int]] = {}
        self._counts: dict[int, int] = {}
        self._must_seat = level(problem, Term.CROWDING) is Level.MUST
        self._indoors: dict[tuple[frozenset[str], int], list[int]] = {}
        self._opened: dict[int, int] = {}
        self._pools: dict[int, tuple[Ints, Ints, Ints]] = {}

    def all_choices(self, activity: int) -> list[Choice]:
        """Every possible choice, cheapest first."""
        venues, starts, costs = self.candidates.arrays(activity)
        return list(zip(venues.tolist(), starts.tolist(), costs.tolist(), strict=True))

    def pool(self, activity: int, dice: Dice) -> list[Choice]:
        """Some hundred choices: the cheapest, equal ones in any order, and others by chance."""
        chance = np.random.default_rng(dice.getrandbits(32))
        if activity not in self._pools:
            self._pools[activity] = self.candidates.sample(activity, POOL, chance)
        venues, starts, costs = self._pools[activity]
        if activity in self.prices:
            costs = costs + self.prices_of(activity, venues, starts)
        order = np.argsort(costs + chance.random(len(costs)))
        rows = (column[order].tolist() for column in (venues, starts, costs))
        return list(zip(*rows, strict=True))

    def least(self, activity: int) -> int:
        """No plan is charged less for an activity alone; 0 until its pool was asked for."""
        if not self.count(activity):
            return self.drop[activity]
        costs = self._pools[activity][2] if activity in self._pools else np.zeros(1)
        return min(self.drop[activity], int(costs.min()) + self.exposure(activity))

    def exposure(self, activity: int) -> int:
        """Points for an activity that is outdoors everywhere and fits no indoor venue."""
        asked = self.activities[activity]
        return self.points_of_backup if asked.outdoor and not self._indoor(asked) else 0

    def exposures(self, activity: int, venues: Ints, starts: Ints) -> Ints:
        """Points for choices outdoors at times when no indoor venue fits and is open, (n,)."""
        asked = self.activities[activity]
        outdoors = [asked.outdoor or venue.outdoor for venue in self.problem.venues]
        bare = np.flatnonzero(np.array(outdoors, dtype=np.bool_)[venues])
        times, when = np.unique(starts[bare], return_inverse=True)
        holds = [self.hold(asked, start) for start in times.tolist()]
        indoor = [~self._open(n) for n in self._indoor(asked)]
        is_dry = [any(not hold & shut for shut in indoor) for hold in holds]
        points = np.zeros(len(venues), dtype=np.int64)
        points[bare] = self.points_of_backup * ~np.array(is_dry, dtype=np.bool_)[when]
        return points

    def is_possible(self, activity: int, venue: int, start: int) -> bool:
        """Whether an activity alone could be there and then."""
        slot = int(np.searchsorted(self.candidates.starts, start))
        starts = self.candidates.starts
        on_grid = slot < len(starts) and int(starts[slot]) == start
        return on_grid and bool(self.candidates.possible(activity)[venue, slot])

    def count(self, activity: int) -> int:
        """How many choices an activity has."""
        if activity not in self._counts:
            self._counts[activity] = self.candidates.count(activity)
        return self._counts[activity]

    def mask(self, begin: int, end: int) -> int:
        """The ticks that [begin, end) touches."""
        first, last = begin // self.tick, -(-end // self.tick)
        first = max(first, 0)
        return ((1 << (last - first)) - 1) << first

    def hold(self, activity: Activity, start: int) -> int:
        """The ticks for which a room is taken."""
        return self.mask(start - activity.setup, start + activity.minutes + activity.strike)

    def way(self, a: int, b: int) -> int:
        """Minutes by road between two venues; 0 on one site."""
        if self.site[a] == self.site[b] or not self.minutes:
            return 0
        return self.minutes[self.district[a]][self.district[b]]

    def ways(self, one: Ints, other: Ints) -> Ints:
        """Minutes by road between venues, shape (len(one), len(other)); -1 on one site."""
        same = self._sites[one][:, None] == self._sites[other][None, :]
        if not self.minutes:
            return np.where(same, -1, 0)
        roads = self._roads[self._districts[one][:, None], self._districts[other][None, :]]
        return np.where(same, -1, roads)

    def way_from(self, home: int | None, venue: int) -> int:
        """Minutes by road between a home district, if any, and a venue."""
        if home is None or not self.minutes:
            return 0
        return self.minutes[home][self.district[venue]]

    def km(self, a: int, b: int) -> int:
        """Kilometres by road between two venues; 0 on one site."""
        km = self.problem.travel.km
        if self.site[a] == self.site[b] or not km:
            return 0
        return km[self.district[a]][self.district[b]]

    def km_from(self, home: int | None, venue: int) -> int:
        """Kilometres by road between a home district, if any, and a venue."""
        km = self.problem.travel.km
        return 0 if home is None or not km else km[home][self.district[venue]]

    def price(self, activity: int, venue: int, start: int) -> int:
        """Points that the second stage puts on a choice."""
        cells = self.prices.get(activity)
        return cells.get((self.district[venue], start // HALF_DAY), 0) if cells else 0

    def prices_of(self, activity: int, venues: Ints, starts: Ints) -> Ints:
        """The same of many choices, each (n,)."""
        if activity not in self.prices:
            return np.zeros(len(venues), dtype=np.int64)
        rows = zip(venues.tolist(), starts.tolist(), strict=True)
        return np.array([self.price(activity, *row) for row in rows], dtype=np.int64)

    def is_outdoors(self, activity: int, venue: int) -> bool:
        """Whether rain reaches an activity there."""
        return self.activities[activity].outdoor or self.problem.venues[venue].outdoor

    def alone(self, activity: int, venue: int, start: int, backup: int) -> int:
        """Points that one placed activity causes alone, its price included."""
        asked, where = self.activities[activity], self.problem.venues[venue]
        bare = self.points_of_backup if backup < 0 and self.is_outdoors(activity, venue) else 0
        price = self.price(activity, venue, start)
        return choice(self.problem, asked, where, start) + bare + price

    def backups(self, activity: int, start: int) -> list[int]:
        """Indoor venues that could take an activity at this time if it rains, by index."""
        asked = self.activities[activity]
        hold = self.hold(asked, start)
        return [n for n in self._indoor(asked) if not hold & ~self._open(n)]

    def shelters(self, activity: int) -> list[int]:
        """Indoor venues that could take an activity if it rains, whenever they are open."""
        return self._indoor(self.activities[activity])

    def _indoor(self, asked: Activity) -> list[int]:
        """Indoor venues with the seats and facilities for an activity, by index."""
        key = (asked.facilities, asked.visitors if self._must_seat else 0)
        if key not in self._indoors:
            self._indoors[key] = [
                n
                for n, venue in enumerate(self.problem.venues)
                if not venue.outdoor and venue.facilities >= key[0] and venue.seats >= key[1]
            ]
        return self._indoors[key]

    def _open(self, venue: int) -> int:
        """The whole ticks within which a venue is open and not closed."""
        if venue not in self._opened:
            where = self.problem.venues[venue]
            self._opened[venue] = 0
            for window in spans.cut(where.open, where.closed):
                first, last = -(-window.start // self.tick), window.end // self.tick
                if last > first:
                    self._opened[venue] |= self.mask(first * self.tick, last * self.tick)
        return self._opened[venue]

    def wished(self, activity: int) -> tuple[int, int]:
        """District and day as an activity is wished; the first ones where nothing is."""
        asked = self.activities[activity]
        return self._district_at.get(asked.district or "", 0), asked.wish_day or 0

    def _bonds(self) -> tuple[tuple[Bond, ...], ...]:
        found: dict[int, list[Bond]] = defaultdict(list)
        for relation in self.problem.relations:
            first, second = self.place[relation.first], self.place[relation.second]
            found[first].append(Bond(relation, second, is_first=True))
            found[second].append(Bond(relation, first, is_first=False))
        return tuple(tuple(found[n]) for n in range(len(self.activities)))

    def _memberships(self, groups: list[tuple[str, ...]]) -> tuple[tuple[int, ...], ...]:
        """For each activity the groups that it belongs to."""
        found: list[list[int]] = [[] for _ in self.activities]
        for n, group in enumerate(groups):
            for activity in group:
                found[self.place[activity]].append(n)
        return tuple(tuple(groups) for groups in found)


def _tick(problem: Problem) -> int:
    """The greatest length that divides every start and every hold."""
    lengths = {problem.grid, DAY}
    for activity in problem.activities:
        lengths |= {activity.minutes, activity.setup, activity.strike}
    lengths |= {lock.start for lock in problem.locks if lock.start is not None}
    return gcd(*lengths)


def _sites(problem: Problem) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of each venue its district and its site, by index."""
    at = {district.id: n for n, district in enumerate(problem.districts)}
    sites: dict[tuple[str, str], int] = {}
    keys = [("site", v.site) if v.site else ("venue", v.id) for v in problem.venues]
    return (
        tuple(at.get(venue.district, 0) for venue in problem.venues),
        tuple(sites.setdefault(key, len(sites)) for key in keys),
    )

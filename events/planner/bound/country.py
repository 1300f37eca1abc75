"""Places, districts and the shortest ways between them."""

from __future__ import annotations

import numpy as np

from events.planner.bound.copies import Floats
from events.planner.candidates import Ints
from events.planner.instance import Instance


class Country:
    """Places (the part of a site in one district, by district), districts that have any, and ways.

    `of_venue`: each venue's place; `district` and `site`: each place's. `first`: each district's
    first place; `districts`: their indexes in the problem. `ways`: minutes between districts, over
    others too, 0 where a site lies in both; inside one, between two of its sites. `roads`: minutes
    that one must have for them. All square.
    """

    def __init__(self, instance: Instance) -> None:
        where = list(zip(instance.district, instance.site, strict=True))
        places = {place: n for n, place in enumerate(sorted(set(where)))}
        self.of_venue = np.array([places[place] for place in where], dtype=np.int64)
        there = np.array([district for district, _ in places], dtype=np.int64)
        self.districts, self.first = np.unique(there, return_index=True)
        self.district = np.searchsorted(self.districts, there)
        self.site = np.array([site for _, site in places], dtype=np.int64)
        self.places = len(places)
        self._roads = instance.minutes
        self._between = between(instance, instance.minutes)
        self.ways = self._ways()
        roads = np.array(self._roads or np.zeros(self._between.shape), dtype=np.int64)
        self.roads = self._within(np.minimum(roads, roads.T))

    def legs(self, home: int | None) -> Ints:
        """Minutes from home to each district at least, (districts,)."""
        if home is None or not self._roads:
            return np.zeros(len(self.districts), dtype=np.int64)
        roads = np.array(self._roads[home], dtype=np.int64)
        legs: Ints = (roads[:, None] + self._between).min(axis=0)[self.districts]
        return legs

    def by_district(self, worth: Floats) -> Floats:
        """The most of each district; worth: (..., places)."""
        return np.maximum.reduceat(worth, self.first, axis=-1)

    def _ways(self) -> Ints:
        ways = self._between.copy()
        inside = np.diag(np.array(self._roads or np.zeros(ways.shape), dtype=np.int64)).copy()
        away = ways + ways.T
        np.fill_diagonal(away, np.iinfo(np.int64).max)
        np.fill_diagonal(ways, np.minimum(inside, away.min(axis=1)))
        return self._within(ways)

    def _within(self, square: Ints) -> Ints:
        """What concerns districts that have any place."""
        return np.ascontiguousarray(square[np.ix_(self.districts, self.districts)])


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

"""Venues that are alike for some activities, taken together: equal starts, one district, one site.

A pool of venues holds as many activities at once as all their rooms together, because intervals
that overlap at most k times always fit into k rooms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from events.planner.candidates import Candidates
from events.planner.problem import Problem


@dataclass(frozen=True, slots=True)
class Pool:
    """Venues by index, their rooms in all, and the possible starts of each activity there."""

    venues: tuple[int, ...]
    rooms: int
    district: str
    site: str
    starts: Mapping[int, tuple[int, ...]]


def pools(
    candidates: Candidates, activities: Sequence[int], together: Sequence[tuple[int, ...]] = ()
) -> list[Pool]:
    """All venues where any of `activities` (by index) is possible, in pools.

    together: sets of venues that are kept apart from all others.
    """
    label = {venue: number for number, venues in enumerate(together, 1) for venue in venues}
    rows = {activity: candidates.possible(activity) for activity in activities}
    alike: dict[tuple[str, str, int, bytes], list[int]] = {}
    for index, venue in enumerate(candidates.problem.venues):
        key = b"".join(rows[activity][index].tobytes() for activity in activities)
        if any(key):
            kind = (venue.district, venue.site, label.get(index, 0), key)
            alike.setdefault(kind, []).append(index)
    return [
        Pool(
            tuple(venues),
            sum(candidates.problem.venues[venue].rooms for venue in venues),
            district,
            site,
            {
                activity: tuple(candidates.starts[rows[activity][venues[0]]].tolist())
                for activity in activities
                if rows[activity][venues[0]].any()
            },
        )
        for (district, site, _, _), venues in alike.items()
    ]


class Ways:
    """Least minutes between two pools, by their districts."""

    def __init__(self, problem: Problem) -> None:
        self._minutes = problem.travel.minutes
        self._place = {district.id: at for at, district in enumerate(problem.districts)}

    def between(
        self, here: Iterable[Pool], there: Iterable[Pool], moving: int, *, in_full: bool = False
    ) -> dict[tuple[str, str], int]:
        """From one activity's possible districts to another's; on one site none are needed.

        The least way between two districts, or the longest: `in_full`.
        """
        found: dict[tuple[str, str], int] = {}
        for near, far in product(here, there):
            one_site = bool(near.site and near.site == far.site)
            one_place = near is far and not (in_full and len(near.venues) > 1)
            by_road = moving + self._by_road(near.district, far.district)
            gap = 0 if one_site or one_place else by_road
            key = near.district, far.district
            found[key] = (max if in_full else min)(gap, found.get(key, gap))
        return found

    def among(self, districts: Collection[str]) -> list[int]:
        """Minutes by road of all ways between or inside these districts."""
        return [self._by_road(near, far) for near, far in product(districts, repeat=2)]

    def _by_road(self, near: str, far: str) -> int:
        return self._minutes[self._place[near]][self._place[far]] if self._minutes else 0

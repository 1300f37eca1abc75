"""From pools and crews to venues and people: given away one activity after the other, by start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from events.planner.answer import Placement
from events.planner.explain.crews import Crew
from events.planner.explain.pools import Pool
from events.planner.explain.scene import Scene
from events.planner.problem import DAY, Problem, Window
from events.planner.roads import Roads, hold, same_site


@dataclass(frozen=True, slots=True)
class Laid:
    """An activity by index: its start, its pool, the crew of each of its needs, by index too."""

    start: int
    activity: int
    pool: int
    crews: Sequence[int]


def hand_out(scene: Scene, laid: Iterable[Laid]) -> tuple[Placement, ...]:
    """Placements; where a pool or crew promised too much, somebody is named twice.

    Of the rooms that are free the first counts to which somebody of each crew comes in time.
    """
    rooms = [_Rooms(pool, scene.problem) for pool in scene.pools]
    hands = [_Hands(crew, _way(scene.problem, crew)) for crew in scene.crews]
    found = []
    for one in sorted(laid, key=lambda one: (one.start, one.activity)):
        asked, day = scene.asked[one.activity], one.start // DAY
        served = [
            (need.rule, hands[at], Window(need.begins(one.start), need.ends(one.start)))
            for need, at in zip(scene.needs[one.activity], one.crews, strict=True)
        ]
        held = hold(asked, one.start)
        free = rooms[one.pool].free(held)
        venue = next(
            (at for at in free if all(who.can(when, day, at) for _, who, when in served)), free[0]
        )
        rooms[one.pool].take(venue, held)
        crew: dict[str, list[str]] = {"H4": [], "H5": [], "H6": []}
        for rule, who, when in served:
            crew[rule].append(who.take(when, day, venue))
        team = next(iter(crew["H6"]), None)
        experts, kits = tuple(crew["H4"]), tuple(crew["H5"])
        found.append(Placement(asked.id, venue, one.start, team=team, experts=experts, kits=kits))
    return tuple(found)


def _way(problem: Problem, crew: Crew) -> Callable[[str, str], int]:
    """Minutes that a member needs from one venue to another, by their ids."""
    venues = {venue.id: venue for venue in problem.venues}
    roads, moving = Roads(problem), crew.each.moving

    def way(here: str, there: str) -> int:
        is_near = same_site(venues[here], venues[there])
        return 0 if is_near else moving + roads.minutes(venues[here], venues[there])

    return way


class _Rooms:
    """The rooms of a pool, taken in the order of the holds."""

    def __init__(self, pool: Pool, problem: Problem) -> None:
        some = [problem.venues[venue] for venue in pool.venues]
        self._until = {venue.id: [_LONG_AGO] * venue.rooms for venue in some}

    def free(self, held: Window) -> list[str]:
        """Venues with a room that is free by then; else the one that is the first to be."""
        first = {venue: min(until) for venue, until in self._until.items()}
        free = [venue for venue, until in first.items() if until <= held.start]
        return free or [min(first, key=first.__getitem__)]

    def take(self, venue: str, held: Window) -> None:
        """The room there that is the first to be free."""
        until = self._until[venue]
        until[until.index(min(until))] = held.end


class _Hands:
    """The members of a crew, called in the order of their duties."""

    def __init__(self, crew: Crew, way: Callable[[str, str], int]) -> None:
        """`way`: minutes between two venues by id, loading included."""
        self._each = crew.each
        self._way = way
        self._last: dict[str, tuple[int, str]] = {one.id: (_LONG_AGO, "") for one in crew.members}
        self._days: Counter[tuple[str, int]] = Counter()
        self._count: Counter[str] = Counter()

    def can(self, served: Window, day: int, venue: str) -> bool:
        """Whether anybody is in time."""
        return any(self._is_ready(who, served, day, venue) for who in self._last)

    def take(self, served: Window, day: int, venue: str) -> str:
        """Of those who are in time who served last; else the first of all."""
        ready = [who for who in self._last if self._is_ready(who, served, day, venue)]
        who = max(ready, key=lambda one: self._last[one][0], default=next(iter(self._last)))
        self._last[who] = served.end, venue
        self._days[who, day] += 1
        self._count[who] += 1
        return who

    def _is_ready(self, who: str, served: Window, day: int, venue: str) -> bool:
        each, (until, where) = self._each, self._last[who]
        gap = each.pause + self._way(where, venue) if where else 0
        return (
            until + gap <= served.start
            and (each.most is None or self._count[who] < each.most)
            and (each.most_per_day is None or self._days[who, day] < each.most_per_day)
        )


_LONG_AGO = -(10**12)

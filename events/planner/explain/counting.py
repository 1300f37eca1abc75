"""Wide shortages, counted: more sessions ask for some people or rooms than these can take in all.

Every session goes to a day of somebody who could serve it then, and nobody's day takes more than
fit one after the other, as if all were near and each could be had again. What finds nobody even so
is impossible. It is Hall's condition with capacities: a maximum flow decides it, and its least cut
names who competes for what (Ford and Fulkerson 1956). A solver by clauses would have to try all
ways of giving twenty talks to nineteen people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from events.planner.candidates import Ints
from events.planner.explain.crews import Crew, Duty
from events.planner.explain.pools import Pool
from events.planner.explain.rules import Rule
from events.planner.explain.scene import Scene
from events.planner.problem import DAY

ENOUGH = 10**6
"""A capacity that no flow reaches."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """Rules that cannot all hold, none to spare by count; how many sessions are too many in all."""

    rules: tuple[Rule, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class _Supply:
    """A crew or a pool: on which days it could take which demand, how many a day and in all.

    Without a rule it is never short.
    """

    rule: Rule | None
    days: Mapping[Duty, Sequence[int]]
    most_on: Mapping[int, int]
    most: int


_Market = tuple[_Supply, ...]
"""All who could take sessions of one kind that last a certain time or more."""


class Counting:
    """The markets of a scene, made once and asked often."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._markets = list(_markets(scene))

    def shortage(self, assumed: Collection[Rule]) -> Shortage | None:
        """Where some rules alone leave too little by count; None: that is not shown."""
        known = set(assumed)
        for market in self._markets:
            demands = [
                demand
                for demand in dict.fromkeys(one for supply in market for one in supply.days)
                if self._scene.placing[demand[0]] in known
                and all(supply.rule in known for supply in market if demand in supply.days)
            ]
            left, missing = _left(market, demands)
            if missing:
                left = _fewest(market, left)
                places = [self._scene.placing[one] for one in dict.fromkeys(one for one, _ in left)]
                rules = [x.rule for x in market if x.rule and not x.days.keys().isdisjoint(left)]
                return Shortage((*places, *rules), missing)
        return None


def _fewest(market: _Market, demands: list[Duty]) -> list[Duty]:
    """A part of some demands that is too much still, and without any one activity is not."""
    for activity in reversed(dict.fromkeys(one for one, _ in demands)):
        rest = [demand for demand in demands if demand[0] != activity]
        if len(rest) < len(demands):
            left, missing = _left(market, rest)
            demands = left if missing else demands
    return demands


def _left(market: _Market, demands: Sequence[Duty]) -> tuple[list[Duty], int]:
    """Demands that compete for too little, on the near side of a least cut; how many too many."""
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415 - takes half a second

    if not demands:
        return [], 0
    nodes = 2 + len(demands)
    arcs = [(0, at, 1) for at in range(2, nodes)]
    for supply in market:
        whole, nodes = nodes, nodes + 1
        arcs.append((whole, 1, supply.most))
        day_node = {day: nodes + n for n, day in enumerate(supply.most_on)}
        nodes += len(day_node)
        arcs += [(node, whole, supply.most_on[day]) for day, node in day_node.items()]
        for at, demand in enumerate(demands, 2):
            arcs += [(at, day_node[day], 1) for day in supply.days.get(demand, ())]
    net: Any = SimpleMaxFlow()
    tails, heads, most = np.array(arcs, dtype=np.int64).reshape(-1, 3).T
    net.add_arcs_with_capacity(tails, heads, most)
    net.solve(0, 1)
    near = set(net.get_source_side_min_cut())
    left = [demand for at, demand in enumerate(demands, 2) if at in near]
    return left, len(demands) - net.optimal_flow()


def _markets(scene: Scene) -> Iterator[_Market]:
    lengths = sorted({asked.minutes for asked in scene.asked.values()})
    for least in lengths:
        some = {one for one, asked in scene.asked.items() if asked.minutes >= least}
        for number in ("H4", "H5", "H6"):
            crews = [(at, crew) for at, crew in enumerate(scene.crews) if crew.number == number]
            yield tuple(_of_crew(scene, at, crew, some) for at, crew in crews)
        yield tuple(_of_pool(scene, at, pool, some) for at, pool in enumerate(scene.pools))
    yield tuple(_of_site(scene, site) for site in dict.fromkeys(x.site for x in scene.pools))


def _of_crew(scene: Scene, at: int, crew: Crew, some: Collection[int]) -> _Supply:
    each, members = crew.each, len(crew.members)
    gap = scene.least_gap(crew)
    days: dict[Duty, Sequence[int]] = {}
    served: list[Ints] = []
    for duty in crew.duties:
        if duty[0] in some:
            need, starts = scene.needs[duty[0]][duty[1]], scene.served(crew, duty)
            days[duty] = _days(starts)
            served.append(np.stack([starts // DAY, need.begins(starts), need.ends(starts) + gap]))
    most_on = {
        day: members * (many if each.most_per_day is None else min(many, each.most_per_day))
        for day, many in _in_a_row(served).items()
    }
    most = ENOUGH if each.most is None else members * each.most
    return _Supply(scene.of_crew.get(at), days, most_on, most)


def _of_pool(scene: Scene, at: int, pool: Pool, some: Collection[int]) -> _Supply:
    days: dict[Duty, Sequence[int]] = {}
    held: list[Ints] = []
    for one, begun in pool.starts.items():
        if one in some:
            asked, starts = scene.asked[one], np.array(begun, dtype=np.int64)
            days[one, 0] = _days(starts)
            last = starts + asked.minutes + asked.strike
            held.append(np.stack([starts // DAY, starts - asked.setup, last]))
    most_on = {day: pool.rooms * many for day, many in _in_a_row(held).items()}
    return _Supply(scene.of_pool.get(at), days, most_on, ENOUGH)


def _of_site(scene: Scene, name: str) -> _Supply:
    """A house whose days are counted; where they are not, it has no rule."""
    rule, site = next(
        ((rule, site) for rule, (site, _) in scene.of_site.items() if site.id == name), (None, None)
    )
    days: dict[Duty, set[int]] = {}
    for pool in scene.pools:
        for one, begun in pool.starts.items() if pool.site == name else ():
            days.setdefault((one, 0), set()).update(start // DAY for start in begun)
    most_on = dict(enumerate(site.most_per_day)) if site else {}
    return _Supply(rule, {one: sorted(some) for one, some in days.items()}, most_on, ENOUGH)


def _days(starts: Ints) -> list[int]:
    return sorted(set((starts // DAY).tolist()))


def _in_a_row(held: Sequence[Ints]) -> dict[int, int]:
    """How many of some stretches, rows (day, from, until), fit one after the other, by day.

    Whichever ends first is taken; each may be taken again.
    """
    if not held:
        return {}
    most: dict[int, int] = {}
    until: dict[int, int] = {}
    rows = np.unique(np.concatenate(held, axis=1)[[2, 0, 1]].T, axis=0)
    for end, day, start in rows.tolist():
        if start >= until.get(day, start):
            most[day] = most.get(day, 0) + 1
            until[day] = end
    return most

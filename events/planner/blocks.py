"""A campaign in blocks that share nothing but experts and kits, as the provinces of a country do.

Such a problem is block-angular (Dantzig and Wolfe 1960). Two districts are of one block if an
activity may be held in either, if a series, a track, a relation, a team's area or a lock spans
them, or if a quota counts its audience everywhere. Teams and volunteers serve in the block of
their home alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

from events.planner.answer import Plan
from events.planner.problem import Problem, Quota, Volunteer

_Thing = TypeVar("_Thing")


def split(problem: Problem) -> tuple[Problem, ...]:
    """The blocks, each a problem: together they have every activity and every venue once.

    problem: one without faults. Experts and kits stand in every block that may ask for them; what
    hangs together with no activity stands in the first block. Of the terms the largest gap below
    a quota and the ways of a kit are counted block by block.
    """
    ties = _tied(problem)
    roots = list(dict.fromkeys(ties.root(("activity", one.id)) for one in problem.activities))

    def deal(
        things: Iterable[_Thing], node: Callable[[_Thing], Hashable]
    ) -> dict[Hashable, list[_Thing]]:
        dealt: dict[Hashable, list[_Thing]] = {root: [] for root in roots}
        for one in things if roots else ():
            dealt.get(ties.root(node(one)), dealt[roots[0]]).append(one)
        return dealt

    dealt: dict[str, dict[Hashable, list[Any]]] = {
        "activities": deal(problem.activities, lambda one: ("activity", one.id)),
        "venues": deal(problem.venues, lambda one: ("district", one.district)),
        "sites": deal(problem.sites, lambda one: ("site", one.id)),
        "quotas": deal(problem.quotas, lambda one: ("quota", one)),
        "teams": deal(problem.teams, lambda one: ("team", one.id)),
        "volunteers": deal(problem.volunteers, lambda one: ("volunteer", one.id)),
        "series": deal(problem.series, lambda one: ("series", one.id)),
        "tracks": deal(problem.tracks, lambda one: ("track", one.id)),
        "relations": deal(problem.relations, lambda one: ("activity", one.first)),
        "locks": deal(problem.locks, lambda one: ("activity", one.activity)),
        "wishes": deal(problem.wishes, lambda one: ("activity", one.activity)),
        "storms": deal(sorted(problem.storms), lambda one: ("district", one[1])),
    }
    return tuple(
        _block(problem, {name: tuple(rows[root]) for name, rows in dealt.items()}) for root in roots
    )


def join(plans: Iterable[Plan]) -> Plan:
    """The plans of all blocks as one."""
    several = list(plans)
    return Plan(
        tuple(one for plan in several for one in plan.placements),
        tuple(one for plan in several for one in plan.assignments),
    )


def _block(problem: Problem, dealt: dict[str, Any]) -> Problem:
    """With what was dealt to it, and whoever it may ask for."""
    members = {one.id for one in dealt["volunteers"]}
    block = replace(
        problem,
        **dealt
        | {
            "storms": frozenset(dealt["storms"]),
            "wishes": tuple(one for one in dealt["wishes"] if one.volunteer in members),
        },
    )
    fields = {field for one in block.activities for field in one.fields}
    kinds = {kind for one in block.activities for kind in one.kits}
    experts = {expert for lock in block.locks for expert in lock.experts or ()}
    kits = {kit for lock in block.locks for kit in lock.kits or ()}
    return replace(
        block,
        experts=tuple(x for x in problem.experts if x.fields & fields or x.id in experts),
        kits=tuple(x for x in problem.kits if x.kind in kinds or x.id in kits),
    )


class _Sets:
    """Disjoint sets of whatever was joined (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def root(self, one: Hashable) -> Hashable:
        """The same for all that were joined with each other."""
        parents = self._parents
        while (parent := parents.setdefault(one, one)) != one:
            parents[one] = parents[parent]
            one = parents[one]
        return one

    def join(self, *several: Hashable) -> None:
        """These belong together."""
        for one, other in pairwise(several):
            self._parents[self.root(one)] = self.root(other)


def _tied(problem: Problem) -> _Sets:
    """What must be planned together; nodes are pairs of a kind and an id."""
    sets = _Sets()
    for group in (*_places(problem), *_programme(problem), *_people(problem)):
        sets.join(*group)
    return sets


def _places(problem: Problem) -> Iterator[list[Hashable]]:
    """Each venue with its district and site, each activity with its choice of venues."""
    for venue in problem.venues:
        yield [("venue", venue.id), ("district", venue.district)]
        if venue.site:
            yield [("venue", venue.id), ("site", venue.site)]
    everywhere = [one.id for one in problem.venues]
    for venues in {one.venues for one in problem.activities}:
        yield [("choice", venues), *_each("venue", everywhere if venues is None else venues)]
    for activity in problem.activities:
        yield [("activity", activity.id), ("choice", activity.venues)]


def _programme(problem: Problem) -> Iterator[list[Hashable]]:
    """Activities that belong together, or count together."""
    for series in problem.series:
        yield [("series", series.id), *_each("activity", series.activities)]
    for track in problem.tracks:
        yield [("track", track.id), *_each("activity", track.activities)]
    for relation in problem.relations:
        yield _each("activity", (relation.first, relation.second))
    for quota in problem.quotas:
        yield [("quota", quota), *_counted(problem, quota)]


def _people(problem: Problem) -> Iterator[list[Hashable]]:
    """Teams and volunteers with their homes, and with what they are locked to."""
    for team in problem.teams:
        home = () if team.district is None else (team.district,)
        yield [("team", team.id), *_each("district", (*home, *team.area))]
    for volunteer in problem.volunteers:
        yield [("volunteer", volunteer.id), *_home(volunteer)]
    for lock in problem.locks:
        teams = () if lock.team is None else (lock.team,)
        names = [name for name, _ in lock.volunteers or ()]
        named = [*_each("team", teams), *_each("volunteer", names)]
        yield [("activity", lock.activity), *named]


def _each(kind: str, ids: Iterable[str]) -> list[Hashable]:
    return [(kind, one) for one in ids]


def _home(volunteer: Volunteer) -> list[Hashable]:
    """Where a volunteer serves: with the team, if any."""
    if volunteer.team is not None:
        return [("team", volunteer.team)]
    return [] if volunteer.district is None else [("district", volunteer.district)]


def _counted(problem: Problem, quota: Quota) -> list[Hashable]:
    """What may count for a quota."""
    if quota.district is not None:
        return [("district", quota.district)]
    return _each("activity", (x.id for x in problem.activities if x.audience == quota.audience))

"""Can these activities join the plan? A question that grows until it has an answer.

It begins with the activities asked about. As long as they can be placed, those of the plan that
stand in the way there join them; when nothing stands in the way any more, there is no conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from events.planner.answer import Placement, Plan, Violation
from events.planner.candidates import Candidates
from events.planner.check import check
from events.planner.explain.inquiry import Inquiry
from events.planner.explain.needs import needs
from events.planner.explain.rules import Rule
from events.planner.explain.scene import Scene
from events.planner.problem import Problem
from events.planner.stop import Stop

MOST_ACTIVITIES = 60
"""So many activities one question may grow to."""
_FEW_VENUES = 3


@dataclass(frozen=True, slots=True)
class Conflict:
    """Activities by index that cannot all be placed, and rules that show it.

    `missing`: how many of them are too many, where that was counted; else one.
    """

    activities: tuple[int, ...]
    inquiry: Inquiry
    core: tuple[Rule, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Open:
    """It is not known in time whether all can be placed; rules that concern those asked about."""

    rules: tuple[Rule, ...]


Answer = Conflict | Open | tuple[Placement, ...]
"""A conflict; or a way to place all, nothing of the plan against it; or not known in time."""


def ask(candidates: Candidates, plan: Plan, asked: Sequence[int], stop: Stop) -> Answer:
    """Whether `asked` can join the plan, its other activities moving where they must."""
    problem = candidates.problem
    at = {activity.id: index for index, activity in enumerate(problem.activities)}
    activities = list(asked)
    apart = False
    while True:
        scene = Scene(candidates, activities, apart=apart)
        inquiry = Inquiry(scene)
        outcome = inquiry.ask(scene.rules, stop.left())
        if outcome.core is not None:
            return Conflict(tuple(activities), inquiry, outcome.core, outcome.missing)
        if outcome.placements is None:
            return Open(scene.about(asked))
        broken = _broken(problem, plan, outcome.placements)
        if broken and not _others(broken, outcome.placements):
            outcome = inquiry.lay_out(stop.left())  # else ways were told too short
            broken = _broken(problem, plan, outcome.placements or ())
        if outcome.placements is not None and not broken:
            return outcome.placements
        in_the_way = _others(broken, outcome.placements or ())
        if (not in_the_way and apart) or len(activities) + len(in_the_way) > MOST_ACTIVITIES:
            return Open(scene.about(asked))
        apart = apart or not in_the_way  # a crew promised more than its members can do
        activities += sorted(at[name] for name in in_the_way)


def _broken(problem: Problem, plan: Plan, moved: Sequence[Placement]) -> list[Violation]:
    """What some placements break among themselves or with the rest of a plan."""
    names = {one.activity for one in moved}
    rest = _near(problem, plan, moved)
    return [
        violation
        for violation in check(problem, Plan((*moved, *rest)))
        if violation.rule in _SHARED and names.intersection(violation.activities)
    ]


def _others(broken: Iterable[Violation], moved: Sequence[Placement]) -> set[str]:
    """Activities that broken rules name beside those that were moved."""
    named = {name for violation in broken for name in violation.activities}
    return named - {one.activity for one in moved}


def _near(problem: Problem, plan: Plan, moved: Sequence[Placement]) -> Iterator[Placement]:
    """What of a plan may be in the way of some placements: in their rooms, with their people."""
    names = {one.activity for one in moved}
    rooms = _beside(problem, {one.venue for one in moved})
    people = {who for one in moved for who in (*one.experts, *one.kits, one.team)} - {None}
    tied = {
        name
        for group in (
            *(track.activities for track in problem.tracks),
            *((relation.first, relation.second) for relation in problem.relations),
        )
        if names.intersection(group)
        for name in group
    }
    for one in plan.placements:
        if one.activity not in names and (
            one.activity in tied
            or not rooms.isdisjoint((one.venue, one.backup))
            or not people.isdisjoint((*one.experts, *one.kits, one.team))
        ):
            yield one


def _beside(problem: Problem, venues: Collection[str]) -> set[str]:
    """Some venues, and those that share a day's limit with them."""
    limited = {site.id for site in problem.sites}
    sites = {one.site for one in problem.venues if one.id in venues} & limited
    return {*venues, *(one.id for one in problem.venues if one.site in sites)}


_SHARED = frozenset({"H3", "H4", "H5", "H6", "H8", "H11"})
"""Rules that two activities can break together."""


def groups(candidates: Candidates, plan: Plan, asked: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """What to ask in turn where much is open: each alone, those that need the same, all.

    Without a plan hardly one alone is in conflict: then they come after the groups.
    """
    urgent = sorted(asked, key=lambda one: -candidates.problem.activities[one].priority)
    if plan.placements:
        yield from ((one,) for one in urgent)
    yield from _alike(candidates, asked)
    if not plan.placements:
        yield from ((one,) for one in urgent)
    if len(asked) > 1:
        yield tuple(asked)


def _alike(candidates: Candidates, asked: Sequence[int]) -> list[tuple[int, ...]]:
    """Those that need the same people, few venues, a track or relations; small groups first."""
    problem = candidates.problem
    alike: dict[tuple[str, ...], set[int]] = {}
    for one in asked:
        for need in needs(problem, problem.activities[one]):
            alike.setdefault((need.rule, *sorted(need.able)), set()).add(one)
        venues = np.flatnonzero(candidates.possible(one).any(axis=1))
        if len(venues) <= _FEW_VENUES:
            alike.setdefault(("H3", *map(str, venues.tolist())), set()).add(one)
    at = {problem.activities[one].id: one for one in asked}
    for track in problem.tracks:
        alike["H11", track.id] = {at[one] for one in track.activities if one in at}
    for number, tied in enumerate(_tied(candidates, at)):
        alike["H8", str(number)] = tied
    found = {tuple(sorted(group)) for group in alike.values() if len(group) > 1}
    return sorted(found, key=lambda group: (len(group), group))


def _tied(candidates: Candidates, at: dict[str, int]) -> list[set[int]]:
    """Activities that relations tie together, directly or not."""
    parts: list[set[int]] = []
    for relation in candidates.problem.relations:
        if relation.first in at and relation.second in at:
            pair = {at[relation.first], at[relation.second]}
            joined = [part for part in parts if part & pair]
            parts = [part for part in parts if not part & pair]
            parts.append(pair.union(*joined))
    return parts

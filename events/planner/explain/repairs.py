"""The cheapest ways out of a conflict, each a changed problem in which all can be placed.

Relaxing any one rule of a minimal core resolves that core; whether it resolves the conflict is
asked again from the start, with all of the plan, so that no second core is left behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from events.planner import candidates
from events.planner.answer import Plan, Repair
from events.planner.explain.allow import Changed
from events.planner.explain.impossible import MOST_REPAIRS
from events.planner.explain.question import ask
from events.planner.explain.relax import Placed, Way, several, single
from events.planner.explain.rules import Rule
from events.planner.problem import Problem
from events.planner.stop import Stop
from events.planner.wording import chained

MOST_TRIES = 40
"""So many sets of one or two rules are tried."""
MOST_ALIKE = 3
"""So many at one price before all others: where these do not help, their like seldom does."""

_Set = tuple[Way, ...]


def cheapest(
    problem: Problem,
    plan: Plan,
    asked: Sequence[str],
    rules: Sequence[Rule],
    stop: Stop,
    missing: int = 1,
) -> tuple[Repair, ...]:
    """Up to three ways to relax some rules, cheapest first; all of `asked` then fit in.

    One rule or two; where `missing` sessions are too many, as much of a kind as it takes.
    """
    found: list[set[tuple[tuple[str, ...], str]]] = []
    repairs: list[Repair] = []
    for some in _sets(problem, rules, missing):
        if stop.over():
            break
        is_enough = len(repairs) >= MOST_REPAIRS and len(some) > 1
        if is_enough or sum(one.cost <= _cost(some) for one in repairs) >= MOST_REPAIRS:
            continue
        kinds = {(way.rules, way.kind) for way in some}
        if len(kinds) < len(some) or any(kept <= kinds for kept in found):
            continue
        repair = _proved(problem, plan, asked, some, stop)
        if repair is not None:
            found.append(kinds)
            if all(repair.sentence != told.sentence for told in repairs):
                repairs.append(repair)
    return tuple(sorted(repairs, key=lambda repair: repair.cost)[:MOST_REPAIRS])


def _sets(problem: Problem, rules: Sequence[Rule], missing: int) -> list[_Set]:
    """What is tried, by price; a few at each price come first, and what helps where many lack."""
    ways = sorted(single(problem, rules), key=lambda way: way.cost)
    ones: list[_Set] = [(way,) for way in ways]
    many: list[_Set] = [(way,) for way in several(problem, rules, missing)]
    pairs = sorted(combinations(ways, 2), key=_cost)
    alike: Counter[int] = Counter()
    first: list[_Set] = []
    later: list[_Set] = []
    for some in ones:
        alike[_cost(some)] += 1
        (first if alike[_cost(some)] <= MOST_ALIKE else later).append(some)
    return [*first, *many, *[*later, *pairs][: MOST_TRIES - len(first)]]


def _cost(some: _Set) -> int:
    return sum(way.cost for way in some)


def _proved(
    problem: Problem, plan: Plan, asked: Sequence[str], ways: _Set, stop: Stop
) -> Repair | None:
    """The repair, if all fit in after it: first relaxed widely, then as narrowly as is said."""
    placed = _placed(problem, plan, asked, [way.change for way in ways], ways, stop)
    if placed is None:
        return None
    settled = [way.settle(placed) for way in ways]
    if _placed(problem, plan, asked, [change for change, _ in settled], ways, stop) is None:
        return None
    said = chained([sentence for _, sentence in settled])
    return Repair(tuple(rule for way in ways for rule in way.rules), said, _cost(ways))


def _placed(
    problem: Problem,
    plan: Plan,
    asked: Sequence[str],
    changes: Sequence[Changed],
    ways: _Set,
    stop: Stop,
) -> Placed | None:
    for change in changes:
        problem = change(problem)
    dropped = {one for way in ways for one in way.without}
    rest = Plan(tuple(one for one in plan.placements if one.activity not in dropped))
    at = {activity.id: index for index, activity in enumerate(problem.activities)}
    kept = [at[one] for one in asked if one not in dropped]
    answer = ask(candidates.find(problem), rest, kept, stop)
    if not isinstance(answer, tuple):
        return None
    return {one.activity: one for one in answer}

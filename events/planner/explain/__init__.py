"""Why: the waterfall of an activity, the broken rules, a minimal core, and the cheapest ways out.

Knows candidates, checker and, for cores and repairs only, CP-SAT; must not know how plans are
searched for. Start reading in waterfall.py, then question.py, core.py and repairs.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from events.planner import candidates
from events.planner.answer import Core, Explanation, Limits, Plan, Repair
from events.planner.candidates import Candidates
from events.planner.check import check
from events.planner.explain import impossible
from events.planner.explain.waterfall import waterfall
from events.planner.problem import Problem
from events.planner.stop import Stop
from events.planner.wording import Names

MOST_SECONDS = 5.0
"""A person waits for the answer."""
ASKING, MINIMISING, REPAIRING = 0.5, 0.4, 0.5
"""Of the time that is left, for finding a conflict, for its core, for ways out of the unknown."""


def explain(
    problem: Problem,
    plan: Plan | None = None,
    activity: str | None = None,
    *,
    limits: Limits | None = None,
) -> Explanation:
    """Why activities cannot all be placed, and the three cheapest ways out.

    activity: the one asked about, together with what of the plan stands in its way; None: all that
    are not placed. A core that could not be minimised within the limits (five seconds at most) has
    `minimal=False`; without conflict, or when none was shown in time, it is None. Every repair was
    proved, whether the core is minimal or not.
    """
    limits = limits or Limits()
    stop = Stop(replace(limits, seconds=min(limits.seconds, MOST_SECONDS)))
    at = {one.id: index for index, one in enumerate(problem.activities)}
    violations = tuple(
        one
        for one in (check(problem, plan) if plan is not None else ())
        if activity is None or activity in one.activities
    )
    if activity is not None and activity not in at:
        return Explanation(violations=violations)
    problem = replace(problem, volunteers=(), wishes=())  # the second stage hinders nobody
    found, names = candidates.find(problem), Names(problem)
    fall = waterfall(found, names, at[activity], plan) if activity is not None else None
    plan = plan or Plan()
    placed = {one.activity for one in plan.placements}
    asked = [index for one, index in at.items() if one not in placed and activity in {None, one}]
    why = impossible.explain(found, names, asked) or _conflict(found, plan, asked, stop)
    return Explanation(fall, violations, *why)


def _conflict(
    found: Candidates, plan: Plan, asked: Sequence[int], stop: Stop
) -> tuple[Core | None, tuple[Repair, ...]]:
    """Core and repairs of the first conflict; the solver is loaded here and not before.

    Where none was shown in time, the ways out of what was not known first.
    """
    from events.planner.explain import core, question, repairs  # noqa: PLC0415

    def names(some: Sequence[int]) -> list[str]:
        return [found.problem.activities[one].id for one in some]

    unknown: tuple[Repair, ...] = ()
    asking = stop.part(ASKING)
    for group in question.groups(found, plan, asked):
        answer = question.ask(found, plan, group, asking)
        if isinstance(answer, question.Conflict):
            rules, shown = core.minimal(answer.inquiry, answer.core, stop.part(MINIMISING))
            shown = shown and core.proved(found, rules, stop)
            ways = repairs.cheapest(
                found.problem, plan, names(answer.activities), rules, stop, answer.missing
            )
            return core.as_core(rules, shown=shown), ways
        if isinstance(answer, question.Open) and not unknown:
            unknown = repairs.cheapest(
                found.problem, plan, names(group), answer.rules, stop.part(REPAIRING)
            )
        if asking.over():
            break
    return None, unknown

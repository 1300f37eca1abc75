"""The independent checker: the only judge of what is legal, for every plan before it is shown.

Knows the rules H1 to H11, each with its sentence in both languages; must not know any search,
solver or candidate list. Start reading in rule.py, then places.py.

An activity that is left out breaks no rule: relations, tracks and locks bind only what is placed.
So the empty plan is legal, but for the least minutes of volunteers: these are owed.
A slider at MUST makes a rule of a term where the venue and the start alone decide it: seats (H2),
the wished time and the wished district (H1). Starts off the grid are legal.
"""

from __future__ import annotations

from events.planner.answer import Plan, Violation
from events.planner.check import contracts, experts, kits, known, places, teams, ties, volunteers
from events.planner.check.rule import Rule, Seen
from events.planner.problem import Problem

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *known.RULES,
            *places.RULES,
            *experts.RULES,
            *kits.RULES,
            *teams.RULES,
            *volunteers.RULES,
            *contracts.RULES,
            *ties.RULES,
        ),
        key=lambda rule: int(rule.id[1:]),
    )
)


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every hard rule that a plan breaks, H1 first; an empty list is a legal plan.

    problem: one in which `faults.find` finds nothing. Any plan is judged: what it names and the
    problem does not know, or what stands in it twice, is a violation too.
    """
    seen = Seen(problem, plan)
    return [violation for rule in RULES for violation in rule.broken(seen)]


def owed(problem: Problem, plan: Plan) -> int:
    """By how much a plan falls short of what is promised: violations that `is_owed`, added up."""
    seen = Seen(problem, plan)
    return sum(found.amount for rule in RULES if rule.is_owed for found in rule.search(seen))

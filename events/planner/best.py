"""The best plan so far that the checker passed: what a cancel or the end of time gives back.

A plan that owes less is better, whatever it costs; one that owes anything is not told, but kept: if
nothing better is found, it is the answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from events.planner.answer import Placement, Plan
from events.planner.check import check, owed
from events.planner.problem import Problem
from events.planner.progress import Found, News, rank
from events.planner.score import score

SHARE = 8
"""Checking and scoring may take one part in so many of the time."""


class Best:
    """Hears of plans, scores and checks them, keeps the best; begins with the empty plan.

    `found` is replaced whole, so that another thread may read it at any moment. Unless it
    `hears_all`, of several plans in quick succession only the last one is judged, at the latest
    when the one who asked for the search lets it `catch_up`.
    """

    def __init__(
        self, problem: Problem, leave: Callable[[News], None], *, hears_all: bool = False
    ) -> None:
        self._problem = problem
        self._hears_all = hears_all
        self.leave = leave
        nothing, unplaced = Plan(), len(problem.activities)
        self.found = Found(nothing, score(problem, nothing), (), unplaced, owed(problem, nothing))
        self.bound: int | None = None
        self._waiting: Plan | None = None
        self._rest_until = 0.0
        self._judging = threading.Lock()

    def hear(self, plan: Plan) -> None:
        """A plan, legal and probably better."""
        self._waiting = plan
        if self._hears_all:
            self.settle()
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Judge the plan that waits, if any, unless the last one was judged just now."""
        if self._waiting is not None and time.monotonic() >= self._rest_until:
            self.settle()

    def hear_bound(self, bound: int) -> None:
        """No plan costs less than this."""
        if self.bound is None or bound > self.bound:
            self.bound = bound
            self.leave(bound)

    def settle(self) -> None:
        """Judge the plan that waits, if any."""
        with self._judging:
            waiting, self._waiting = self._waiting, None
            if waiting is None:
                return
            began = time.monotonic()
            self._judge(waiting)
            self._rest_until = time.monotonic() + SHARE * (time.monotonic() - began)

    def _judge(self, plan: Plan) -> None:
        best, points = self.found, score(self._problem, plan)
        if not best.owed and points.total >= best.score.total:
            return
        violations = check(self._problem, plan)
        amount = sum(one.amount for one in violations)
        unplaced = len(self._problem.activities) - len(plan.placements)
        found = Found(plan, points, _changed(best.plan, plan), unplaced, amount)
        if rank(found) >= rank(best) or not all(one.is_owed for one in violations):
            return
        self.found = found
        if not found.owed:
            self.leave(found)


def _changed(before: Plan, after: Plan) -> tuple[str, ...]:
    """Activities whose placement differs, 50 at most."""
    old: dict[str, Placement] = {one.activity: one for one in before.placements}
    new = {one.activity: one for one in after.placements}
    changed = [one for one in {**old, **new} if old.get(one) != new.get(one)]
    return tuple(changed[:50])

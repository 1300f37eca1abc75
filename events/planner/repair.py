"""Re-planning with the fewest people disturbed: the world changes, most of the plan stays.

In this order: every hard rule; what is left out; disturbance of activities that the world did not
hit; disturbance of those that it hit; soft points. `mend` finds venues, times and people for what
was hit, `refill` fills the places that volunteers left, `diff` says it in words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Literal

from events.planner import diff, disturbance, faults, solve
from events.planner.answer import (
    Diff,
    Limits,
    Placement,
    Plan,
    Progress,
    Result,
    Sentence,
    Status,
)
from events.planner.changes import WorldChange, apply_all
from events.planner.check import check, owed
from events.planner.engine import Engine
from events.planner.mend import Mend
from events.planner.problem import Problem, Term
from events.planner.progress import Found, Herald, rank
from events.planner.refill import refill
from events.planner.score import score
from events.planner.stop import Stop
from events.planner.terms import points

Mode = Literal["least", "balanced", "best"]
"""最少变动, 折中, 最好."""


def replan(
    problem: Problem,
    old: Plan,
    changes: Sequence[WorldChange],
    *,
    limits: Limits,
    mode: Mode = "least",
    on_event: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    seed: int = 1,
) -> tuple[Result, Diff]:
    """A legal plan for the changed problem, near to `old`, and what differs, in words.

    What is locked stays, or is left out where the world does not let it. If nothing in `old` is
    hit, it comes back as it is, in every mode. Callbacks, limits and seed as in `solve.plan`.
    OPTIMAL is only said in mode "best": proved, as by `solve.plan`, that no plan costs less.
    """
    changed = apply_all(problem, changes)
    wrong = faults.find(changed)
    if wrong:
        nothing = score(changed, Plan())
        return Result(Plan(), nothing, None, Status.UNUSABLE, faults=wrong), Diff((), 0)
    halted = threading.Event()
    stop, engine = Stop(limits, halted.is_set), Engine(limits, seed)
    herald = Herald(stop, limits, on_event or (lambda _: None))
    reasons = _reasons(problem, changed, old, changes)
    repair = _Repair(changed, old, reasons, limits, stop, herald, engine)

    def halt() -> None:
        halted.set()
        engine.halt()

    if reasons:
        job: Future[None] = Future()
        threading.Thread(target=repair.run, args=(job, mode, seed), daemon=True).start()
        try:
            herald.tell(job, halt, should_stop or (lambda: False))
        finally:
            halt()
        if job.done():
            job.result()
    found = repair.found
    herald.done(found)
    result = Result(
        plan=found.plan,
        score=found.score,
        bound=repair.bound,
        status=found.status(repair.bound),
        unplaced=_unplaced(changed, found.plan),
        trace=tuple(herald.trace),
    )
    return result, diff.between(changed, old, found.plan, reasons)


def _reasons(
    problem: Problem, changed: Problem, old: Plan, changes: Sequence[WorldChange]
) -> dict[str, Sentence]:
    """The activities that the world hit, each with the first change that alone hits it."""
    broken = _hit(changed, problem, old)
    found: dict[str, Sentence] = {}
    for change in changes if broken else ():
        reason = change.reason(problem)
        after = change.apply(problem) if len(changes) > 1 else changed
        for activity in _hit(after, problem, old):
            found.setdefault(activity, reason)
    together = changes[-1].reason(problem) if changes else diff.BETTER
    return {x.id: found.get(x.id, together) for x in changed.activities if x.id in broken}


def _hit(changed: Problem, problem: Problem, old: Plan) -> set[str]:
    """Activities that broken rules name, and those that are new."""
    known = {x.id for x in problem.activities}
    named = {activity for x in check(changed, old) for activity in x.activities}
    return named | {x.id for x in changed.activities if x.id not in known}


class _Repair:
    """One repair in a thread of its own; `found` is the best plan that the checker passed."""

    def __init__(
        self,
        problem: Problem,
        old: Plan,
        reasons: Mapping[str, Sentence],
        limits: Limits,
        stop: Stop,
        herald: Herald,
        engine: Engine,
    ) -> None:
        self.bound: int | None = None
        self._found: Found | None = None
        self._problem = problem
        self._old = old
        self._reasons = reasons
        self._limits = limits
        self._stop = stop
        self._herald = herald
        self._engine = engine

    @property
    def found(self) -> Found:
        """The best one so far; before the first, what is left of the old one."""
        return self._found or self._told(
            _legal(self._problem, self._old) if self._reasons else self._old
        )

    def run(self, job: Future[None], mode: Mode, seed: int) -> None:
        """The least repair; then, if asked, a better plan from there."""
        try:
            self._mend(mode, seed)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            job.set_exception(error)
        else:
            job.set_result(None)

    def _mend(self, mode: Mode, seed: int) -> None:
        self._herald.leave("filter")
        mend = Mend(self._problem, self._old, self._reasons, self._engine, self._stop)
        self._herald.leave("improve")
        self._keep(self._told(self._staffed(mend.run())))
        if mode == "balanced":
            weight = points(self._problem, Term.CHANGES)
            self._keep_if_better(self._told(self._staffed(mend.balance(weight))), weight)
        elif mode == "best" and not self._stop.over():
            self._search(seed)

    def _search(self, seed: int) -> None:
        """Whatever is better than the least repair, as it is found."""
        bound = solve.plan(
            self._problem,
            limits=replace(self._limits, seconds=self._stop.left()),
            start=self.found.plan,
            on_event=self._hear,
            should_stop=self._stop.over,
            seed=seed,
        ).bound
        if bound is not None and bound <= self.found.score.total:
            self.bound = bound

    def _hear(self, event: Progress) -> None:
        if event.plan is not None and rank(event) < rank(self.found):
            self._keep(self._told(event.plan))

    def _staffed(self, placements: tuple[Placement, ...]) -> Plan:
        self._herald.leave("staff")
        found = Plan(placements, refill(self._problem, self._old, placements))
        self._herald.leave("verify")
        return _legal(self._problem, found)

    def _keep_if_better(self, other: Found, weight: int) -> None:
        """By what is owed, then points and, at a weight, disturbance."""

        def price(one: Found) -> tuple[int, int]:
            moved = disturbance.between(self._problem, self._old, one.plan)
            return one.owed, one.score.total + weight * moved

        if price(other) < price(self.found):
            self._keep(other)

    def _keep(self, found: Found) -> None:
        self._found = found
        if not found.owed:
            self._herald.leave(found)

    def _told(self, plan: Plan) -> Found:
        moved = {x.activity for x in set(plan.placements) ^ set(self._old.placements)}
        return Found(
            plan,
            score(self._problem, plan),
            tuple(sorted(moved)[:50]),
            len(_unplaced(self._problem, plan)),
            owed(self._problem, plan),
        )


def _unplaced(problem: Problem, plan: Plan) -> tuple[str, ...]:
    placed = disturbance.by_activity(plan.placements)
    return tuple(x.id for x in problem.activities if x.id not in placed)


def _legal(problem: Problem, plan: Plan) -> Plan:
    """Without what breaks a rule: duties go first, then the activities themselves."""
    while broken := [one for one in check(problem, plan) if not one.is_owed]:
        ids = {activity for x in broken for activity in x.activities}
        people = {who for x in broken for who in x.others}
        duties = tuple(
            x for x in plan.assignments if x.activity not in ids and x.volunteer not in people
        )
        placements = plan.placements
        if duties == plan.assignments:
            placements = tuple(x for x in placements if x.activity not in ids)
        if (placements, duties) == (plan.placements, plan.assignments):
            return Plan()
        plan = Plan(placements, duties)
    return plan

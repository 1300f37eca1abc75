"""`plan_blocks`: a campaign too large for one search, planned block by block (`blocks.py`).

In every round the days of shared experts and kits are allotted (`allot.py`), then blocks are
planned by themselves, several at once on as many machines as there are. The first round is over
all blocks; the second goes on with those that left out activities or places, and gives them days
which no plan has used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from events.planner import faults
from events.planner.allot import allot
from events.planner.answer import Limits, Plan, Progress, Result, Score, Status
from events.planner.assembly import Assembly
from events.planner.blocks import join, split
from events.planner.jobs import Each, Job, in_turn, patiently
from events.planner.problem import Problem
from events.planner.score import score
from events.planner.stop import Stop

ROUNDS = (0.8, 1.0)
"""Of the time that is left, for each round."""


def plan_blocks(
    problem: Problem,
    *,
    limits: Limits,
    on_event: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    seed: int = 1,
    each: Each = in_turn,
    at_once: int = 1,
) -> Result:
    """The best plans of all blocks that were found within the limits, as one plan.

    `each` runs the searches, `at_once` of them at a time; work and memory are limited for each
    search. Events add up what the searches tell; when somebody asks to stop, the best plans so far
    come back. There is no bound. A problem that is wrong comes back UNUSABLE, with its faults.
    """
    wrong = faults.find(problem)
    if wrong:
        return Result(Plan(), Score(0, {}, {}), None, Status.UNUSABLE, faults=wrong)
    stop = Stop(limits, should_stop)
    blocks = split(problem)
    parts = Assembly(blocks, stop, on_event or (lambda _: None))
    parts.tell("filter")

    def over() -> bool:
        parts.beat()
        return stop.over()

    blind = replace(limits, with_bound=False)
    for share in ROUNDS:
        part = stop.part(share)
        numbers = parts.wanting
        if stop.over() or not numbers:
            break
        parts.begin(numbers, until=round(100 * share))
        plans = parts.plans
        owned = patiently(partial(allot, blocks, plans), parts.beat)
        jobs = [Job(n, owned[n], blind, plans[n], seed) for n in numbers]
        each(_timed(jobs, part, at_once), parts.hear, over)
    parts.tell("verify")
    found = join(parts.plans)
    points = patiently(partial(score, problem, found), parts.beat)
    parts.finish(found, points)
    placed = {one.activity for one in found.placements}
    return Result(
        plan=found,
        score=points,
        bound=None,
        status=Status.GOOD,
        unplaced=tuple(one.id for one in problem.activities if one.id not in placed),
        trace=tuple(parts.trace),
    )


def _timed(jobs: Sequence[Job], stop: Stop, at_once: int) -> Iterator[Job]:
    """Jobs as they are begun, each with its share of the time that is left then, if any is."""
    for begun, job in enumerate(jobs):
        left = stop.left()
        if not left:
            return
        turns = -(-(len(jobs) - begun) // at_once)
        yield replace(job, limits=replace(job.limits, seconds=left / turns))

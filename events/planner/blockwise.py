"""`plan_blocks`: a campaign too large for one search, planned block by block (`blocks.py`).

Round one: days of shared experts and kits are allotted (`allot.py`), then every block is planned
by itself, several at once on as many machines as there are. Round two: blocks that left something
out go on, one after the other, with what the plans of all others leave of the shared ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from events.planner import faults
from events.planner.allot import allot
from events.planner.answer import Limits, Plan, Result, Score, Status
from events.planner.blocks import join, split
from events.planner.problem import Problem
from events.planner.score import score
from events.planner.sharing import left_over
from events.planner.solve import plan

FIRST_ROUND = 0.8
"""Of the time."""


@dataclass(frozen=True, slots=True)
class Job:
    """One search over one block."""

    block: Problem
    limits: Limits
    start: Plan
    seed: int


def run(job: Job) -> Plan:
    """The plan of one block; may be called in another process."""
    return plan(job.block, limits=job.limits, start=job.start, seed=job.seed).plan


Each = Callable[[Callable[[Job], Plan], Iterable[Job]], Iterable[Plan]]
"""`map`, or what does several at once; answers in the order of the jobs."""


def plan_blocks(
    problem: Problem, *, limits: Limits, seed: int = 1, each: Each = map, at_once: int = 1
) -> Result:
    """The best plans of all blocks that were found within the limits, as one plan.

    `each` runs the searches, `at_once` of them at a time; work and memory are limited for each
    search. There is no bound. A problem that is wrong comes back UNUSABLE, with its faults.
    """
    wrong = faults.find(problem)
    if wrong:
        return Result(Plan(), Score(0, {}, {}), None, Status.UNUSABLE, faults=wrong)
    blocks = split(problem)
    share = replace(limits, seconds=FIRST_ROUND * limits.seconds * at_once / max(1, len(blocks)))
    plans = list(each(run, [Job(block, share, Plan(), seed) for block in allot(blocks)]))
    rest = replace(limits, seconds=(1 - FIRST_ROUND) * limits.seconds)
    for n, job in _again(problem, blocks, plans, rest, seed):
        (plans[n],) = each(run, [job])
    found = join(plans)
    return Result(
        plan=found,
        score=score(problem, found),
        bound=None,
        status=Status.GOOD,
        unplaced=_unplaced(problem, found),
    )


def _again(
    problem: Problem, blocks: Sequence[Problem], plans: list[Plan], limits: Limits, seed: int
) -> Iterator[tuple[int, Job]]:
    """Blocks that left something out, the most first, as the plans of the others stand then."""
    left_out = {n: len(_unplaced(block, plans[n])) for n, block in enumerate(blocks)}
    again = sorted((n for n, out in left_out.items() if out), key=lambda n: -left_out[n])
    share = replace(limits, seconds=limits.seconds / max(1, len(again)))
    for n in again:
        others = join(plan for other, plan in enumerate(plans) if other != n)
        yield n, Job(left_over(blocks[n], problem, others.placements), share, plans[n], seed)


def _unplaced(problem: Problem, found: Plan) -> tuple[str, ...]:
    placed = {one.activity for one in found.placements}
    return tuple(one.id for one in problem.activities if one.id not in placed)

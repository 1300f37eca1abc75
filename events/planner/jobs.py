"""Searches over the blocks of a campaign: what one of them needs, and who runs them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from events.planner.answer import Limits, Plan, Progress
from events.planner.problem import Problem
from events.planner.progress import LOOK
from events.planner.solve import plan

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Job:
    """One search over one block; it needs nothing of any other, and can be pickled."""

    number: int
    """The block's."""
    block: Problem
    limits: Limits
    start: Plan
    seed: int


Heard = Callable[[int, Progress], None]
"""Told a block's number and an event of its search; plans come as such events, and only so."""
Over = Callable[[], bool]
"""Whether to stop; asked often."""
Each = Callable[[Iterable[Job], Heard, Over], None]
"""Runs searches. It asks for a job when it can begin it: until then the job's time runs not."""


def search(job: Job, hear: Callable[[Progress], None], over: Over) -> None:
    """One search, to its last event."""
    plan(
        job.block,
        limits=job.limits,
        start=job.start,
        on_event=hear,
        should_stop=over,
        seed=job.seed,
    )


def patiently(work: Callable[[], Done], look: Callable[[], object]) -> Done:
    """What `work` comes to, in a thread of its own; meanwhile `look` is called again and again."""
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(work)
        while wait([job], LOOK).not_done:
            look()
        return job.result()


def in_turn(jobs: Iterable[Job], hear: Heard, over: Over) -> None:
    """One search after the other, in this process; an `Each`."""
    for job in jobs:
        if over():
            return
        search(job, partial(hear, job.number), over)

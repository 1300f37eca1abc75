"""`plan`: a whole campaign in one call, from candidates to a checked plan with its volunteers.

filter (candidates) -> greedy (a first plan) -> improve (layout, exact windows) -> staff
(volunteers) -> up to two rounds in which places nobody could fill raise the price of their
district and half-day -> verify. Whatever ends the search, the answer passed the checker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from events.planner import faults
from events.planner.answer import Limits, Plan, Progress, Result, Score, Status
from events.planner.best import Best
from events.planner.problem import Problem
from events.planner.progress import Herald
from events.planner.search import Search
from events.planner.stop import Stop


def plan(
    problem: Problem,
    *,
    limits: Limits,
    start: Plan | None = None,
    on_event: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    seed: int = 1,
) -> Result:
    """The best plan found within the limits; activities that find no place are left out.

    `start`: a plan to begin with; what of it is possible is kept, at first. `on_event` and
    `should_stop` are called in the caller's thread, the first once a second at least; after the
    second has said yes the best plan so far comes back within half a second. With `limits.work`
    the same seed gives the same plan. A problem that is wrong comes back UNUSABLE, with its faults.
    """
    wrong = faults.find(problem)
    if wrong:
        return Result(Plan(), Score(0, {}, {}), None, Status.UNUSABLE, faults=wrong)
    halted = threading.Event()
    stop = Stop(limits, halted.is_set)
    herald = Herald(stop, limits, on_event or (lambda _: None))
    best = Best(problem, herald.leave, hears_all=limits.work is not None)
    search = Search(problem, limits, stop, best, seed)

    def halt() -> None:
        halted.set()
        search.engine.halt()

    job: Future[None] = Future()
    threading.Thread(target=_run, args=(job, search, start), name="planner", daemon=True).start()
    try:
        herald.tell(job, halt, should_stop or (lambda: False), best.catch_up)
    finally:
        halt()
    if job.done():
        job.result()
    return _result(problem, best, herald)


def _run(job: Future[None], search: Search, start: Plan | None) -> None:
    try:
        search.run(start)
    except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
        job.set_exception(error)
    else:
        job.set_result(None)


def _result(problem: Problem, best: Best, herald: Herald) -> Result:
    found = best.found
    herald.done(found)
    placed = {placement.activity for placement in found.plan.placements}
    bound = None if best.bound is None or best.bound > found.score.total else best.bound
    return Result(
        plan=found.plan,
        score=found.score,
        bound=bound,
        status=found.status(bound),
        unplaced=tuple(one.id for one in problem.activities if one.id not in placed),
        trace=tuple(herald.trace),
    )

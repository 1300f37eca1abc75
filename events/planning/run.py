"""The worker's part: claim a search (transaction), solve outside of any, store its plan.

The solving itself is a process of its own (process.py). One that dies leaves the best plan that
it has told of; a worker that dies leaves a lease that ends, and another begins the search anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from events.campaigns.models import Campaign
from events.kernel.db import release, session, transaction
from events.kernel.errors import NotFound
from events.planner.answer import Explanation, Limits, Plan, Progress, Result, Status
from events.planning import queries, services
from events.planning.child import Message, Reasons, Task
from events.planning.entries import entries, said
from events.planning.models import PlanRun
from events.planning.problem import Question, question
from events.planning.process import Search
from events.planning.scope import Scope
from events.planning.services import LEASE
from events.planning.states import PlanState

log = logging.getLogger("kepu")
LOOK_SECONDS = 0.25
BEAT = timedelta(seconds=0.5)
KEEP = timedelta(seconds=5)
"""So often at most a better plan is stored while the search goes on."""
PATIENCE = timedelta(seconds=10)
"""A process that was asked to stop, or is over its time, is killed after it."""
EXPLAINING = timedelta(seconds=60)

Clock = Callable[[], datetime]
Ended = Callable[[], bool]


class Cut(Enum):
    """Why a search was ended before its time."""

    ASKED = "by people"
    ENDED = "with its worker"


Cuts = Callable[[], Cut | None]
"""Whether a search has to end now, and why."""


class LeaseLost(Exception):
    """Somebody else has taken the search."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A search as plain values, for work outside of any transaction."""

    run_id: int
    question: Question
    task: Task

    @classmethod
    def of(
        cls, run: PlanRun, *, now: datetime, explain: str = "", work: int | None = None
    ) -> Claimed:
        """The values of `run`, its campaign's drafts read now."""
        run.revision = queries.revision(run.campaign)
        asked = question(Scope(campaign=run.campaign, is_whole=run.is_whole), now)
        limits = Limits(seconds=run.seconds, work=work)
        named = tuple(n for n in asked.sessions if explain in {n, n.rpartition("/")[0]} - {""})
        task = Task(problem=asked.problem, limits=limits, explain=named)
        return cls(run_id=run.id, question=asked, task=task)

    def counts(self, plan: Plan) -> tuple[int, int]:
        """How many sessions have a time, and how many have none; what stays for a run is none."""
        sessions = {name for name, one in self.question.sessions.items() if not one.stays}
        placed = len(sessions & {one.activity for one in plan.placements})
        return placed, len(sessions) - placed


@dataclass(kw_only=True)
class Found:
    """What a search has told so far."""

    plan: Plan | None = None
    cost: int = 0
    result: Result | None = None
    reasons: dict[str, Explanation] = field(default_factory=dict)
    cut: Cut | None = None

    def note(self, message: Message | None) -> None:
        """Keep what a message tells."""
        if isinstance(message, Result):
            self.result, self.plan, self.cost = message, message.plan, message.score.total
        elif isinstance(message, Reasons):
            self.reasons |= message.by_activity
        elif message is not None and message.plan is not None:
            self.plan, self.cost = message.plan, message.cost or 0


def solve_waiting(
    clock: Clock,
    ended: Ended = lambda: False,
    *,
    work: int | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> bool:
    """Solve one search that waits; whether there was one.

    ended: whether this worker must end; work: rounds of improvement, for a repeatable search.
    """
    lease = _Lease(clock)
    with transaction():
        run = services.claim(lease.begun)
        claimed = Claimed.of(run, now=lease.begun, work=work) if run else None
    if claimed is None:
        return False
    _work(claimed, lease, lambda: Cut.ENDED if ended() else None, tell)
    return True


def solve_now(
    campaign: Campaign,
    *,
    seconds: int,
    is_whole: bool,
    explain: str,
    clock: Clock,
    tell: Callable[[Progress], None],
    asked: Callable[[], bool] = lambda: False,
) -> int:
    """Plan the drafts of `campaign`, or all of it, here and now, for a command; the run's id.

    explain: the code of an activity or of one of its sessions, to say more of.
    Raises Refused("plan_under_way"), Refused("nothing_to_plan"); NotFound when nothing that is
    planned has that code.
    """
    lease = _Lease(clock)
    with transaction():
        row = session().get_one(Campaign, campaign.id)
        run = services.add_run(
            row, user_id=None, seconds=seconds, now=lease.begun, is_whole=is_whole
        )
        services.begin(run, now=lease.begun)
        claimed = Claimed.of(run, now=lease.begun, explain=explain)
        if explain and not claimed.task.explain:
            raise NotFound
    _work(claimed, lease, lambda: Cut.ASKED if asked() else None, tell)
    return claimed.run_id


class _Lease:
    """The worker's hold on one search, lengthened with each stored progress."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.begun = clock()
        self.until = self.begun + LEASE
        self.stored_at = self.begun

    def beat(self, run_id: int, heard: Progress | None) -> bool:
        """Store how far the search is, at most twice a second. Whether somebody asks to stop.

        Raises LeaseLost.
        """
        now = self.clock()
        if now - self.stored_at < BEAT:
            return False
        with transaction():
            until = now + LEASE
            asked = services.beat(run_id, held=self.until, until=until, told=_columns(heard))
        if asked is None:
            raise LeaseLost
        self.stored_at, self.until = now, until
        return asked


def _columns(heard: Progress | None) -> dict[str, object]:
    if heard is None:
        return {}
    names = ("phase", "cost", "bound", "placed", "unplaced")
    return {name: getattr(heard, name) for name in names} | {"percent": heard.pct}


def _work(claimed: Claimed, lease: _Lease, cut: Cuts, tell: Callable[[Progress], None]) -> None:
    release()
    try:
        found = _search(claimed, lease, cut, tell)
        if found.cut is Cut.ENDED:
            _hand_back(claimed, lease)
        else:
            _finish(claimed, lease, found)
    except LeaseLost:
        log.info("plan run %s was taken away while it was solved", claimed.run_id)
    except Exception:
        log.exception("plan run %s failed", claimed.run_id)
        _finish(claimed, lease, Found())


def _search(claimed: Claimed, lease: _Lease, cut: Cuts, tell: Callable[[Progress], None]) -> Found:
    """What the process told until it ended, or had to."""
    found, heard, kept_at = Found(), None, lease.begun
    is_told = False
    deadline = lease.begun + timedelta(seconds=claimed.task.limits.seconds) + EXPLAINING
    with Search(claimed.task) as search:
        while lease.clock() < deadline:
            try:
                message = search.next(LOOK_SECONDS)
            except EOFError:
                break
            found.note(message)
            if isinstance(message, Progress):
                placed, unplaced = claimed.counts(found.plan) if found.plan else (0, 0)
                heard = replace(message, placed=placed, unplaced=unplaced)
                tell(heard)
            is_asked = lease.beat(claimed.run_id, heard)
            wanted = Cut.ASKED if is_asked else cut()
            if wanted and not is_told:
                is_told = True
                found.cut = None if found.result else wanted
                search.ask_to_stop()
                deadline = min(deadline, lease.clock() + PATIENCE)
            if found.plan and not found.result and lease.clock() - kept_at >= KEEP:
                _keep(claimed, lease, found)
                kept_at = lease.clock()
    if not found.result:  # a signal that ends the worker may have ended the process first
        found.cut = found.cut or cut()
    return found


def _keep(claimed: Claimed, lease: _Lease, found: Found) -> None:
    """Store the best plan so far."""
    with transaction():
        run = services.holder(claimed.run_id, held=lease.until)
        if run is None:
            raise LeaseLost
        _store(claimed, run, found, lease.clock())


def _finish(claimed: Claimed, lease: _Lease, found: Found) -> None:
    with transaction():
        run = services.holder(claimed.run_id, held=lease.until)
        if run is None:
            raise LeaseLost
        now = lease.clock()
        is_usable = found.result is None or found.result.status is not Status.UNUSABLE
        if found.plan is not None and is_usable:
            _store(claimed, run, found, now)
        if found.result is not None:
            _figures(claimed, run, found.result)
        state = PlanState.DONE if found.result and is_usable else PlanState.FAILED
        services.end(run, PlanState.STOPPED if found.cut else state, now=now)


def _store(claimed: Claimed, run: PlanRun, found: Found, now: datetime) -> None:
    assert found.plan is not None
    rows = entries(claimed.question, found.plan, found.reasons)
    services.store(run, cost=found.cost, entries=rows, now=now)


def _figures(claimed: Claimed, run: PlanRun, result: Result) -> None:
    run.cost, run.bound, run.percent = result.score.total, result.bound, 100
    run.placed, run.unplaced = claimed.counts(result.plan)
    run.facts = {
        "status": result.status,
        "by_term": {str(term): points for term, points in result.score.by_term.items() if points},
        "faults": [said(fault.sentence) for fault in result.faults],
    }


def _hand_back(claimed: Claimed, lease: _Lease) -> None:
    with transaction():
        run = services.holder(claimed.run_id, held=lease.until)
        if run is not None:
            services.hand_back(run)

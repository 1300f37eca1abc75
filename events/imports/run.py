"""The worker's part: claim an upload (transaction), check it outside of any, store the preview.

A worker that dies leaves a lease that ends, and the next tick begins that file again; one that
only slept finds its lease gone and stores nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from events.config import Settings
from events.imports import services
from events.imports.lines import Limits
from events.imports.models import ImportRun
from events.imports.plan import Plan
from events.imports.prepare import File, Prepared, prepare
from events.imports.services import LEASE
from events.imports.states import ImportState
from events.imports.world import Scope
from events.kernel.db import transaction

log = logging.getLogger("kepu")
PROGRESS_SECONDS = 0.5

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Somebody else has taken the run, or its owner has discarded it."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A run as plain values, for work outside of any transaction."""

    run_id: int
    file: File
    scope: Scope
    campaign_id: int | None
    limits: Limits
    digest: str | None = None

    @classmethod
    def of(cls, run: ImportRun, limits: Limits) -> Claimed:
        """The values of `run`, its file included."""
        scope = Scope(organization_id=run.organization_id, path=run.organization.path)
        return cls(
            run_id=run.id,
            file=File(name=run.file_name, content=run.content),
            scope=scope,
            campaign_id=run.campaign_id,
            limits=limits,
            digest=run.summary.get("digest"),
        )

    def prepare(self, progress: Callable[[int, int], None]) -> Prepared:
        """What importing the file would do now."""
        return prepare([self.file], self.scope, self.limits, progress, campaign_id=self.campaign_id)


def check_waiting(clock: Clock, settings: Settings) -> bool:
    """Check one upload that waits. Whether there was one."""
    lease = _Lease(clock)
    with transaction():
        run = services.claim(ImportState.WAITING, lease.begun)
        claimed = Claimed.of(run, Limits.of(settings)) if run else None
    if claimed is None:
        return False
    lease.run_id = claimed.run_id
    try:
        _store(claimed, lease, claimed.prepare(lease.progress))
    except LeaseLost:
        log.info("import %s was taken away while it was checked", claimed.run_id)
    except Exception:
        log.exception("import %s could not be checked", claimed.run_id)
        _give_up(claimed, lease)
    return True


def preview(prepared: Prepared, limits: Limits) -> dict[str, object]:
    """The summary that is stored with a run."""
    kept = {"rows": limits.rows, "bytes": limits.bytes, "tz": limits.tz}
    return prepared.plan.summary() | {"limits": kept}


def rows_of(plan: Plan) -> int:
    """How many rows a plan has looked at."""
    return sum(count.total() for count in plan.counts.values())


class _Lease:
    """The worker's hold on one run, lengthened with each stored progress."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.begun = clock()
        self.until = self.begun + LEASE
        self.stored_at = self.begun
        self.run_id = 0

    def progress(self, done: int, total: int) -> None:
        """Store progress, at most twice a second. Raises LeaseLost."""
        now = self.clock()
        if (now - self.stored_at).total_seconds() < PROGRESS_SECONDS:
            return
        with transaction():
            is_held = services.progress(
                self.run_id, held=self.until, until=now + LEASE, done=done, total=total
            )
        if not is_held:
            raise LeaseLost
        self.stored_at, self.until = now, now + LEASE


def _store(claimed: Claimed, lease: _Lease, prepared: Prepared) -> None:
    summary = preview(prepared, claimed.limits)
    problems = prepared.plan.stored_problems()
    with transaction():
        run = services.holder(claimed.run_id, held=lease.until)
        if run is None:
            raise LeaseLost
        kind = prepared.kinds[0] if prepared.kinds else None
        services.store_preview(
            run, kind=kind, summary=summary, problems=problems, now=lease.clock()
        )
        run.done = run.total = max(run.total, rows_of(prepared.plan)) if kind else run.total


def _give_up(claimed: Claimed, lease: _Lease) -> None:
    with transaction():
        run = services.holder(claimed.run_id, held=lease.until)
        if run is not None:
            services.refuse(run, "check_failed", now=lease.clock())

"""Import runs: one uploaded file from the upload to the end; a lease fences the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from events.campaigns.models import Campaign
from events.identity.models import Organization
from events.imports.models import ImportRun
from events.imports.states import ImportState, TableKind
from events.kernel.db import session
from events.kernel.errors import Refused

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
DISCARDABLE = (ImportState.WAITING, ImportState.CHECKING, ImportState.READY, ImportState.REFUSED)


def add_run(
    organization: Organization,
    campaign: Campaign | None,
    *,
    user_id: int,
    file_name: str,
    content: bytes,
    now: datetime,
) -> ImportRun:
    """A file that waits for its check."""
    row = ImportRun(
        organization_id=organization.id,
        campaign_id=campaign.id if campaign else None,
        user_id=user_id,
        file_name=file_name,
        content=content,
        state=ImportState.WAITING,
        summary={},
        problems=[],
        created_at=now,
    )
    session().add(row)
    session().flush()
    return row


def confirm(run: ImportRun) -> None:
    """Let the worker import it. Raises Refused("import_state" | "import_has_problems")."""
    if run.state is not ImportState.READY:
        raise Refused("import_state")
    if run.summary.get("errors"):
        raise Refused("import_has_problems")
    run.state = ImportState.CONFIRMED
    run.lease_until = None


def discard(run: ImportRun, *, now: datetime) -> None:
    """Forget the file. Raises Refused("import_state") when it is being imported or done."""
    if run.state not in DISCARDABLE:
        raise Refused("import_state")
    end(run, ImportState.DISCARDED, now=now)


def end(run: ImportRun, state: ImportState, *, now: datetime) -> None:
    """Nothing more will happen to `run`: its file is no longer kept."""
    run.state = state
    run.finished_at = now
    run.lease_until = None
    run.content = b""


def claim(state: ImportState, now: datetime) -> ImportRun | None:
    """The oldest run in `state` that no living worker has, now under a lease.

    A run that has been claimed too often is refused instead: it kills whoever reads it.
    """
    free = or_(ImportRun.lease_until.is_(None), ImportRun.lease_until <= now)
    waiting = ImportRun.state == state
    if state is ImportState.WAITING:
        waiting = or_(waiting, and_(ImportRun.state == ImportState.CHECKING, free))
    found = select(ImportRun).where(waiting, free).order_by(ImportRun.id).limit(1)
    run = session().scalar(found.with_for_update(skip_locked=True, of=ImportRun))
    if run is None:
        return None
    attempts = int(run.summary.get("attempts", 0)) + 1
    if attempts > MOST_ATTEMPTS:
        refuse(run, "check_failed", now=now)
        return None
    run.summary = run.summary | {"attempts": attempts}
    run.lease_until = now + LEASE
    if state is ImportState.WAITING:
        run.state = ImportState.CHECKING
        run.done = 0
    return run


def hold(run_id: int, *, until: datetime) -> None:
    """Lengthen the lease of a run that is being imported."""
    held = ImportRun.id == run_id, ImportRun.state == ImportState.CONFIRMED
    session().execute(update(ImportRun).where(*held).values(lease_until=until))


def refuse(run: ImportRun, code: str, *, now: datetime) -> None:
    """End `run` with a reason that concerns the file as a whole."""
    run.problems = [{"file": run.file_name, "code": code}]
    end(run, ImportState.REFUSED, now=now)


def progress(run_id: int, *, held: datetime, until: datetime, done: int, total: int) -> bool:
    """Store how far a check is and lengthen its lease; False when the lease is somebody else's."""
    saved = (
        update(ImportRun)
        .where(
            ImportRun.id == run_id,
            ImportRun.state == ImportState.CHECKING,
            ImportRun.lease_until == held,
        )
        .values(done=done, total=total, lease_until=until)
    )
    return session().connection().execute(saved).rowcount == 1


def holder(run_id: int, *, held: datetime) -> ImportRun | None:
    """The run, if its check is still this worker's."""
    found = select(ImportRun).where(
        ImportRun.id == run_id,
        ImportRun.state == ImportState.CHECKING,
        ImportRun.lease_until == held,
    )
    return session().scalar(found.with_for_update(of=ImportRun))


def store_preview(
    run: ImportRun,
    *,
    kind: TableKind | None,
    summary: dict[str, Any],
    problems: list[dict[str, Any]],
    now: datetime,
) -> None:
    """What the check found. A file that is no table at all is refused for good."""
    run.kind = kind
    run.summary = summary
    run.problems = problems
    if kind is None:
        end(run, ImportState.REFUSED, now=now)
        return
    run.state = ImportState.READY
    run.lease_until = None

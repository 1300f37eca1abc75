"""A confirmed upload is imported: planned again outside, then written whole or not at all."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from events.feeds import mentions, services as feeds
from events.feeds.states import FeedKind
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.imports import apply, services
from events.imports.apply import Applied
from events.imports.lines import Limits
from events.imports.models import ImportRun
from events.imports.prepare import Prepared
from events.imports.problems import Problem
from events.imports.run import Claimed, preview
from events.imports.services import LEASE
from events.imports.states import ImportState
from events.imports.tables import Progress
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused

log = logging.getLogger("kepu")
TRIES = 3
RENEW_SECONDS = 10


def apply_confirmed(now: datetime) -> bool:
    """Import one confirmed upload. Whether there was one. Safe to run twice and by two."""
    with transaction():
        run = services.claim(ImportState.CONFIRMED, now)
        run_id = run.id if run else None
    if run_id is None:
        return False
    apply_import(now, run_id=run_id)
    return True


def apply_import(now: datetime, *, run_id: int) -> None:
    """Write what was previewed: DONE.

    If the same file would now do something else: READY again, with the new preview and a word
    that says so. A run in another state is left alone.
    """
    claimed = _read(run_id)
    if claimed is None:
        return
    for _ in range(TRIES):
        prepared = claimed.prepare(_holding(run_id, now))
        if prepared.plan.digest() != claimed.digest or not prepared.plan.is_applicable:
            break
        try:
            _write(claimed, prepared, now)
        except Refused as fault:
            if fault.code != "import_stale":
                raise
            log.info("import %s is planned again: what is stored has changed", run_id)
        else:
            return
    _preview_again(claimed, prepared)


def _holding(run_id: int, now: datetime) -> Progress:
    """While a long file is planned, the lease is lengthened before it ends."""
    begun = held = time.monotonic()

    def hold(_done: int, _total: int) -> None:
        nonlocal held
        if time.monotonic() - held > RENEW_SECONDS:
            held = time.monotonic()
            with transaction():
                services.hold(run_id, until=now + timedelta(seconds=held - begun) + LEASE)

    return hold


def _read(run_id: int) -> Claimed | None:
    run = session().get(ImportRun, run_id, populate_existing=True)
    if run is None or run.state is not ImportState.CONFIRMED:
        return None
    return Claimed.of(run, Limits(**run.summary["limits"]))


def _write(claimed: Claimed, prepared: Prepared, now: datetime) -> None:
    with transaction():
        run = _confirmed(claimed)
        if run is None:
            return
        actor = identity.actor_of(run.user)
        if not run.user.active or not policy.may(actor, Permission.IMPORT_RUN, run.organization):
            services.refuse(run, "not_allowed", now=now)
            return
        done = apply.apply(prepared.plan, claimed.scope, now=now, owner_id=actor.user_id)
        services.end(run, ImportState.DONE, now=now)
        _tell(actor, now, run, done)


def _tell(actor: Actor, now: datetime, run: ImportRun, done: Applied) -> None:
    """Feeds of what is new, and the one change that raises whatever calendars now show."""
    feeds.ensure_many(FeedKind.VENUE, done.venues, now=now)
    feeds.ensure_many(FeedKind.TEAM, done.teams, now=now)
    feeds.ensure_many(FeedKind.EXPERT, done.experts, now=now)
    journal.record(
        ChangeKind.IMPORT_APPLIED,
        actor=actor,
        now=now,
        organization=run.organization,
        subject=f"import:{run.id}",
        title=run.file_name,
        audiences=[
            *done.scopes(),
            *mentions.scopes_showing_venues(done.moved_venues),
            *mentions.scopes_showing_organizations(done.renamed),
            *mentions.scopes_showing_experts(done.renamed_experts),
        ],
        facts={"run_id": run.id, "counts": run.summary["counts"]},
    )


def _preview_again(claimed: Claimed, prepared: Prepared) -> None:
    plan = prepared.plan
    stale = Problem(file=claimed.file.name, code="import_stale")
    with transaction():
        run = _confirmed(claimed)
        if run is not None:
            run.summary = preview(prepared, claimed.limits)
            run.problems = plan.stored_problems(stale)
            run.state = ImportState.READY
            run.lease_until = None


def _confirmed(claimed: Claimed) -> ImportRun | None:
    run = session().get(
        ImportRun, claimed.run_id, populate_existing=True, with_for_update={"of": ImportRun}
    )
    return run if run is not None and run.state is ImportState.CONFIRMED else None

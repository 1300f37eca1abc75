"""Reading import runs, always within where the actor may import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.imports.models import ImportRun
from events.imports.problems import Problem
from events.imports.states import ImportState, TableKind
from events.kernel.db import session
from events.kernel.errors import NotFound

UNDER_WAY = (ImportState.WAITING, ImportState.CHECKING, ImportState.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Rows of one table by what happens, or happened, to them."""

    table: TableKind
    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """One row of the preview. changes: heading, old text, new text."""

    table: TableKind
    verb: str
    row: int
    code: str
    name: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """An import run ready for a page.

    problems: at most a thousand, errors first; errors, warnings: how many there are; rows: the
    first two hundred that would be written, changed ones first; campaign: the name of the
    activities' campaign; is_new_campaign: whether confirming makes it.
    """

    run: ImportRun
    counts: tuple[Count, ...]
    rows: tuple[ShownRow, ...]
    problems: tuple[Problem, ...]
    errors: int
    warnings: int
    campaign: str
    is_new_campaign: bool

    @property
    def is_under_way(self) -> bool:
        """Whether the page should ask again soon."""
        return self.run.state in UNDER_WAY

    @property
    def is_empty(self) -> bool:
        """Whether the file was read, is right, and has no rows."""
        return self.run.state is ImportState.READY and not self.errors and not self.counts

    @property
    def is_confirmable(self) -> bool:
        """Whether it can be confirmed, and that would write something."""
        return self.run.state is ImportState.READY and not self.errors and bool(self.rows)

    @property
    def percent(self) -> int:
        """How far the check is, 0 to 100."""
        return min(100 * self.run.done // self.run.total, 100) if self.run.total else 0


def runs(actor: Actor, *, limit: int = 50) -> list[ImportRun]:
    """Import runs that `actor` may see, latest first, without their files and problems."""
    found = _visible(actor).options(defer(ImportRun.problems))
    return list(session().scalars(found.order_by(ImportRun.id.desc()).limit(limit)))


def preview(actor: Actor, run_id: int) -> Preview:
    """One import run. Raises NotFound."""
    run = session().scalar(_visible(actor).where(ImportRun.id == run_id))
    if run is None:
        raise NotFound
    summary = run.summary
    campaign = summary.get("campaign") or {}
    problems = tuple(Problem.stored(plain) for plain in run.problems)
    return Preview(
        run=run,
        counts=_counts(summary),
        rows=tuple(_row(plain) for plain in summary.get("rows", ())),
        problems=problems,
        errors=summary.get("errors", sum(not one.is_warning for one in problems)),
        warnings=summary.get("warnings", 0),
        campaign=campaign.get("name", ""),
        is_new_campaign=bool(campaign) and campaign.get("id") is None,
    )


def run_to_decide(actor: Actor, run_id: int) -> ImportRun:
    """A run that `actor` may confirm or discard, locked. Raises NotFound."""
    found = _visible(actor).where(ImportRun.id == run_id).with_for_update(of=ImportRun)
    run = session().scalar(found)
    if run is None:
        raise NotFound
    return run


def organizations(actor: Actor) -> list[Organization]:
    """For which organizations `actor` may import: the tops of their grants, then all below."""
    return identity.organizations(actor, Permission.IMPORT_RUN)


def _visible(actor: Actor) -> Select[ImportRun]:
    return (
        select(ImportRun)
        .join(Organization, Organization.id == ImportRun.organization_id)
        .where(policy.within(actor, Permission.IMPORT_RUN))
    )


def _counts(summary: dict[str, Any]) -> tuple[Count, ...]:
    counts = summary.get("counts", {})
    return tuple(
        Count(
            table=kind,
            created=counts[kind].get("created", 0),
            changed=counts[kind].get("changed", 0),
            unchanged=counts[kind].get("unchanged", 0),
        )
        for kind in TableKind
        if kind in counts
    )


def _row(plain: dict[str, Any]) -> ShownRow:
    changes = tuple((name, old, new) for name, (old, new) in plain["changes"].items())
    return ShownRow(**plain | {"table": TableKind(plain["table"]), "changes": changes})

"""Carrying out a plan: a few statements over many rows, in the caller's transaction.

First it is verified, under the write lock, that what the plan was made against is still so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from events.campaigns.models import Campaign, support
from events.identity.models import Organization
from events.imports.plan import CampaignChoice, Pending, Plan, Step, Target, Verb
from events.imports.states import TableKind
from events.imports.world import MODELS, Scope, fingerprint, table
from events.kernel.db import session
from events.kernel.errors import Refused
from events.kernel.links import new_slug
from events.venues.models import Space

T = TypeVar("T")

CHUNK = 2000
LATER = ("rain_backup_id",)  # refers to rows of the same table
VISIBLE = frozenset({"name", "address", "lat", "lon"})  # of a venue, in calendars


@dataclass(kw_only=True)
class Applied:
    """What was written. venues, teams, experts: (id, name) of those new or with a new name.

    moved_venues: existing ones that calendars now show differently; renamed: organizations,
    renamed_experts: experts.
    """

    organization_id: int
    campaign_id: int | None = None
    venues: list[tuple[int, str]] = field(default_factory=list)
    teams: list[tuple[int, str]] = field(default_factory=list)
    experts: list[tuple[int, str]] = field(default_factory=list)
    changed_venues: list[int] = field(default_factory=list)
    moved_venues: list[int] = field(default_factory=list)
    changed_teams: list[int] = field(default_factory=list)
    renamed: list[int] = field(default_factory=list)
    renamed_experts: list[int] = field(default_factory=list)

    def scopes(self) -> list[str]:
        """Audiences of what was changed itself."""
        campaign = [] if self.campaign_id is None else [f"campaign:{self.campaign_id}"]
        venues = [f"venue:{venue_id}" for venue_id in self.changed_venues]
        return [*campaign, *venues, *(f"team:{team_id}" for team_id in self.changed_teams)]


def apply(plan: Plan, scope: Scope, *, now: datetime, owner_id: int | None) -> Applied:
    """Write every step. owner_id: the user who owns a campaign that is made.

    Raises Refused("import_stale") when what is stored has changed since the plan was made.
    """
    _lock(scope)
    if fingerprint(plan.fingerprint, scope) != plan.fingerprint:
        raise Refused("import_stale")
    try:
        return _Writer(plan, now).write(owner_id)
    except IntegrityError as fault:
        raise Refused("import_stale") from fault


def _lock(scope: Scope) -> None:
    """Imports into one tree wait for each other; SQLite has one writer anyway."""
    roots = select(Organization.id).where(Organization.parent_id.is_(None))
    if scope.path:
        roots = select(Organization.id).where(Organization.id == int(scope.path.split(".")[0]))
    session().execute(roots.order_by(Organization.id).with_for_update()).all()


class _Writer:
    def __init__(self, plan: Plan, now: datetime) -> None:
        self.plan = plan
        self.now = now
        self.ids: dict[tuple[TableKind, str], int] = {}
        self.campaign_id: int | None = None

    def write(self, owner_id: int | None) -> Applied:
        self._organizations(self._steps(TableKind.ORGANIZATIONS))
        self._owned(TableKind.VENUES)
        self._spaces(self._steps(TableKind.VENUES))
        for kind in (TableKind.TEAMS, TableKind.EXPERTS, TableKind.KITS):
            self._owned(kind)
        if self.plan.campaign is not None:
            self.campaign_id = self._campaign(self.plan.campaign, owner_id)
            self._owned(TableKind.ACTIVITIES)
            self._supporters(self._steps(TableKind.ACTIVITIES))
        session().expire_all()
        return self._applied()

    def _steps(self, kind: TableKind) -> list[Step]:
        return self.plan.steps.get(kind, [])

    def _id(self, target: Target) -> int | None:
        return self.ids[target.kind, target.code] if isinstance(target, Pending) else target

    def _id_of(self, step: Step) -> int:
        return step.id if step.id is not None else self.ids[step.kind, step.code]

    # tables

    def _owned(self, kind: TableKind) -> None:
        """Insert, then update: a row may refer to a later one of its own table."""
        steps = self._steps(kind)
        new = [step for step in steps if step.verb is Verb.CREATED]
        for chunk in _chunks(new):
            self._insert(kind, chunk)
        self._refer_later(kind, new)
        self._update(kind, [step for step in steps if step.verb is Verb.CHANGED])

    def _insert(self, kind: TableKind, steps: Sequence[Step]) -> None:
        t = table(MODELS[kind])
        more = {"version": 1}
        if kind is TableKind.ACTIVITIES:
            more["campaign_id"] = self.campaign_id or 0
        rows = [self._resolved(step.values) | more for step in steps]
        made = session().execute(insert(t).returning(t.c.id, t.c.code), rows)
        self.ids |= {(kind, code): row_id for row_id, code in made}

    def _resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            if not isinstance(value, Pending)
            else (None if name in LATER else self._id(value))
            for name, value in values.items()
        }

    def _refer_later(self, kind: TableKind, steps: Iterable[Step]) -> None:
        for name in LATER:
            rows = [
                {"at": self._id_of(step), "to": self._id(step.values[name])}
                for step in steps
                if isinstance(step.values.get(name), Pending)
            ]
            if rows:
                t = table(MODELS[kind])
                refer = update(t).where(t.c.id == bindparam("at"))
                session().execute(refer.values({name: bindparam("to")}), rows)

    def _update(self, kind: TableKind, steps: Iterable[Step]) -> None:
        """Steps that change the same columns share a statement; a version that moved is stale."""
        groups: dict[frozenset[str], list[Step]] = {}
        for step in steps:
            groups.setdefault(frozenset(step.values), []).append(step)
        for names, group in groups.items():
            for chunk in _chunks(group):
                self._update_alike(kind, sorted(names), chunk)

    def _update_alike(self, kind: TableKind, names: list[str], steps: Sequence[Step]) -> None:
        t = table(MODELS[kind])
        saved = (
            update(t)
            .where(t.c.id == bindparam("at"), t.c.version == bindparam("seen"))
            .values(
                {name: bindparam(f"new_{name}") for name in names} | {"version": t.c.version + 1}
            )
        )
        rows = [
            {"at": step.id, "seen": step.version}
            | {f"new_{name}": self._new(step.values[name]) for name in names}
            for step in steps
        ]
        result = session().connection().execute(saved, rows)
        if result.rowcount != len(rows):
            raise Refused("import_stale")

    def _new(self, value: Any) -> Any:
        return self._id(value) if isinstance(value, Pending) else value

    # organizations

    def _organizations(self, steps: list[Step]) -> None:
        """Level by level, for a row needs its parent's id; paths follow when all have theirs."""
        waiting = [step for step in steps if step.verb is Verb.CREATED]
        while waiting:
            ready = [step for step in waiting if self._has_parent(step)]
            self._insert(TableKind.ORGANIZATIONS, ready)
            waiting = [step for step in waiting if not self._is_made(step)]
        changed = [step for step in steps if step.verb is Verb.CHANGED]
        self._update(TableKind.ORGANIZATIONS, changed)
        if any(step.verb is Verb.CREATED or "parent_id" in step.values for step in steps):
            _repair_paths()

    def _has_parent(self, step: Step) -> bool:
        parent = step.values["parent_id"]
        return not isinstance(parent, Pending) or (parent.kind, parent.code) in self.ids

    def _is_made(self, step: Step) -> bool:
        return (step.kind, step.code) in self.ids

    # venues

    def _spaces(self, steps: list[Step]) -> None:
        plans = [(step, step.spaces) for step in steps if step.spaces is not None]
        for chunk in _chunks([each for _, plan in plans for each in plan.dropped]):
            session().execute(delete(Space).where(Space.id.in_(chunk)))
        rows = [
            {"venue_id": self._id_of(step), "name": name, "is_outdoor": is_outdoor}
            for step, plan in plans
            for name, is_outdoor in plan.added
        ]
        for some in _chunks(rows):
            session().execute(insert(table(Space)), some)

    # activities

    def _campaign(self, choice: CampaignChoice, owner_id: int | None) -> int:
        if choice.id is not None:
            return choice.id
        made = Campaign(
            organization_id=self._id(choice.organization),
            slug=new_slug(),
            name=choice.name,
            observance_id=choice.observance_id,
            year=choice.year,
            starts_on=choice.starts_on,
            ends_on=choice.ends_on,
            owner_id=owner_id,
            tz=self.plan.tz,
            created_at=self.now,
            is_sample=choice.is_sample,
        )
        session().add(made)
        session().flush()
        return made.id

    def _supporters(self, steps: list[Step]) -> None:
        named = [step for step in steps if step.supporters is not None]
        old = [step.id for step in named if step.id is not None]
        for chunk in _chunks(old):
            session().execute(delete(support).where(support.c.activity_id.in_(chunk)))
        rows = [
            {"activity_id": self._id_of(step), "organization_id": self._id(each)}
            for step in named
            for each in step.supporters or ()
        ]
        for some in _chunks(rows):
            session().execute(insert(support), some)

    # what others must know

    def _applied(self) -> Applied:
        venues, teams = self._steps(TableKind.VENUES), self._steps(TableKind.TEAMS)
        experts = self._steps(TableKind.EXPERTS)
        changed = [step for step in venues if step.verb is Verb.CHANGED]
        return Applied(
            organization_id=self._home(),
            campaign_id=self.campaign_id,
            venues=self._named(venues),
            teams=self._named(teams),
            experts=self._named(experts),
            changed_venues=[self._id_of(step) for step in changed],
            moved_venues=[self._id_of(step) for step in changed if step.values.keys() & VISIBLE],
            changed_teams=[s.id for s in teams if s.id is not None],
            renamed=_renamed(self._steps(TableKind.ORGANIZATIONS)),
            renamed_experts=_renamed(experts),
        )

    def _named(self, steps: Iterable[Step]) -> list[tuple[int, str]]:
        return [(self._id_of(step), step.name) for step in steps if "name" in step.values]

    def _home(self) -> int:
        """The organization whose history tells of this import: the scope's, else the first root."""
        if self.plan.organization_id is not None:
            return self.plan.organization_id
        roots = select(Organization.id).where(Organization.parent_id.is_(None))
        return session().scalars(roots.order_by(Organization.id).limit(1)).one()


def _renamed(steps: Iterable[Step]) -> list[int]:
    """Ids of existing rows that have another name now."""
    return [step.id for step in steps if step.id is not None and "name" in step.values]


def _repair_paths() -> None:
    """Make every path follow from the parents, and write those that do not yet."""
    t = table(Organization)
    rows = session().execute(select(t.c.id, t.c.parent_id, t.c.path)).all()
    parents = {row.id: row.parent_id for row in rows}
    paths: dict[int | None, str] = {None: ""}

    def path(unit: int | None) -> str:
        if unit not in paths:
            assert unit is not None
            paths[unit] = f"{path(parents[unit])}{unit}."
        return paths[unit]

    wrong = [{"at": row.id, "to": path(row.id)} for row in rows if row.path != path(row.id)]
    if wrong:
        repair = update(t).where(t.c.id == bindparam("at")).values(path=bindparam("to"))
        session().connection().execute(repair, wrong)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]

"""Rows against what is stored: a Plan of what would be created and changed, or the problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any

from sqlalchemy import Row as Stored

from events.campaigns.states import ActivityState
from events.imports import campaign, leads, spaces, tree
from events.imports.columns import Column
from events.imports.judge import Judge, Values
from events.imports.plan import Pending, Plan, SpacePlan, Step, Target, Verb
from events.imports.problems import Problems
from events.imports.references import References
from events.imports.rows import ActivityRow, OrganizationRow, Row, VenueRow, columns
from events.imports.states import TableKind
from events.imports.tables import STEP, Numbered, Progress, Table
from events.imports.tree import Tree
from events.imports.world import World
from events.kernel.errors import Refused

WINDOW = ("wish_starts", "wish_ends")
_ORGANIZATIONS = TableKind.ORGANIZATIONS


def check(
    tables: Sequence[Table],
    world: World,
    problems: Problems,
    *,
    campaign_id: int | None,
    tz: str,
    progress: Progress,
) -> Plan:
    """What importing `tables` together would do; what speaks against it goes to `problems`."""
    leads.find(tables, world, problems)
    order = list(TableKind)
    tables = sorted(tables, key=lambda one: (order.index(one.kind), one.file))
    units = Tree.of(world, tables)
    references = References.of(world, tables)
    references.claimed[_ORGANIZATIONS] = _claimed_units(tables, world, units)
    judge = Judge(world=world, tree=units, problems=problems)
    checker = _Checker(world=world, references=references, judge=judge, tz=tz)
    checker.choose_campaign(tables, campaign_id)
    for table in tables:
        checker.check(table, progress)
    return Plan(
        organization_id=world.scope.organization_id,
        steps=checker.steps,
        counts=checker.counts,
        campaign=judge.choice if TableKind.ACTIVITIES in checker.steps else None,
        fingerprint=world.fingerprint,
        problems=problems,
        tz=tz,
    )


def _claimed_units(tables: Sequence[Table], world: World, units: Tree) -> set[str]:
    """Own codes, and codes of rows that could not be read and so are not known to be foreign."""
    claimed: set[str] = set()
    for table in tables:
        if table.kind is _ORGANIZATIONS:
            read = {one.row.code for one in table.rows}
            claimed |= {code for code in table.codes if code not in read or code in units.own}
    return {code for code in claimed if code not in world.above}


@dataclass(kw_only=True)
class _Checker:
    world: World
    references: References
    judge: Judge
    tz: str
    steps: dict[TableKind, list[Step]] = field(default_factory=dict)
    counts: dict[TableKind, Counter[Verb]] = field(default_factory=dict)

    def choose_campaign(self, tables: Sequence[Table], campaign_id: int | None) -> None:
        files = [table for table in tables if table.kind is TableKind.ACTIVITIES]
        rows = [
            one.row for table in files for one in table.rows if isinstance(one.row, ActivityRow)
        ]
        if not rows:
            return
        try:
            if campaign_id is not None:
                choice = campaign.chosen(campaign_id, self.world)
            else:
                choice = campaign.guessed(rows, self.world, self.references)
        except Refused as fault:
            self.judge.problems.add(files[0].file, None, None, fault.code, **fault.facts)
            return
        self.judge.choice = choice
        if choice.id is not None:
            self.world.load_activities(choice.id)

    def check(self, table: Table, progress: Progress) -> None:
        """Add the steps of one file."""
        if table.kind is _ORGANIZATIONS:
            self._place(table)
        for one in table.broken:
            self._targets(table, one)
        for done, one in enumerate(table.rows, 1):
            before = self.judge.problems.errors
            step = self._step(table, one)
            if self.judge.problems.errors == before:
                self._count(table.kind, step)
            if done % STEP == 0:
                progress(done, len(table.rows))

    def _count(self, kind: TableKind, step: Step | None) -> None:
        self.counts.setdefault(kind, Counter())[step.verb if step else Verb.UNCHANGED] += 1
        if step:
            self.steps.setdefault(kind, []).append(step)

    def _step(self, table: Table, one: Numbered) -> Step | None:
        self.judge.require_once(table, one)
        if isinstance(one.row, OrganizationRow) and one.row.code not in self.judge.tree.own:
            values = self._values(table, one.row, {"parent": None}, everything=False)
            self.judge.require_unchanged(table, one, one.row, values)
            return None
        stored = self._stored(table, one)
        targets = self._targets(table, one)
        values = self._values(table, one.row, targets, everything=stored is None)
        self.judge.check_row(table, one, stored, values)
        supporters = self._supporters(table, one, stored)
        if stored is None:
            return Step(
                kind=table.kind,
                verb=Verb.CREATED,
                row=one.number,
                code=one.row.code,
                name=_name(one.row),
                values=values | self._constants(one.row),
                spaces=self._spaces(table, one, None),
                supporters=supporters,
            )
        return self._change(table, one, stored, values, supporters)

    def _change(
        self,
        table: Table,
        one: Numbered,
        stored: Stored[Any],
        values: Values,
        supporters: tuple[Target, ...] | None,
    ) -> Step | None:
        changed = {name: new for name, new in values.items() if getattr(stored, name) != new}
        changes = self._changes(table, stored, changed)
        room = self._spaces(table, one, stored)
        if room is not None:
            changes |= self._changed_rooms(stored, room)
        if supporters is not None:
            changes |= self._changed_supporters(table, stored, supporters)
        if not changes:
            return None
        if table.kind is TableKind.ACTIVITIES and stored.state != ActivityState.DRAFT:
            self.judge.refuse(table, one, "code", "published_already", named=one.row.code)
        return Step(
            kind=table.kind,
            verb=Verb.CHANGED,
            row=one.number,
            code=one.row.code,
            name=_name(one.row),
            id=stored.id,
            version=stored.version,
            values=changed,
            changes=changes,
            spaces=room,
            supporters=supporters,
        )

    # what a row says

    def _values(
        self, table: Table, row: Row, targets: Mapping[str, Target], *, everything: bool
    ) -> Values:
        """Columns of the database as the row wants them: those of the file, or all."""
        values = {
            one.stored_as: targets[one.attribute]
            if one.attribute in targets
            else _stored_form(getattr(row, one.attribute))
            for one in columns(table.kind)
            if one.stored_as and (everything or table.has(one.attribute))
        }
        if isinstance(row, ActivityRow) and (everything or table.has("window")):
            values["wish_starts"], values["wish_ends"] = row.window or (None, None)
        if isinstance(row, OrganizationRow) and (table.has("note") or "expansion" in values):
            values["expansion"] = tree.expansion(row)
        return values

    def _targets(self, table: Table, one: Numbered) -> dict[str, Target]:
        """What the codes in a row's cells mean, of cells that hold one code."""
        targets: dict[str, Target] = {}
        for column in columns(table.kind):
            value = getattr(one.row, column.attribute)
            if column.refers is None:
                continue
            if isinstance(value, tuple):
                self._resolved(table, one, column, value)
            else:
                found = self._resolved(table, one, column, (value,) if value else ())
                targets[column.attribute] = found[0] if found else None
        return targets

    def _resolved(
        self, table: Table, one: Numbered, column: Column, codes: Sequence[str]
    ) -> list[Target]:
        assert column.refers
        found: list[Target] = []
        for code in codes:
            try:
                found.append(self.references.target(column.refers, code, own=column.is_own))
            except Refused as fault:
                self.judge.refuse(table, one, column.attribute, fault.code, **fault.facts)
        return found

    def _constants(self, row: Row) -> Values:
        """What no file says of a new row."""
        if isinstance(row, VenueRow):
            return {"tz": self.tz}
        if isinstance(row, ActivityRow):
            return {"state": ActivityState.DRAFT}
        return {"path": ""} if isinstance(row, OrganizationRow) else {}

    # what is stored

    def _stored(self, table: Table, one: Numbered) -> Stored[Any] | None:
        is_unit = table.kind is _ORGANIZATIONS
        rows = self.world.organizations if is_unit else self.world.rows.get(table.kind, {})
        found = rows.get(one.row.code, [])
        if len(found) > 1:
            self.judge.refuse(table, one, "code", "code_ambiguous", named=one.row.code)
        return found[0] if found else None

    def _changes(
        self, table: Table, stored: Stored[Any], changed: Values
    ) -> dict[str, tuple[str, str]]:
        described = columns(table.kind)
        by_name = {one.stored_as or one.attribute: one for one in described}
        said: dict[str, tuple[str, str]] = {}
        for name, new in changed.items():
            if name in WINDOW:
                heading = table.headings["window"]
                said[heading] = (
                    _span(getattr(stored, each) for each in WINDOW),
                    _span(changed.get(each, getattr(stored, each)) for each in WINDOW),
                )
                continue
            one = by_name.get(name)
            heading = table.headings.get(one.attribute, name) if one else name
            refers = one.refers if one else None
            old = getattr(stored, name)
            said[heading] = (self._shown(refers, old), self._shown(refers, new))
        return said

    def _shown(self, refers: TableKind | None, value: Any) -> str:
        if refers is not None and isinstance(value, int | Pending):
            return self.references.code(refers, value)
        return _text(value)

    # organizations

    def _place(self, table: Table) -> None:
        """Build the tree as it would be, before any row is judged."""
        if not table.has("parent"):
            return
        for one in table.rows:
            row = one.row
            assert isinstance(row, OrganizationRow)
            try:
                unit = self.references.target(_ORGANIZATIONS, row.code, own=True)
                parent = row.parent and self.references.target(
                    _ORGANIZATIONS, row.parent, own=False
                )
            except Refused:
                continue  # said when the row itself is judged
            self.judge.tree.place(unit, parent or None)

    # venues

    def _spaces(self, table: Table, one: Numbered, stored: Stored[Any] | None) -> SpacePlan | None:
        row = one.row
        if not isinstance(row, VenueRow):
            return None
        there = self.world.spaces.get(stored.id, []) if stored is not None else []
        indoor, outdoor = row.indoor_capacity, row.outdoor_capacity
        if stored is not None and not table.has("indoor_capacity"):
            indoor = stored.indoor_capacity
        if stored is not None and not table.has("outdoor_capacity"):
            outdoor = stored.outdoor_capacity
        inside, outside = spaces.wanted(
            rooms=row.rooms, indoor=indoor, outdoor=outdoor, stored=there
        )
        plan, kept = spaces.plan(
            inside=inside, outside=outside, facilities=row.facilities, stored=there
        )
        if kept:
            names = ", ".join(kept)
            self.judge.refuse(table, one, "rooms", "spaces_kept", spaces=names, named=row.code)
        return plan

    def _changed_rooms(self, stored: Stored[Any], room: SpacePlan) -> dict[str, tuple[str, str]]:
        if not room.added and not room.dropped:
            return {}
        there = self.world.spaces.get(stored.id, [])
        old = [space.name for space in there]
        new = [space.name for space in there if space.id not in room.dropped]
        new += [name for name, _ in room.added]
        return {"rooms": (_text(old), _text(new))}

    # activities

    def _supporters(
        self, table: Table, one: Numbered, stored: Stored[Any] | None
    ) -> tuple[Target, ...] | None:
        row = one.row
        if not isinstance(row, ActivityRow) or (stored and not table.has("supporters")):
            return None
        found = []
        for code in row.supporters:
            try:
                found.append(self.references.target(_ORGANIZATIONS, code, own=False))
            except Refused:
                continue  # said by _targets already
        return tuple(dict.fromkeys(found))

    def _changed_supporters(
        self, table: Table, stored: Stored[Any], supporters: tuple[Target, ...]
    ) -> dict[str, tuple[str, str]]:
        there = self.world.supporters.get(stored.id, [])
        if set(there) == set(supporters):
            return {}
        old = sorted(self.references.code(_ORGANIZATIONS, each) for each in there)
        new = sorted(self.references.code(_ORGANIZATIONS, each) for each in supporters)
        return {table.headings["supporters"]: (_text(old), _text(new))}


def _name(row: Row) -> str:
    return row.title if isinstance(row, ActivityRow) else row.name


def _stored_form(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _span(times: Iterable[time | None]) -> str:
    return "-".join(f"{each:%H:%M}" for each in times if each)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value
        case list() | tuple():
            return ";".join(str(each) for each in value)
        case _:
            return str(value)

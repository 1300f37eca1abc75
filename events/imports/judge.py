"""What no row may do, whatever else it says: each method adds the problems that it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row as Stored

from events.imports import tree
from events.imports.plan import CampaignChoice, Pending, Target
from events.imports.problems import Problems
from events.imports.rows import ActivityRow, OrganizationRow, VenueRow
from events.imports.states import TableKind
from events.imports.tables import Numbered, Table
from events.imports.tree import Tree
from events.imports.world import World
from events.kernel.recurrence import Rule

Values = dict[str, Any]
_ORGANIZATIONS = TableKind.ORGANIZATIONS


@dataclass(kw_only=True)
class Judge:
    """Looks at rows one by one. places: where each code was met first."""

    world: World
    tree: Tree
    problems: Problems
    choice: CampaignChoice | None = None
    places: dict[tuple[TableKind, str], str] = field(default_factory=dict)

    def check_row(
        self, table: Table, one: Numbered, stored: Stored[Any] | None, values: Values
    ) -> None:
        """What is wrong with a row whose cells and references are right. values: as stored."""
        if isinstance(one.row, OrganizationRow):
            self._check_organization(table, one, one.row, stored, values)
        elif isinstance(one.row, ActivityRow):
            self._check_activity(table, one, one.row)
        elif isinstance(one.row, VenueRow) and one.row.rain_backup == one.row.code:
            self.refuse(table, one, "rain_backup", "backup_is_itself")

    def require_once(self, table: Table, one: Numbered) -> None:
        """A code may stand once in all files of an import (within one file, tables.py looks)."""
        here = f"{table.file}:{one.number}"
        first = self.places.setdefault((table.kind, one.row.code), here)
        if first != here:
            self.refuse(table, one, "code", "code_twice", named=one.row.code, first=first)

    def require_unchanged(
        self, table: Table, one: Numbered, row: OrganizationRow, values: Values
    ) -> None:
        """A row outside the scope may stand in the file as long as it says what is stored."""
        values = {name: value for name, value in values.items() if name != "parent_id"}
        for stored in self.world.elsewhere.get(row.code, []):
            above = self.world.units.get(stored.parent_id)
            is_there = not table.has("parent") or row.parent == (above.code if above else None)
            if is_there and all(getattr(stored, name) == new for name, new in values.items()):
                return
        self.refuse(table, one, "code", "outside_your_organizations", named=row.code)

    def refuse(
        self, table: Table, one: Numbered, attribute: str, code: str, **facts: object
    ) -> None:
        """Note a problem of one row, at the column that the file calls `attribute` by its name."""
        heading = table.headings.get(attribute)
        self.problems.add(table.file, one.number, heading, code, **facts)

    def _check_organization(
        self,
        table: Table,
        one: Numbered,
        row: OrganizationRow,
        stored: Stored[Any] | None,
        values: Values,
    ) -> None:
        unit: Target = stored.id if stored else Pending(_ORGANIZATIONS, row.code)
        if fault := self.tree.fault(unit):
            self.refuse(table, one, "parent", fault, named=row.code, most=tree.MOST_LEVELS)
        if stored is None or values.get("parent_id", stored.parent_id) == stored.parent_id:
            return
        parent = self.world.units.get(values["parent_id"])
        if parent is not None and not self.world.scope.holds(parent.path):
            self.refuse(table, one, "parent", "outside_your_organizations", named=parent.code)
        elif row.parent is None and self.world.scope.path:
            self.refuse(table, one, "parent", "outside_your_organizations", named=row.code)

    def _check_activity(self, table: Table, one: Numbered, row: ActivityRow) -> None:
        first, last = row.wish_from, row.wish_until
        if first and last and last < first:
            facts = {"from": first, "until": last}
            self.refuse(table, one, "wish_until", "dates_reversed", **facts)
        elif self.choice and (first or last):
            self._check_days(table, one, row)
        if row.wish_rule and not last and not Rule.parse(row.wish_rule).is_bounded:
            self.refuse(table, one, "wish_rule", "rule_endless")
        if row.window:
            start, end = row.window
            minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
            if row.duration_min > minutes:
                self.refuse(
                    table,
                    one,
                    "window",
                    "duration_too_long",
                    duration=row.duration_min,
                    window=minutes,
                )

    def _check_days(self, table: Table, one: Numbered, row: ActivityRow) -> None:
        assert self.choice
        first = row.wish_from or row.wish_until
        last = row.wish_until or row.wish_from
        assert first
        assert last
        begins = self.choice.starts_on - timedelta(days=self.choice.warmup_days)
        if last < begins or first > self.choice.ends_on:
            self.refuse(
                table,
                one,
                "wish_from",
                "outside_campaign",
                starts=self.choice.starts_on,
                ends=self.choice.ends_on,
            )

"""Rows of organizations as a tree: which are the importer's own; nobody stands above itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.identity.states import Expansion, Kind
from events.imports.plan import Target
from events.imports.rows import OrganizationRow
from events.imports.states import TableKind
from events.imports.tables import Table
from events.imports.world import World

MOST_LEVELS = 16


@dataclass(kw_only=True)
class Tree:
    """The tree as it would be. own: codes that the scope may hold; other rows must not change."""

    world: World
    own: frozenset[str]
    parents: dict[Target, Target] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, tables: Iterable[Table]) -> Tree:
        """Of all files of organizations in one import."""
        rows = [
            one.row
            for table in tables
            if table.kind is TableKind.ORGANIZATIONS
            for one in table.rows
            if isinstance(one.row, OrganizationRow)
        ]
        return cls(world=world, own=_own(world, {row.code: row.parent for row in rows}))

    def place(self, unit: Target, parent: Target) -> None:
        """Put `unit` below `parent`."""
        self.parents[unit] = parent

    def fault(self, unit: Target) -> str | None:
        """The code of what is wrong above `unit`, if anything is."""
        above, levels = self._above(unit), 1
        while above is not None:
            if above == unit:
                return "parent_circle"
            if levels == MOST_LEVELS:
                return "tree_too_deep"
            above, levels = self._above(above), levels + 1
        return None

    def _above(self, unit: Target) -> Target:
        if unit in self.parents:
            return self.parents[unit]
        stored = self.world.units.get(unit) if isinstance(unit, int) else None
        return stored.parent_id if stored is not None else None


def expansion(row: OrganizationRow) -> Expansion | None:
    """Whom a collective name stands for, as the row says or as its words mean."""
    if row.kind is not Kind.GROUP:
        return None
    words = f"{row.note} {row.name}"
    if row.expansion is not None:
        return row.expansion
    if "level=town" in words or "乡镇" in words:
        return Expansion.TOWNS
    return Expansion.DEPARTMENTS if "成员单位" in words else None


def _own(world: World, parents: dict[str, str | None]) -> frozenset[str]:
    """Codes that lie in the scope: stored there, or below one that does."""
    if not world.scope.path:
        return frozenset(parents)
    own: dict[str, bool] = {}
    for code in parents:
        chain: list[str] = []
        at: str | None = code
        while at is not None and at in parents and at not in own and at not in chain:
            if at in world.organizations:
                break
            chain.append(at)
            at = parents[at]
        is_own = at is not None and (own.get(at) or at in world.organizations)
        own |= dict.fromkeys(chain, bool(is_own))
        own.setdefault(code, bool(is_own))
    return frozenset(code for code, is_own in own.items() if is_own)

"""Codes to rows: within the importing scope, and within the same import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.imports.plan import Pending, Target
from events.imports.states import TableKind
from events.imports.tables import Table
from events.imports.world import World
from events.kernel.errors import Refused

UNKNOWN = {
    TableKind.ORGANIZATIONS: "organization_unknown",
    TableKind.VENUES: "venue_unknown",
}


@dataclass(kw_only=True)
class References:
    """Answers what a code means. claimed: codes of each table that this import's rows carry."""

    world: World
    claimed: dict[TableKind, set[str]]
    known: dict[tuple[TableKind, str, bool], Target] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, tables: Iterable[Table]) -> References:
        """Of all tables of one import together."""
        claimed: dict[TableKind, set[str]] = {kind: set() for kind in TableKind}
        for one in tables:
            claimed[one.kind] |= one.codes.keys()
        return cls(world=world, claimed=claimed)

    def target(self, kind: TableKind, code: str, *, own: bool) -> Target:
        """The row of `kind` with `code`; own: not one above the scope.

        Raises Refused("organization_unknown" | "venue_unknown" | "code_ambiguous", named=).
        """
        key = (kind, code, own)
        if key not in self.known:
            self.known[key] = self._find(kind, code, own=own)
        return self.known[key]

    def code(self, kind: TableKind, target: Target) -> str:
        """The code of a target, for the preview."""
        if isinstance(target, Pending):
            return target.code
        if target is None:
            return ""
        if kind is TableKind.VENUES:
            return self.world.venue_codes.get(target, "?")
        unit = self.world.units.get(target)
        return unit.code if unit is not None else "?"

    def _find(self, kind: TableKind, code: str, *, own: bool) -> Target:
        is_unit = kind is TableKind.ORGANIZATIONS
        stored = self.world.organizations if is_unit else self.world.rows.get(kind, {})
        found = stored.get(code, [])
        if not found and is_unit and not own:
            found = self.world.above.get(code, [])
        if len(found) > 1:
            raise Refused("code_ambiguous", named=code)
        if found:
            return int(found[0].id)
        is_elsewhere = is_unit and code in self.world.elsewhere
        if code in self.claimed[kind] and not is_elsewhere:
            return Pending(kind, code)
        raise Refused(UNKNOWN[kind], named=code)

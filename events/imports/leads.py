"""Lead units that a file gives by name only: the code that the name stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from events.imports.problems import Problems
from events.imports.rows import ActivityRow, OrganizationRow
from events.imports.states import TableKind
from events.imports.tables import Numbered, Table
from events.imports.world import World


def find(tables: Sequence[Table], world: World, problems: Problems) -> None:
    """Give each activity without its lead unit's code the code of the one unit with that name.

    A name that no unit of the scope (nor of this import) has, or several have, is a problem.
    """
    codes = _codes(tables, world)
    for table in tables:
        if table.kind is TableKind.ACTIVITIES and table.has("lead_name"):
            table.headings.setdefault("lead", table.headings["lead_name"])
            rows = [_named(table, one, codes, problems) for one in table.rows]
            table.rows = [one for one in rows if _is_led(one)]
            table.broken += [one for one in rows if not _is_led(one)]


def _codes(tables: Sequence[Table], world: World) -> dict[str, set[str]]:
    """The codes of every name."""
    codes: dict[str, set[str]] = defaultdict(set)
    for code, found in world.organizations.items():
        for unit in found:
            codes[unit.name].add(code)
    for table in tables:
        for one in table.rows:
            if isinstance(one.row, OrganizationRow):
                codes[one.row.name].add(one.row.code)
    return codes


def _named(table: Table, one: Numbered, codes: dict[str, set[str]], problems: Problems) -> Numbered:
    row = one.row
    if not isinstance(row, ActivityRow) or row.lead:
        return one
    found = codes.get(row.lead_name, set())
    if len(found) == 1:
        return replace(one, row=replace(row, lead=next(iter(found))))
    code = "name_ambiguous" if found else "name_unknown"
    problems.add(table.file, one.number, table.headings["lead_name"], code, named=row.lead_name)
    return one


def _is_led(one: Numbered) -> bool:
    return isinstance(one.row, ActivityRow) and bool(one.row.lead)

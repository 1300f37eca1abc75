"""From files to a plan: read, parse, check. Writes nothing, holds no transaction meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.imports import check, read, tables, world
from events.imports.lines import Limits, Unreadable
from events.imports.plan import Plan
from events.imports.problems import Problems
from events.imports.states import TableKind
from events.imports.tables import Progress, Table
from events.imports.world import Scope
from events.kernel.db import session


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that somebody brought."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan, and the tables that the files turned out to be."""

    plan: Plan
    kinds: tuple[TableKind, ...]


def prepare(
    files: Sequence[File],
    scope: Scope,
    limits: Limits,
    progress: Progress,
    *,
    campaign_id: int | None = None,
) -> Prepared:
    """What importing `files` together into `scope` would do.

    progress: told of rows done and rows in all; a row counts half when read, half when checked.
    """
    problems = Problems()

    def reading(done: int, total: int) -> None:
        progress(done // 2, total)

    def checking(done: int, total: int) -> None:
        progress((total + done) // 2, total)

    found = [one for file in files if (one := _parse(file, limits, problems, reading))]
    kinds = tuple(one.kind for one in found)
    here = world.load(scope, kinds)
    plan = check.check(
        found, here, problems, campaign_id=campaign_id, tz=limits.tz, progress=checking
    )
    session().rollback()  # let go of what was read, before anybody writes
    return Prepared(plan=plan, kinds=kinds)


def _parse(file: File, limits: Limits, problems: Problems, progress: Progress) -> Table | None:
    try:
        contents = read.read(file.content, limits)
    except Unreadable as fault:
        problems.add(file.name, None, None, fault.code, **fault.facts)
        return None
    return tables.parse(file.name, contents, problems, progress)

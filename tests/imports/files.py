"""Files as people bring them, and short ways to import them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl.workbook.workbook import Workbook

from events.flows.import_files import import_files
from events.imports.lines import Limits, Unreadable
from events.imports.outcome import Outcome
from events.imports.problems import Problems
from events.imports.read import read
from events.imports.tables import Table, parse
from events.kernel.db import db
from tests.cast import NOW

DEMO = Path(__file__).resolve().parents[2] / "events" / "demo_data"
LIMITS = Limits(rows=100_000, bytes=32 * 1024 * 1024)
HEADS = {
    "organizations": "org_id,name,level,org_type,parent_id",
    "venues": "venue_id,name,kind,region_id,manager_org_id,capacity_indoor,rooms,facilities",
    "teams": "team_id,name,host_org_id,base_venue_id,service_area",
    "experts": "expert_id,label,org_id",
    "kits": "kit_id,name,kind,owner_org_id,home_venue_id",
    "activities": "activity_id,title_zh,duration_min,lead_org_id,support_org_ids,preferred_start,"
    "preferred_end,linked_observance",
}


def csv_of(kind: str, *rows: str) -> str:
    """A CSV with the headings of HEADS."""
    return "\n".join((HEADS[kind], *rows)) + "\n"


def xlsx_of(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with one sheet."""
    book = workbook()
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def workbook() -> Any:
    """An empty workbook with one sheet."""
    return Workbook()  # type: ignore[no-untyped-call]


def saved(book: Any) -> bytes:
    """The bytes of a workbook."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def xlsx_of_csv(text: str) -> bytes:
    """A workbook with the cells of a CSV, numbers as numbers."""
    rows = csv.reader(io.StringIO(text))
    return xlsx_of([[int(c) if c.isdigit() else c for c in row] for row in rows])


def parsed(content: bytes | str, limits: Limits = LIMITS) -> tuple[Table | None, Problems]:
    """A file as typed rows, with what is wrong."""
    problems = Problems()
    plain = content.encode() if isinstance(content, str) else content
    return parse("file", read(plain, limits), problems, lambda _done, _total: None), problems


def found(problems: Problems | Outcome) -> list[tuple[int | None, str | None, str]]:
    """Problems as (row, column, code)."""
    kept = problems.in_order() if isinstance(problems, Problems) else problems.problems
    return [(one.row, one.column, one.code) for one in kept]


def problem_of(content: bytes) -> tuple[object, str]:
    """Why a file cannot be read at all: (row, code)."""
    try:
        table, problems = parsed(content)
    except Unreadable as fault:
        return fault.facts.get("row"), fault.code
    assert table is None
    (one,) = problems
    return one.row, one.code


def do_import(folder: Path, campaign: str | None = None, **files: str) -> Outcome:
    """Import `files` (name=content) together, as the command does."""
    place = folder / "import"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for name, content in files.items():
        (place / f"{name}.csv").write_text(content, "utf-8")
    return import_path(place, campaign=campaign)


def import_path(path: Path, *, dry_run: bool = False, campaign: str | None = None) -> Outcome:
    """Import what lies at `path`."""
    from flask import current_app

    settings = current_app.extensions["kepu"]
    return import_files(path, campaign=campaign, dry_run=dry_run, now=NOW, settings=settings)


def stored() -> dict[str, list[dict[str, object]]]:
    """Every table that an import can write, without what differs between two equal imports."""
    names = "organization venue space team expert kit campaign activity support"
    names = f"{names} change touch audience feed"
    leave = {"slug", "nonce", "created_at", "title"}
    with db.engine.connect() as connection:
        return {
            name: sorted(
                (
                    {k: v for k, v in row._mapping.items() if k not in leave}
                    for row in connection.execute(db.metadata.tables[name].select())
                ),
                key=lambda row: str(sorted(row.items(), key=str)),
            )
            for name in names.split()
        }

"""The shapes that files are read into, and what every file is bounded by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from events.config import Settings
from events.imports.parsing import clean
from events.kernel.errors import Refused

MOST_COLUMNS = 100
MOST_CHARACTERS = 20_000

Cell = str | Refused


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What this installation accepts, and the zone of what it makes."""

    rows: int
    bytes: int
    tz: str = "Asia/Shanghai"

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits of an installation."""
        return cls(
            rows=settings.import_max_rows, bytes=settings.import_max_bytes, tz=settings.timezone
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line that is not empty. row: as a spreadsheet numbers it, 1 = the first.

    cells: cleaned text, or the Refused that says why the cell cannot be read.
    """

    row: int
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The lines of a file. total: how many rows to expect, for a progress bar."""

    lines: Iterator[Line]
    total: int
    ignored_sheets: tuple[str, ...] = ()


class Unreadable(Refused):
    """The file as a whole cannot be read; facts may hold the `row` where that became clear."""


def bounded(lines: Iterator[tuple[int, list[Cell]]], limits: Limits) -> Iterator[Line]:
    """Lines without the empty ones. Raises Unreadable when they are too many or too wide."""
    count = -1  # the headings are no row
    for row, cells in lines:
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", row=row, most=MOST_COLUMNS)
        count += 1
        if count > limits.rows:
            raise Unreadable("too_many_rows", row=row, most=limits.rows)
        yield Line(row=row, cells=cells)


def cell(text: str) -> Cell:
    """A cell's text cleaned; refused when no cell of any table is that long."""
    if len(text) > MOST_CHARACTERS:
        return Refused("text_too_long", most=MOST_CHARACTERS, length=len(text))
    return clean(text)

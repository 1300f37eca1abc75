"""From lines to typed rows: which table a file is, which column is which, what each cell says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from events.imports.columns import Column
from events.imports.lines import Cell, Contents, Line, Unreadable
from events.imports.problems import Problems
from events.imports.rows import ROWS, Row, columns
from events.imports.states import TableKind
from events.kernel.errors import Refused
from events.kernel.texts import say

COMMENT = "#"
MOST_REMEMBERED = 4096
STEP = 500  # rows between two looks at the clock

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row and its number in the sheet."""

    number: int
    row: Row


@dataclass(kw_only=True)
class Table:
    """One file as rows. headings: of each attribute the file has, as the file writes it.

    broken: rows of which only what their cells refer to can be checked; codes: every code that
    a row claims, also a broken one, and the row's number.
    """

    kind: TableKind
    file: str
    headings: dict[str, str]
    rows: list[Numbered] = field(default_factory=list)
    broken: list[Numbered] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def has(self, attribute: str) -> bool:
        """Whether the file has the column of `attribute`."""
        return attribute in self.headings


def parse(file: str, contents: Contents, problems: Problems, progress: Progress) -> Table | None:
    """The rows of a file; what is wrong goes to `problems`. None when the file is unreadable."""
    if contents.ignored_sheets:
        problems.add(file, None, None, "sheets_ignored", sheets=", ".join(contents.ignored_sheets))
    try:
        first = next(contents.lines, None)
        if first is None:
            raise Unreadable("file_empty")  # noqa: TRY301 - the same answer as for any file
        reader = _Reader.of(file, first, problems)
        reader.read(contents, progress)
    except Unreadable as fault:
        facts = dict(fault.facts)
        row = facts.pop("row", None)
        problems.add(file, row if isinstance(row, int) else None, None, fault.code, **facts)
        return None
    return reader.table


def template(kind: TableKind, language: str) -> list[list[str]]:
    """The first lines of an empty table: headings, and a comment (skipped when read) under them."""
    described = columns(kind)
    headings = [one.heading(language) for one in described]
    hints = [
        " ".join(filter(None, (one.format.said(language), needed(kind, one, language))))
        for one in described
    ]
    return [headings, [f"{COMMENT} {hints[0]}", *hints[1:]]]


def needed(kind: TableKind, column: Column, language: str) -> str:
    """Whether a column must be filled in, in words."""
    if not column.is_required:
        return ""
    other = [one for one in columns(kind) if one.attribute == column.or_else]
    if not other:
        return say(language, "required")
    heading = other[0].heading(language)
    return say(language, "required, unless “%(heading)s” is filled in", heading=heading)


@dataclass(kw_only=True)
class _Field:
    """A column of this file: where it stands, how it is called, what was read before."""

    at: int
    heading: str
    column: Column
    known: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class _Reader:
    table: Table
    fields: list[_Field]
    named: frozenset[int]
    required: frozenset[str]
    instead: dict[str, int]
    problems: Problems

    @classmethod
    def of(cls, file: str, first: Line, problems: Problems) -> _Reader:
        texts = [cell if isinstance(cell, str) else "" for cell in first.cells]
        kind = _kind(texts)
        fields = _fields(kind, texts)
        reader = cls(
            table=Table(
                kind=kind, file=file, headings={f.column.attribute: f.heading for f in fields}
            ),
            fields=fields,
            named=frozenset(at for at in range(len(texts)) if texts[at]),
            required=frozenset(one.attribute for one in columns(kind) if one.is_required),
            instead={
                one.attribute: f.at
                for one in columns(kind)
                for f in fields
                if f.column.attribute == one.or_else
            },
            problems=problems,
        )
        reader._check_headings(first.row, texts)
        return reader

    def read(self, contents: Contents, progress: Progress) -> None:
        count = 0
        for count, line in enumerate(self._data(contents.lines), 1):
            self._read(line)
            if count % STEP == 0:
                progress(count, max(count, contents.total))
        self.table.total = count
        progress(count, count)

    def _data(self, lines: Iterator[Line]) -> Iterator[Line]:
        for line in lines:
            first = line.cells[0]
            if not (isinstance(first, str) and first.startswith(COMMENT)):
                yield line

    def _check_headings(self, row: int, texts: list[str]) -> None:
        table = self.table
        seen: set[str] = set()
        for text in filter(None, texts):
            attribute = _names(table.kind).get(_plain(text))
            if attribute is None:
                self.problems.add(table.file, row, text, "column_unknown", heading=text)
            elif attribute in seen:
                self.problems.add(table.file, row, text, "column_twice", heading=text)
            seen.add(attribute or "")
        for one in columns(table.kind):
            if one.is_required and not table.has(one.attribute) and not table.has(one.or_else):
                self.problems.add(table.file, row, one.name, "column_missing", heading=_called(one))

    def _read(self, line: Line) -> None:
        before = self.problems.errors
        otherwise = self._given_otherwise(line)
        values: dict[str, Any] = dict.fromkeys(otherwise, "")
        for one in self.fields:
            text = line.cells[one.at] if one.at < len(line.cells) else ""
            if text or one.column.attribute not in otherwise:
                self._value(one, line.row, text, values)
        self._refuse_unnamed(line)
        code = values.get("code")
        if code is not None and not self._is_new(code, line.row):
            return
        missing: dict[str, Any] = dict.fromkeys(self.required - values.keys())
        row = Numbered(line.row, ROWS[self.table.kind](**missing | values))
        is_sound = self.problems.errors == before and not missing
        (self.table.rows if is_sound else self.table.broken).append(row)

    def _value(self, one: _Field, row: int, text: Cell, values: dict[str, Any]) -> None:
        if text == "":
            if one.column.is_required:
                self.problems.add(self.table.file, row, one.heading, "value_missing")
            return
        try:
            values[one.column.attribute] = _parsed(one, text)
        except Refused as fault:
            facts = {"value": text if isinstance(text, str) else ""} | fault.facts
            self.problems.add(self.table.file, row, one.heading, fault.code, **facts)

    def _given_otherwise(self, line: Line) -> list[str]:
        """Attributes that this row need not have, as it fills in what may stand instead."""
        return [
            attribute
            for attribute, at in self.instead.items()
            if at < len(line.cells) and line.cells[at] != ""
        ]

    def _refuse_unnamed(self, line: Line) -> None:
        for at, value in enumerate(line.cells):
            if at not in self.named and value != "":
                self.problems.add(
                    self.table.file, line.row, None, "cell_without_heading", value=value
                )
                return

    def _is_new(self, code: str, row: int) -> bool:
        first = self.table.codes.setdefault(code, row)
        if first == row:
            return True
        heading = self.table.headings["code"]
        self.problems.add(self.table.file, row, heading, "code_twice", named=code, first=first)
        return False


def _parsed(one: _Field, text: Cell) -> Any:
    if isinstance(text, Refused):
        raise text
    if text in one.known:
        return one.known[text]
    value = one.column.format.parse(text)
    if len(one.known) < MOST_REMEMBERED:
        one.known[text] = value
    return value


def _kind(texts: list[str]) -> TableKind:
    """The table whose columns these headings are. Raises Unreadable("kind_unknown")."""
    plain = {_plain(text) for text in texts if text}
    fits = {
        kind: len({_names(kind)[one] for one in plain if one in _names(kind)})
        for kind in TableKind
        if any(_names(kind).get(one) == "code" for one in plain)
    }
    best = [kind for kind, fit in fits.items() if fit == max(fits.values())]
    if len(best) != 1:
        raise Unreadable("kind_unknown", headings=", ".join(filter(None, texts)))
    return best[0]


def _fields(kind: TableKind, texts: list[str]) -> list[_Field]:
    described = {one.attribute: one for one in columns(kind)}
    found: dict[str, _Field] = {}
    for at, text in enumerate(texts):
        attribute = _names(kind).get(_plain(text)) if text else None
        if attribute and attribute not in found:
            found[attribute] = _Field(at=at, heading=text, column=described[attribute])
    return list(found.values())


@cache
def _names(kind: TableKind) -> dict[str, str]:
    """Every heading that a column answers to, and its attribute; earlier columns win."""
    names: dict[str, str] = {}
    for one in columns(kind):
        for name in (one.name, *one.zh):
            names.setdefault(_plain(name), one.attribute)
    return names


def _plain(heading: str) -> str:
    """A heading without case, spaces, stars and what stands in brackets."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return re.sub(r"\([^)]*\)|[\s*:_\-]", "", text)


def _called(one: Column) -> str:
    return f"{one.name} ({one.zh[0]})"

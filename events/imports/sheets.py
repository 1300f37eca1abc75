"""The lines of an XLSX file's first sheet.

Its parts are measured before anything is opened: declared sizes, their ratio to what is stored,
and how many XML elements one row holds, for openpyxl keeps a row's elements in memory. Formulas
are not calculated and not trusted: such a cell is a problem that says what to do.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from openpyxl.reader.excel import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from events.imports.lines import (
    MOST_COLUMNS,
    Cell,
    Contents,
    Limits,
    Line,
    Unreadable,
    bounded,
    cell,
)
from events.kernel.errors import Refused

CHUNK = 1024 * 1024
STEP = 200
MOST_GROWN = 8  # times the bytes that a file may have
MOST_RATIO = 200
SMALL = 1024 * 1024  # below it a ratio says nothing
MOST_SMALL_PART = 4 * 1024 * 1024  # styles, relations: read whole
MOST_PARTS = 2000
MOST_RECORDS = 1_048_576  # rows of a sheet
MOST_ELEMENTS = 40_000  # of one record: 16,384 cells and their values
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    expat.ExpatError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)


def read(content: bytes, limits: Limits) -> Contents:
    """The lines of the first visible sheet, read while they are iterated. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of formats that do not matter here
            _measure(content, limits)
            book: Any = load_workbook(  # type: ignore[no-untyped-call]
                io.BytesIO(content), read_only=True, keep_links=False
            )
    except _BROKEN as fault:
        raise Unreadable("xlsx_broken") from fault
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Unreadable("file_empty")
    first, *others = sheets
    return Contents(
        lines=_lines(first, limits),
        total=min(first.max_row or 0, limits.rows),
        ignored_sheets=tuple(sheet.title for sheet in others if not _is_empty(sheet)),
    )


def _lines(sheet: Any, limits: Limits) -> Iterator[Line]:
    try:
        yield from bounded(_cells(sheet), limits)
    except Unreadable:
        raise
    except _BROKEN as fault:
        raise Unreadable("xlsx_broken") from fault


def _cells(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Rows as wide as the first one that is not empty, and one cell more, which must be empty."""
    sheet.reset_dimensions()  # what a file says of its size need not be true
    for row, texts in _filled(sheet, 1, MOST_COLUMNS + 1):
        yield row, texts
        width = 1 + max(at for at, text in enumerate(texts, 1) if text != "")
        yield from _filled(sheet, row + 1, width)
        return


def _filled(sheet: Any, first: int, width: int) -> Iterator[tuple[int, list[Cell]]]:
    """Rows from `first` on that are not empty."""
    found = sheet.iter_rows(min_row=first, max_col=width, max_row=MOST_RECORDS)
    gap = None
    for row, cells in enumerate(_quietly(found), first):
        if cells is gap or all(one.value is None for one in cells):
            gap = cells  # openpyxl fills a gap with one and the same row
        else:
            yield row, [_text(one.value, one.data_type) for one in cells]


def _quietly(found: Iterator[Any]) -> Iterator[Any]:
    """The same without openpyxl's warnings, which would reach whoever runs meanwhile."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            some = list(islice(found, STEP))
        if not some:
            return
        yield from some


def _is_empty(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=5, values_only=True)
    return not any(value is not None for row in rows for value in row)


def _text(value: object, kind: str) -> Cell:
    """A cell as a CSV would write it."""
    if value is None:
        return ""
    if kind == "f":
        return Refused("cell_formula")
    if kind == "e":
        return Refused("cell_error", value=str(value))
    if isinstance(value, str):
        return cell(value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time(0) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _measure(content: bytes, limits: Limits) -> None:
    """Raise Unreadable("xlsx_bomb") when a part would grow beyond what a table can be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        grown = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or grown > MOST_GROWN * limits.bytes:
            raise Unreadable("xlsx_bomb")
        for part in parts:
            if part.file_size > max(SMALL, MOST_RATIO * part.compress_size):
                raise Unreadable("xlsx_bomb")
            _measure_part(archive, part)


def _measure_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if "/worksheets/sheet" in name or name.endswith("sharedstrings.xml"):
        with archive.open(part) as source:
            _measure_records(source)
    elif name.endswith((".xml", ".rels")) and part.file_size > MOST_SMALL_PART:
        raise Unreadable("xlsx_bomb")


def _measure_records(source: IO[bytes]) -> None:
    """Count rows (or shared strings) and the elements of each; a document type is refused."""
    elements = records = 0

    def start(name: str, _attributes: object) -> None:
        nonlocal elements, records
        elements += 1
        if name.rpartition(":")[2] in {"row", "si"}:
            records += 1
            elements = 0
        if elements > MOST_ELEMENTS or records > MOST_RECORDS:
            raise Unreadable("xlsx_bomb")

    def doctype(*_parts: object) -> None:
        raise Unreadable("xlsx_bomb")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    while chunk := source.read(CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)

"""The lines of an uploaded file: CSV here, XLSX in sheets.py. Nothing of it is trusted."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from events.imports.lines import (
    MOST_CHARACTERS,
    Cell,
    Contents,
    Limits,
    Line,
    Unreadable,
    bounded,
    cell,
)

CHUNK = 1024 * 1024
DELIMITERS = ",;\t"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def read(content: bytes, limits: Limits) -> Contents:
    """The lines of a CSV or XLSX file, read while they are iterated.

    Raises Unreadable, also while iterating: file_too_large, file_empty, old_excel, not_a_table,
    encoding_unknown, csv_broken, xlsx_broken, xlsx_bomb, too_many_rows, too_many_columns.
    """
    if len(content) > limits.bytes:
        raise Unreadable("file_too_large", size=len(content), most=limits.bytes)
    if not content.strip():
        raise Unreadable("file_empty")
    if content.startswith(_OLE):
        raise Unreadable("old_excel")
    if content.startswith(_ZIP):
        from events.imports import sheets  # noqa: PLC0415 - few processes ever need openpyxl

        return sheets.read(content, limits)
    return Contents(lines=_csv_lines(content, limits), total=content.count(b"\n"))


def _csv_lines(content: bytes, limits: Limits) -> Iterator[Line]:
    return bounded(_csv_cells(content, _encoding(content)), limits)


def _csv_cells(content: bytes, encoding: str) -> Iterator[tuple[int, list[Cell]]]:
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as source:
        delimiter = _delimiter(source)
        source.seek(0)
        row = 0
        try:
            for row, cells in enumerate(csv.reader(source, delimiter=delimiter, strict=True), 1):
                yield row, [cell(text) for text in cells]
        except csv.Error:
            raise Unreadable("csv_broken", row=row + 1) from None


def _encoding(content: bytes) -> str:
    """utf-8-sig, utf-16 or gb18030 (GBK is a part of it). Raises Unreadable."""
    if content.startswith(_UTF16) and _is(content, "utf-16"):
        return "utf-16"
    if b"\x00" in content:
        raise Unreadable("not_a_table")
    for encoding in ("utf-8-sig", "gb18030"):
        if _is(content, encoding):
            return encoding
    raise Unreadable("encoding_unknown")


def _is(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content), CHUNK):
            decoder.decode(content[at : at + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(source: io.TextIOWrapper) -> str:
    """The sign that most often stands in the first line that is not empty."""
    for line in iter(lambda: source.readline(MOST_CHARACTERS), ""):
        if line.strip():
            return max(DELIMITERS, key=line.count)
    return ","

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time as hour

import pytest

from events.imports import words
from events.imports.lines import MOST_COLUMNS, Limits
from events.imports.rows import columns
from events.imports.states import TableKind
from events.imports.tables import template
from tests.effort import calls_of
from tests.imports.files import (
    DEMO,
    LIMITS,
    csv_of,
    found,
    parsed,
    problem_of,
    saved,
    workbook,
    xlsx_of,
    xlsx_of_csv,
)

EXPERTS = "expert_id,label,org_id,note\nP01,专家01,XA-KX,第一行\n\nP02,专家02,XA-KX,\n,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_way_to_write_a_csv_gives_the_same_rows(encoding: str, sign: str) -> None:
    table, problems = parsed(EXPERTS.replace(",", sign).encode(encoding))
    assert found(problems) == []
    assert table
    assert table.kind is TableKind.EXPERTS
    rows = [(one.number, one.row.code, one.row.name, one.row.note) for one in table.rows]  # type: ignore[union-attr]
    assert rows == [(2, "P01", "专家01", "第一行"), (4, "P02", "专家02", "")]


def test_a_workbook_gives_the_same_rows_as_its_csv() -> None:
    for file in DEMO.glob("*.csv"):
        text = file.read_text("utf-8")
        from_csv, from_xlsx = parsed(text), parsed(xlsx_of_csv(text))
        assert from_csv[0] == from_xlsx[0]
        assert found(from_csv[1]) == found(from_xlsx[1]) == []


def test_cells_of_a_workbook_are_read_as_they_look() -> None:
    head = ["activity_id", "title_zh", "duration_min", "lead_org_id", "preferred_start", "outdoor"]
    row = [1001, 3.0, 90.0, "XA-KX", datetime(2025, 9, 6), True]
    more = ["A2", "夜", 90, "XA-KX", date(2025, 9, 7), "否"]
    table, problems = parsed(xlsx_of([head, row, more]))
    assert found(problems) == []
    assert table
    seen = [
        (r.code, r.title, r.duration_min, r.wish_from, r.is_outdoor)  # type: ignore[union-attr]
        for r in (one.row for one in table.rows)
    ]
    assert seen == [
        ("1001", "3", 90, date(2025, 9, 6), True),
        ("A2", "夜", 90, date(2025, 9, 7), False),
    ]


def test_a_formula_and_an_error_are_named_with_their_cells() -> None:
    rows: list[list[object]] = [["expert_id", "label", "org_id"], ["P01", '=HYPERLINK("x")', "A"]]
    _, problems = parsed(xlsx_of([*rows, ["P02", "#N/A", hour(9, 30)]]))
    assert found(problems) == [(2, "label", "cell_formula"), (3, "label", "cell_error")]


def test_chinese_headings_are_understood() -> None:
    head = "场馆编号*, 场馆名称（必填） ,类型,管理单位编号,室内容量"
    table, problems = parsed(f"{head}\nV01,科技馆,科技馆,XA-KX,６０\n")
    assert found(problems) == []
    assert table
    assert table.kind is TableKind.VENUES
    assert table.rows[0].row.indoor_capacity == 60  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", TableKind)
def test_a_template_is_understood_as_its_own_table(kind: TableKind, language: str) -> None:
    head, hints = template(kind, language)
    assert len(head) == len(hints) == len(columns(kind))
    table, problems = parsed(xlsx_of([list(head), list(hints)]))
    assert table
    assert (table.kind, table.rows, found(problems)) == (kind, [], [])
    assert table.headings.keys() == {one.attribute for one in columns(kind)}


def test_problems_of_headings_are_named() -> None:
    text = "expert_id,label,Label,color,\nP01,专家01,x,red,stray\n"
    _, problems = parsed(text)
    assert found(problems) == [
        (1, "Label", "column_twice"),
        (1, "org_id", "column_missing"),
        (2, None, "cell_without_heading"),
        (1, "color", "column_unknown"),
    ]


def test_problems_of_cells_are_named_with_row_and_column() -> None:
    text = csv_of(
        "venues", "V1,馆,科技馆,,XA,-5,两间,", ",馆,科技馆,,XA,1,1,", "V1,馆,科技馆,,XA,1,1,"
    )
    _, problems = parsed(text)
    assert found(problems) == [
        (2, "capacity_indoor", "number_outside"),
        (2, "rooms", "number_unreadable"),
        (3, "venue_id", "value_missing"),
        (4, "venue_id", "code_twice"),
    ]
    assert words.at(problems.kept[0]) == "file:2:capacity_indoor"
    assert words.text(problems.kept[0], "en") == (
        "-5 lies outside what is possible: from 0 to 1000000."
    )


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "file_empty", None),
        (b" \n\n", "file_empty", None),
        (b"\xef\xbb\xbf\n", "file_empty", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_excel", None),
        (b"%PDF-1.7\x00\x00", "not_a_table", None),
        (b"expert_id,label\n\xff\xff\xff,1\n", "encoding_unknown", None),
        (b"a,b,c\n1,2,3\n", "kind_unknown", None),
        (b'expert_id,label,org_id\nP1,"open,XA\nP2,x,XA\n', "csv_broken", 2),
        (b'expert_id,label,org_id\nP1,x,XA\nP2,"a"b,XA\n', "csv_broken", 3),
        (b"PK\x03\x04 not a zip", "xlsx_broken", None),
        (b"expert_id," + b"a," * MOST_COLUMNS + b"b\n", "too_many_columns", 1),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, code: str, row: int | None) -> None:
    assert problem_of(content) == (row, code)


def test_rows_past_the_limit_are_refused() -> None:
    limits = Limits(rows=2, bytes=LIMITS.bytes)
    lines = ["expert_id,label,org_id", *(f"P{n},专家,XA" for n in range(3))]
    for content in ("\n".join(lines).encode(), xlsx_of_csv("\n".join(lines))):
        table, problems = parsed(content, limits)
        assert table is None
        assert found(problems) == [(4, None, "too_many_rows")]
    table, _ = parsed("\n".join(lines[:3]), limits)
    assert table


def test_a_cell_of_megabytes_is_a_problem_not_a_crash() -> None:
    _, problems = parsed("expert_id,label,org_id\nP1," + "长" * 30_000 + ",XA\n")
    assert found(problems) == [(2, "label", "text_too_long")]
    table, problems = parsed("expert_id,label,org_id\nP1," + "长" * 200_000 + ",XA\n")
    assert table is None
    assert found(problems) == [(2, None, "csv_broken")]


def test_other_sheets_are_told_of() -> None:
    book = workbook()
    book.active.append(["expert_id", "label", "org_id"])
    book.active.append(["P1", "专家", "XA"])
    book.create_sheet("空")
    book.create_sheet("旧").append(["x"])
    table, problems = parsed(saved(book))
    assert table
    assert len(table.rows) == 1
    assert [(one.code, one.facts) for one in problems] == [("sheets_ignored", {"sheets": "旧"})]


def _bomb(name: str, part: bytes) -> bytes:
    """A workbook with one part exchanged."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_of([["expert_id", "label", "org_id"]])))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for one in source.infolist():
            target.writestr(one.filename, part if one.filename == name else source.read(one))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (SHEET, OPEN + b" " * 60_000_000 + CLOSE),
        (SHEET, OPEN + b"<row>" + b"<c/>" * 200_000 + b"</row>" + CLOSE),
        (SHEET, OPEN + b"<row/>" * 1_100_000 + CLOSE),
        ("xl/styles.xml", b"<a>" + b"<b/><c/><d/>" * 400_000 + b"</a>"),
        (SHEET, b'<!DOCTYPE a [<!ENTITY b "ha">]>' + OPEN + CLOSE),
    ],
    ids=["ratio", "one endless row", "a million rows", "styles", "document type"],
)
def test_a_bomb_is_refused_with_little_work(name: str, part: bytes) -> None:
    content = _bomb(name, part)
    assert calls_of(lambda: problem_of(content)) < 1_000_000
    assert problem_of(content) == (None, "xlsx_bomb")


def test_a_workbook_with_broken_sheet_says_so() -> None:
    assert problem_of(_bomb(SHEET, OPEN + b"<row><c></row>")) == (None, "xlsx_broken")


def test_a_row_number_beyond_all_sheets_ends_the_table() -> None:
    cell = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
    table, problems = parsed(_bomb(SHEET, OPEN + cell % (10**12, 10**12) + CLOSE))
    assert table is None
    assert found(problems) == [(None, None, "file_empty")]


def test_every_sentence_belongs_to_a_code_that_occurs() -> None:
    folders = (DEMO.parent / "imports", DEMO.parent / "kernel", DEMO.parent / "flows")
    source = "".join(
        file.read_text("utf-8")
        for folder in folders
        for file in folder.glob("*.py")
        if file.name not in {"words.py", "problems.py"}
    )
    assert {code for code in words.TEXTS if f'"{code}"' not in source} == set()


def test_every_code_that_occurs_has_a_sentence() -> None:
    kernel = (DEMO.parent / "kernel" / name for name in ("hours.py", "recurrence.py"))
    files = [*(DEMO.parent / "imports").glob("*.py"), *kernel]
    source = "".join(file.read_text("utf-8") for file in files)
    codes = set(re.findall(r'(?:Refused|Unreadable)\(\s*"(\w+)"', source))
    later = {"rule_too_many", "import_state", "import_has_problems"}  # of forms, not of files
    assert codes - words.TEXTS.keys() == later

"""Holidays and make-up workdays from a file that an administrator hands in: JSON, CSV or ICS.

JSON: a list of {"date", "kind" or "isOffDay", "name"}, or {"days": [...]}.
CSV: a line of headings, in English or Chinese: date (日期), optionally until (至), kind (类型),
name (名称). ICS: all-day entries; 班 or 休 in the title says which, or X-APPLE-SPECIAL-DAY.
Nothing is stored here; a file with any problem is refused whole, each problem with its row.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from events.days.rules import Problem, day_problems
from events.observances.daytypes import Special
from events.observances.states import DayKind

MOST_DAYS = 500
KINDS = {
    **dict.fromkeys(
        ("holiday", "休", "休息", "放假", "假期", "节假日", "true", "work-holiday"), "holiday"
    ),
    **dict.fromkeys(("makeup", "workday", "班", "上班", "补班", "调休", "调休上班"), "makeup"),
    **dict.fromkeys(("调休上班日", "补班日", "false", "alternate-workday"), "makeup"),
}
HEADINGS = {
    **dict.fromkeys(("date", "day", "first", "日期", "开始日期", "自"), "date"),
    **dict.fromkeys(("until", "last", "至", "结束日期", "止"), "until"),
    **dict.fromkeys(("kind", "type", "类型", "类别"), "kind"),
    **dict.fromkeys(("name", "名称", "节日", "假日名称"), "name"),
}
_MAKEUP = re.compile(r"班|make-?up|workday", re.IGNORECASE)
_NAME = re.compile(r"[((【\[].*?[))】\]]|休|班|补|假期|放假|调休|上|第\d+天|共\d+天|\s")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it stands in the file."""

    number: int
    first: str
    last: str
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file says: its days in order, and what is wrong with it."""

    days: tuple[Special, ...]
    problems: tuple[Problem, ...]


def read(content: bytes, *, year: int) -> Found:
    """The days of the notice on `year`; which format it is, its first sign says."""
    try:
        text = _text(content)
        rows = list(_rows(text))
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error, RecursionError):
        return Found(days=(), problems=(Problem(row=0, code="file_unreadable"),))
    days: list[tuple[int, Special]] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            days += [(row.number, special) for special in _specials(row)]
        except _Wrong as wrong:
            problems.append(wrong.problem)
        if len(days) > MOST_DAYS:
            return Found(days=(), problems=(Problem(row=row.number, code="too_many_days"),))
    problems += day_problems(days, year)
    if not days and not problems:
        problems.append(Problem(row=0, code="nothing_found"))
    ordered = sorted((special for _, special in days), key=lambda one: one.day)
    return Found(days=tuple(ordered), problems=tuple(sorted(problems, key=lambda p: p.row)))


def written(days: tuple[Special, ...]) -> str:
    """The days as JSON that `read` takes."""
    rows = [{"date": d.day.isoformat(), "kind": d.kind.value, "name": d.name} for d in days]
    return json.dumps(rows, ensure_ascii=False)


class _Wrong(Exception):
    def __init__(self, row: Row, code: str, value: str) -> None:
        super().__init__(code)
        self.problem = Problem(row=row.number, code=code, facts={"value": value[:40]})


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _rows(text: str) -> Iterator[Row]:
    start = text.lstrip()
    if start[:1] in {"[", "{"}:
        return _from_json(json.loads(start))
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return _from_calendar(start)
    return _from_table(text)


def _from_json(top: Any) -> Iterator[Row]:
    days = top["days"] if isinstance(top, dict) else top
    for number, one in enumerate(days, 1):
        kind = one["isOffDay"] if "isOffDay" in one else one.get("kind", one.get("type", ""))
        day = str(one.get("date", ""))
        last = str(one.get("until") or day)
        name = str(one.get("name", ""))
        yield Row(number=number, first=day, last=last, kind=str(kind), name=name)


def _from_table(text: str) -> Iterator[Row]:
    dialect = "excel-tab" if "\t" in text.split("\n", 1)[0] else "excel"
    table = csv.reader(io.StringIO(text), dialect)
    heads = [HEADINGS.get(head.strip().lower(), "") for head in next(table, [])]
    if not {"date", "kind", "name"} <= set(heads):
        raise ValueError("headings")
    for number, cells in enumerate(table, 2):
        one = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
        if any(one.values()):
            day = one.get("date", "")
            last = one.get("until") or day
            yield Row(
                number=number,
                first=day,
                last=last,
                kind=one.get("kind", ""),
                name=one.get("name", ""),
            )


def _from_calendar(text: str) -> Iterator[Row]:
    """Each VEVENT, numbered as it comes. DTEND is exclusive (RFC 5545, 3.6.1)."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    facts: dict[str, str] | None = None
    number = 0
    for line in lines:
        name, _, value = line.partition(":")
        name = name.split(";", 1)[0].upper()
        if line.upper() == "BEGIN:VEVENT":
            facts, number = {}, number + 1
        elif line.upper() == "END:VEVENT" and facts is not None:
            yield _entry(number, facts)
            facts = None
        elif facts is not None:
            facts.setdefault(name, value.strip())


def _entry(number: int, facts: dict[str, str]) -> Row:
    title = facts.get("SUMMARY", "").replace("\\,", ",").replace("\\;", ";")
    special = facts.get("X-APPLE-SPECIAL-DAY", "").lower()
    kind = special or ("makeup" if _MAKEUP.search(title) else "holiday")
    first = facts.get("DTSTART", "")[:8]
    last = first
    if facts.get("DTEND", "")[:8] > first:
        last = (_day(facts["DTEND"][:8]) - timedelta(days=1)).isoformat()
    return Row(number=number, first=first, last=last, kind=kind, name=_NAME.sub("", title) or title)


def _specials(row: Row) -> Iterator[Special]:
    kind = KINDS.get(row.kind.strip().lower())
    if kind is None:
        raise _Wrong(row, "kind_unknown", row.kind)
    try:
        first, last = _day(row.first), _day(row.last)
    except ValueError as fault:
        raise _Wrong(row, "date_unreadable", row.first) from fault
    if not 0 <= (last - first).days < 60:
        raise _Wrong(row, "date_unreadable", row.last)
    for step in range((last - first).days + 1):
        yield Special(day=first + timedelta(days=step), kind=DayKind(kind), name=row.name.strip())


def _day(text: str) -> date:
    """2027-01-01, 20270101, 2027/1/1 and 2027年1月1日."""
    parts = re.fullmatch(r"\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?\s*", text)
    if parts is None:
        raise ValueError(text)
    return date(*map(int, parts.groups()))

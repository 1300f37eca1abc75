"""How faults are told: the table, the row by its name, the field in words, in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from typing import TypeVar

from events.planner.answer import Fault, Sentence
from events.planner.faults.fields import FIELDS
from events.planner.problem import Expert, Kit, Site, Team, Venue, Volunteer, Window
from events.planner.wording import Said, Template

_Thing = TypeVar("_Thing", Expert, Kit, Site, Team, Venue, Volunteer)

MOST_TOLD = 100
"""So many faults of a kind are told; then only the next table is looked at."""
LARGEST = 10**9
"""No number of a problem is larger: minutes of 1,900 years."""
MOST_PARTS = 10_000
"""So many windows, references or places one row may have."""

_TOO_MANY = Template(
    "{table}太多：{count}条，最多{most}条", "Too many {table}: {count}, {most} at most"
)
_DOUBLED = Template("{row}的编号“{name}”重复", "{row}: the id “{name}” is used twice")
_NAMELESS = Template("{row}没有编号", "{row} has no id")
_UNKNOWN = Template("{row}的{field}“{name}”不存在", "{row}: {field} “{name}” does not exist")
_TWICE = Template("{row}的{field}“{name}”出现两次", "{row}: {field} “{name}” is there twice")
_SMALL = Template(
    "{row}的{field}不能小于{least}，现为{value}",
    "{row}: {field} must be {least} or more, not {value}",
)
_LARGE = Template(
    "{row}的{field}不能大于{most}，现为{value}",
    "{row}: {field} must be {most} or less, not {value}",
)
_ENDS_EARLY = Template("{row}的{field}在开始之前就结束了", "{row}: {field} end before they begin")
_PARTS = Template("{row}的{field}太多，最多{most}个", "{row}: too many {field}, {most} at most")


@dataclass(slots=True)
class Report:
    """Faults of one table, told in its order."""

    kind: str
    path: str
    """The table's name in the problem: `activities`."""
    row: Sentence
    """One row of it in words: 活动, activity."""
    found: list[Fault] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether enough is told of this table."""
        return len(self.found) >= MOST_TOLD

    def tell(self, where: str, said: Template, /, **facts: Said) -> None:
        """One fault; `where` leads from the table on: "[3].visitors"."""
        if not self.full:
            self.found.append(Fault(self.kind, f"{self.path}{where}", said.fill(**facts)))

    def short_enough(self, rows: Sized, most: int) -> bool:
        """Whether the table can be read at all; told if not."""
        if len(rows) > most:
            self.tell("", _TOO_MANY, table=self.row, count=len(rows), most=most)
        return len(rows) <= most

    def rows(self, table: Sequence[_Thing], most: int) -> Iterator[tuple[Row, _Thing]]:
        """Each row of a table that can be read at all, by its name; their ids are asked first."""
        if self.short_enough(table, most):
            self.ids(one.id for one in table)
            for at, one in enumerate(table):
                yield self.of(at, one.name or one.id), one

    def ids(self, ids: Iterable[str]) -> None:
        """Every row has an id of its own."""
        seen: set[str] = set()
        for at, one in enumerate(ids):
            if not one:
                self.tell(f"[{at}].id", _NAMELESS, row=self.named(at))
            elif one in seen:
                self.tell(f"[{at}].id", _DOUBLED, row=self.named(at), name=clip(one))
            seen.add(one)

    def named(self, at: int, name: str = "") -> Sentence:
        """A row by its name, or by its number."""
        if name:
            return Sentence(f"{self.row.zh}“{clip(name)}”", f"{self.row.en} “{clip(name)}”")
        return Sentence(f"第{at + 1}个{self.row.zh}", f"{self.row.en} no. {at + 1}")

    def of(self, at: int, name: str = "") -> Row:
        """Questions about one row."""
        return Row(self, f"[{at}]", self.named(at, name))


@dataclass(frozen=True, slots=True)
class Row:
    """Questions about the fields of one row; each tells what is wrong."""

    report: Report
    where: str
    row: Sentence

    def tell(self, path: str, said: Template, /, **facts: Said) -> None:
        """One fault of a field: "seats", "open[2].start", "contract.most_run"."""
        words = FIELDS[path.partition("[")[0].rpartition(".")[2]]
        self.report.tell(f"{self.where}.{path}", said, row=self.row, field=words, **facts)

    def number(self, name: str, value: int | None, least: int = 0, most: int = LARGEST) -> None:
        """A number, if there is one, lies between two others, both inclusive."""
        if value is not None and value < least:
            self.tell(name, _SMALL, least=least, value=_shown(value))
        elif value is not None and value > most:
            self.tell(name, _LARGE, most=most, value=_shown(value))

    def known(self, name: str, value: str | None, among: Collection[str]) -> None:
        """A reference, if there is one, leads somewhere."""
        if value is not None and value not in among:
            self.tell(name, _UNKNOWN, name=clip(value))

    def all_known(self, name: str, values: Collection[str], among: Collection[str]) -> None:
        """Every reference leads somewhere; those of a tuple are told with their position."""
        if not self.few(name, values):
            return
        if isinstance(values, tuple):
            for at, value in enumerate(values):
                self.known(f"{name}[{at}]", value, among)
        else:
            for value in sorted(value for value in values if value not in among):
                self.known(name, value, among)

    def once(self, name: str, values: Sequence[str]) -> None:
        """No value stands there twice."""
        seen: set[str] = set()
        for at, value in enumerate(values[:MOST_PARTS]):
            if value in seen:
                self.tell(f"{name}[{at}]", _TWICE, name=clip(value))
            seen.add(value)

    def windows(self, name: str, windows: Sequence[Window]) -> None:
        """Every window begins before it ends, and not in another age."""
        if not self.few(name, windows):
            return
        for at, window in enumerate(windows):
            if window.end <= window.start:
                self.tell(f"{name}[{at}]", _ENDS_EARLY)
            self.number(f"{name}[{at}].start", window.start, -LARGEST)
            self.number(f"{name}[{at}].end", window.end, -LARGEST)

    def few(self, name: str, parts: Sized) -> bool:
        """Whether a field has not too many parts."""
        if len(parts) > MOST_PARTS:
            self.tell(name, _PARTS, most=MOST_PARTS)
        return len(parts) <= MOST_PARTS


def clip(name: str) -> str:
    """A name short enough for a sentence."""
    return name if len(name) <= 40 else name[:39] + "…"


def _shown(value: int) -> str:
    """A number short enough for a sentence."""
    if abs(value) < 10**15:
        return str(value)
    return "< -10^15" if value < 0 else "> 10^15"

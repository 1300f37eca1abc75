"""What is wrong with a file, each at its row and column; and the list that collects them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MOST_KEPT = 1000
MOST_OF_A_VALUE = 60
MOST_OF_A_FACT = 300
WARNINGS = frozenset(
    {
        "column_unknown",
        "duration_too_long",
        "import_stale",
        "outside_campaign",
        "sheets_ignored",
        "spaces_kept",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to put right.

    row: as the sheet numbers it (1 = headings), None = the file; column: the heading as the file
    writes it; the sentence of `code` stands in words.py.
    """

    file: str
    row: int | None = None
    column: str | None = None
    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        """Whether the import can go on all the same."""
        return self.code in WARNINGS

    @classmethod
    def stored(cls, plain: dict[str, Any]) -> Problem:
        """From its plain form."""
        return cls(**plain)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Problems:
    """The first MOST_KEPT problems in order, and how many there were."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.errors = 0
        self.warnings = 0

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.kept)

    def add(
        self, file: str, row: int | None, column: str | None, code: str, **facts: object
    ) -> None:
        """Note one more; texts among its facts are shortened."""
        problem = Problem(file=file, row=row, column=column, code=code)
        if problem.is_warning:
            self.warnings += 1
        else:
            self.errors += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(replace(problem, facts=_short(facts)))

    def in_order(self) -> tuple[Problem, ...]:
        """What is kept, errors first, then by file and row."""
        return tuple(sorted(self.kept, key=lambda p: (p.is_warning, p.file, p.row or 0)))


def _short(facts: dict[str, object]) -> dict[str, Any]:
    return {
        name: _plain(value, MOST_OF_A_VALUE if name == "value" else MOST_OF_A_FACT)
        for name, value in facts.items()
    }


def _plain(value: object, most: int) -> object:
    if isinstance(value, int | float):
        return value
    text = str(value)
    return text if len(text) <= most else text[: most - 1] + "…"

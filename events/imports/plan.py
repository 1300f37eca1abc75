"""What an import would do: steps that the write transaction carries out without thinking."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from events.imports.problems import MOST_KEPT, Problem, Problems
from events.imports.states import TableKind

MOST_SHOWN = 200

Fingerprint = dict[str, list[int]]


class Verb(StrEnum):
    """What happens to a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Pending:
    """A row of this import that has no id yet."""

    kind: TableKind
    code: str


Target = int | Pending | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SpacePlan:
    """added: (name, is it outdoors); dropped: ids of spaces that nobody ever booked."""

    added: tuple[tuple[str, bool], ...] = ()
    dropped: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One row to write. values: columns of the table, all when created, else those that change.

    changes: heading -> (old, new) as texts, for the preview; supporters: None = leave them.
    """

    kind: TableKind
    verb: Verb
    row: int
    code: str
    name: str
    id: int | None = None
    version: int | None = None
    values: dict[str, Any]
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    spaces: SpacePlan | None = None
    supporters: tuple[Target, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class CampaignChoice:
    """The activities' campaign: the one with `id`, or a new one of `organization`."""

    id: int | None
    organization: Target
    name: str
    observance_id: str | None
    year: int
    starts_on: date
    ends_on: date
    warmup_days: int = 0
    is_sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All steps of an import by table, in the order in which tables are written."""

    organization_id: int | None
    steps: dict[TableKind, list[Step]]
    counts: dict[TableKind, Counter[Verb]]
    campaign: CampaignChoice | None
    fingerprint: Fingerprint
    problems: Problems
    tz: str

    @property
    def is_applicable(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.problems.errors

    def changes_nothing(self) -> bool:
        """Whether every row is stored as it is already."""
        return not any(self.steps.values())

    def digest(self) -> str:
        """Equal for two checks of one file that would do the same."""
        sum_ = hashlib.sha256(repr(self.campaign).encode())
        for steps in self.steps.values():
            for step in steps:
                said = (step.kind, step.verb, step.code, step.id, step.changes)
                sum_.update(repr(said).encode())
        return sum_.hexdigest()

    def summary(self) -> dict[str, Any]:
        """Counts, the campaign and the first rows, as JSON for the preview."""
        return {
            "digest": self.digest(),
            "counts": self.plain_counts(),
            "errors": self.problems.errors,
            "warnings": self.problems.warnings,
            "campaign": self.campaign and {"id": self.campaign.id, "name": self.campaign.name},
            "rows": [_shown(step) for step in self._first(MOST_SHOWN)],
        }

    def plain_counts(self) -> dict[str, dict[str, int]]:
        """Rows by table and verb, as JSON."""
        return {
            str(kind): {str(verb): n for verb, n in count.items()}
            for kind, count in self.counts.items()
        }

    def stored_problems(self, *more: Problem) -> list[dict[str, Any]]:
        """Problems as JSON, `more` before the others."""
        return [one.plain() for one in (*more, *self.problems.in_order())][:MOST_KEPT]

    def _first(self, most: int) -> Iterable[Step]:
        """Changed rows first: what they were is what a person wants to see."""
        steps = [step for steps in self.steps.values() for step in steps]
        steps.sort(key=lambda step: step.verb is Verb.CREATED)
        return steps[:most]


def _shown(step: Step) -> dict[str, Any]:
    return {
        "table": str(step.kind),
        "verb": str(step.verb),
        "row": step.row,
        "code": step.code,
        "name": step.name,
        "changes": {name: list(pair) for name, pair in step.changes.items()},
    }

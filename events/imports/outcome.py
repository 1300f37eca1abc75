"""What an import by command came to, for people who read a terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from events.imports import words
from events.imports.plan import Plan, Verb
from events.imports.problems import Problem
from events.imports.states import TableKind
from events.kernel.texts import say, say_many


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


NAMES = {
    TableKind.ORGANIZATIONS: _("organizations"),
    TableKind.VENUES: _("venues"),
    TableKind.TEAMS: _("teams"),
    TableKind.EXPERTS: _("experts"),
    TableKind.KITS: _("kits"),
    TableKind.ACTIVITIES: _("activities"),
}
COUNTED = _("%(name)s: %(created)s created, %(changed)s changed, %(unchanged)s unchanged")
APPLIED = _("Imported.")
NOTHING = _("Everything is stored like this already.")
DRY = _("Dry run: nothing was written.")
EMPTY = _("The file has no rows yet.")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was, or would be, done.

    created, changed, unchanged: rows of each table; problems: errors, and then nothing was
    written; warnings: what was ignored; problem_count: of all errors, also those not kept.
    """

    created: dict[TableKind, int]
    changed: dict[TableKind, int]
    unchanged: dict[TableKind, int]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    problem_count: int
    is_dry_run: bool
    language: str

    @classmethod
    def of(cls, plan: Plan, *, dry_run: bool, language: str) -> Outcome:
        """Of a plan that was carried out, or looked at."""
        kept = plan.problems.in_order()
        return cls(
            created=_rows(plan.counts, Verb.CREATED),
            changed=_rows(plan.counts, Verb.CHANGED),
            unchanged=_rows(plan.counts, Verb.UNCHANGED),
            problems=tuple(one for one in kept if not one.is_warning),
            warnings=tuple(one for one in kept if one.is_warning),
            problem_count=plan.problems.errors,
            is_dry_run=dry_run,
            language=language,
        )

    def problem_lines(self) -> list[str]:
        """One line each: "venues.csv:17:name: why, and what to do"."""
        return [
            f"{words.at(one)}: {words.text(one, self.language)}"
            for one in (*self.problems, *self.warnings)
        ]

    def summary(self) -> str:
        """A line a table, and one that says what became of it."""
        return "\n".join((*(self._counted(kind) for kind in self.created), self._result()))

    def _counted(self, kind: TableKind) -> str:
        return say(
            self.language,
            COUNTED,
            name=say(self.language, NAMES[kind]),
            created=self.created[kind],
            changed=self.changed[kind],
            unchanged=self.unchanged[kind],
        )

    def _result(self) -> str:
        if self.problem_count:
            return say_many(
                self.language,
                "%(num)s problem: nothing was written.",
                "%(num)s problems: nothing was written.",
                self.problem_count,
            )
        if not self.created:
            return say(self.language, EMPTY)
        if self.is_dry_run:
            return say(self.language, DRY)
        is_same = not any((*self.created.values(), *self.changed.values()))
        return say(self.language, NOTHING if is_same else APPLIED)


def _rows(counts: dict[TableKind, Counter[Verb]], verb: Verb) -> dict[TableKind, int]:
    return {kind: counts[kind][verb] for kind in TableKind if kind in counts}

"""What a rule is: an id, its sentence in both languages, and what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from events.planner.answer import Violation
from events.planner.laid import Overview
from events.planner.wording import Names, Said, Template


@dataclass(frozen=True, slots=True)
class Found:
    """One case of a broken rule: whom it concerns, by how much, and what its sentence says."""

    facts: Mapping[str, Said]
    activities: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    amount: int = 1


class Seen(Overview):
    """What rules look at: an overview of the plan, and the names for their sentences."""

    @property
    def names(self) -> Names:
        """How things are called; made when the first broken rule asks."""
        if self._names is None:
            self._names = Names(self.problem)
        return self._names

    _names: Names | None = None


Search = Callable[[Seen], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule or a part of one: H1 to H11, what it says when broken, how it is found.

    is_owed: as its violations are.
    """

    id: str
    says: Template
    search: Search
    is_owed: bool = False

    def broken(self, seen: Seen) -> Iterator[Violation]:
        """Every case in which a plan breaks this rule."""
        for found in self.search(seen):
            sentence = self.says.fill(**found.facts)
            yield Violation(
                self.id, found.activities, sentence, found.amount, found.others, self.is_owed
            )


def rule(number: str, zh: str, en: str, *, is_owed: bool = False) -> Callable[[Search], Rule]:
    """Makes a rule of the function that finds where it is broken."""
    return lambda search: Rule(number, Template(zh, en), search, is_owed)

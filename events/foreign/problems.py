"""What is wrong with a foreign calendar: each named at its event, or the file refused whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_KEPT = 500
MOST_OF_A_TEXT = 80


class Unusable(Exception):
    """The calendar is refused as a whole; the sentence of `code` stands in words.py."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Unreadable(Exception):
    """One event, or one value of it, cannot be read."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class BadValue(Unreadable):
    """A date, time, duration or offset that is none; whoever asked for it says what it was."""

    def __init__(self, value: str) -> None:
        super().__init__("value", value=shown(value))


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong with one event.

    line: where the event begins in the file; is_kept: whether the event was read all the same.
    """

    code: str
    line: int
    uid: str = ""
    summary: str = ""
    is_kept: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def stored(cls, plain: dict[str, Any]) -> Problem:
        """Back from JSON."""
        return cls(**plain)


def shown(value: str) -> str:
    """A foreign text for a message: one line, not too long, no control characters."""
    line = "".join(c if c.isprintable() else " " for c in value[: 4 * MOST_OF_A_TEXT])
    short = " ".join(line.split())
    return short if len(short) <= MOST_OF_A_TEXT else short[: MOST_OF_A_TEXT - 1] + "…"

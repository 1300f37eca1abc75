"""Refusals: a code that a person can act on, with the facts that explain it."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no. Doors turn it into a form error, a 409 or a 422.

    code: a stable word such as "space_too_small"; field: the form field it concerns, if any;
    facts: what the message needs (holds=60, needs=80). The text lives in the message catalogue
    under the code, so that every language can say it.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        """The code and its facts, for logs."""
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(Exception):
    """There is no such row, or it is not the asker's to see: the two look alike on purpose."""


class Forbidden(Exception):
    """The asker is known and lacks the permission for what they can see."""

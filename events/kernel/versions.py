"""Saving over what one has seen, and nothing newer."""

from __future__ import annotations

from sqlalchemy.orm.exc import StaleDataError

from events.kernel.db import Versioned


def require_version(row: Versioned, seen: int) -> None:
    """Raise StaleDataError when `row` has been saved since its version `seen` was read."""
    if row.version != seen:
        raise StaleDataError(f"{type(row).__name__} is at version {row.version}, not {seen}")

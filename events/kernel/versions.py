"""Saving over what one has seen, and nothing newer."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from events.kernel.db import Versioned


def require_version(row: Versioned, seen: int) -> None:
    """Raise StaleDataError when `row` has been saved since its version `seen` was read.

    Else the row gets a new version with this transaction, even if only rows that belong to it
    (a campaign's targets, a draft's sessions) are changed.
    """
    if row.version != seen:
        raise StaleDataError(f"{type(row).__name__} is at version {row.version}, not {seen}")
    columns = inspect(type(row)).column_attrs.keys()
    touched = next(name for name in columns if name not in {"id", "version"})
    getattr(row, touched)  # only what is loaded can be flagged
    flag_modified(row, touched)

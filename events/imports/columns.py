"""How a column of an imported table is described: its headings, its format, what it refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from events.imports.parsing import Format
from events.imports.states import TableKind


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. attribute: of the row and, unless `stored_as` or None says else, of the model.

    refers: the cell holds a code (or several) of that table; is_own: only of the importer's own
    organizations, not of those above them; or_else: the attribute that may be given instead.
    """

    attribute: str = ""
    name: str
    zh: tuple[str, ...]
    format: Format
    is_required: bool
    stored_as: str | None
    refers: TableKind | None
    is_own: bool
    or_else: str

    def heading(self, language: str) -> str:
        """What templates call it."""
        return self.zh[0] if language == "zh" else self.name


def column(
    name: str,
    *zh: str,
    format: Format,  # noqa: A002 - the word for it
    default: Any = None,
    required: bool = False,
    stored_as: str | None = "=",
    refers: TableKind | None = None,
    own: bool = False,
    or_else: str = "",
) -> Any:
    """A row's attribute with the description of its column."""
    described = Column(
        name=name,
        zh=zh,
        format=format,
        is_required=required,
        stored_as=stored_as,
        refers=refers,
        is_own=own,
        or_else=or_else,
    )
    metadata = {"column": described}
    return field(metadata=metadata) if required else field(default=default, metadata=metadata)

"""What administrators write of an organization, as a plain value."""

from __future__ import annotations

from dataclasses import dataclass

from events.identity.states import Expansion, Kind, Level


@dataclass(frozen=True, kw_only=True)
class OrganizationDraft:
    """What an organization says of itself. expansion: for collective names (groups) only."""

    name: str
    level: Level
    kind: Kind
    expansion: Expansion | None = None
    email: str = ""
    note: str = ""

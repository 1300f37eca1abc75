"""Words of imports."""

from __future__ import annotations

from enum import StrEnum


class TableKind(StrEnum):
    """What a file holds, in the order in which files must be applied."""

    ORGANIZATIONS = "organizations"
    VENUES = "venues"
    TEAMS = "teams"
    EXPERTS = "experts"
    KITS = "kits"
    ACTIVITIES = "activities"


class ImportState(StrEnum):
    """How far an import is; WAITING and CONFIRMED are picked up by the worker."""

    WAITING = "waiting"
    CHECKING = "checking"
    READY = "ready"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    DISCARDED = "discarded"

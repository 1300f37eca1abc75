"""The planner's ids of rows: "space:12", "team:3", and of one of several pieces "kit:4#2"."""

from __future__ import annotations

from events.resources.models import Expert, Kit
from events.venues.models import Space, Venue
from events.volunteers.models import Team


def name(row: Space | Venue | Team | Expert | Kit) -> str:
    """The planner's id of a row."""
    return f"{type(row).__name__.lower()}:{row.id}"


def number(planner_id: str) -> int:
    """The row's id in a planner's id."""
    return int(planner_id.partition(":")[2].partition("#")[0])

"""The organizer's pages: workbench, campaigns, activities, sessions, and the records behind them.

Each module of views registers itself on the blueprint when it is imported here.
"""

from events.web.organizer import (
    activities,
    announcing,
    campaigns,
    copies,
    day_changes,
    days,
    embed,
    experts,
    feeds,
    imports,
    notices,
    occurrences,
    organizations,
    plans,
    publishing,
    selections,
    series,
    teams,
    undoing,
    users,
    venues,
    workbench,
)
from events.web.organizer.blueprint import blueprint

__all__ = [
    "activities",
    "announcing",
    "blueprint",
    "campaigns",
    "copies",
    "day_changes",
    "days",
    "embed",
    "experts",
    "feeds",
    "imports",
    "notices",
    "occurrences",
    "organizations",
    "plans",
    "publishing",
    "selections",
    "series",
    "teams",
    "undoing",
    "users",
    "venues",
    "workbench",
]

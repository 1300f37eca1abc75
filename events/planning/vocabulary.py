"""Words that records already use: what is matched by exact words is best chosen from these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from events.campaigns.models import Activity, Campaign
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.resources.models import Expert, Kit
from events.venues.models import Venue
from events.volunteers.models import Team


def vocabulary(actor: Actor) -> dict[str, list[str]]:
    """For each of an activity's lists of words, what venues, teams, kits and activities say.

    Sorted, each once, only of rows that `actor` may see. Five queries.
    """
    venues = _seen(actor, select(Venue.kind, Venue.facilities), Venue, Permission.VENUE_VIEW)
    teams = _seen(actor, select(Team.skills), Team, Permission.CAMPAIGN_VIEW)
    experts = _seen(actor, select(Expert.field), Expert, Permission.CAMPAIGN_VIEW)
    kits = _seen(actor, select(Kit.kind), Kit, Permission.CAMPAIGN_VIEW)
    activities = _seen(
        actor,
        select(Activity.audiences, Activity.themes).join(Activity.campaign),
        Campaign,
        Permission.CAMPAIGN_VIEW,
    )
    return {
        "venue_kinds": _words([kind] for kind, _ in venues),
        "needed_facilities": _words(facilities for _, facilities in venues),
        "needed_skills": _words(skills for (skills,) in teams),
        "expert_fields": _words([field] for (field,) in experts),
        "kit_kinds": _words([kind] for (kind,) in kits),
        "audiences": _words(audiences for audiences, _ in activities),
        "themes": _words(themes for _, themes in activities),
    }


def _seen(actor: Actor, found: Any, owned: Any, permission: Permission) -> list[Any]:
    """Rows of `found` whose `owned` belongs to an organization on which `actor` has a right."""
    scoped = found.join(Organization, owned.organization_id == Organization.id)
    return list(session().execute(scoped.where(policy.within(actor, permission))))


def _words(lists: Iterable[list[str]]) -> list[str]:
    return sorted({word for words in lists for word in words if word})

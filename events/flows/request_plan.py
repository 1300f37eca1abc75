"""An organizer lets the planner lay out a campaign's drafts; the worker does it."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries as campaigns
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel.db import transaction
from events.planning import services as planning


def request_plan(actor: Actor, now: datetime, *, campaign_id: int, seconds: int = 60) -> int:
    """Ask for a plan of the drafts; the run's id. Nothing is published and nobody is told.

    Raises Refused("plan_under_way"), Refused("nothing_to_plan").
    """
    with transaction():
        campaign = campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        return planning.add_run(campaign, user_id=actor.user_id, seconds=seconds, now=now).id

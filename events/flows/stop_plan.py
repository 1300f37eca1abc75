"""An organizer ends the search for a plan; the best plan so far stays."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries as campaigns
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel.db import transaction
from events.planning import queries, services as planning


def stop_plan(actor: Actor, now: datetime, *, campaign_id: int) -> None:
    """End the campaign's latest search; one that is over stays as it is."""
    with transaction():
        campaign = campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        run = queries.latest_locked(campaign)
        if run is not None:
            planning.ask_to_stop(run, now=now)

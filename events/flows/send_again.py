"""An organizer sends again what failed, what nobody is sure of, or what was kept back."""

from __future__ import annotations

from datetime import datetime

from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel.db import transaction
from events.notices import queries, services


def send_again(actor: Actor, now: datetime, *, delivery_id: int) -> None:
    """Send it (once more). Raises Refused("notice_not_repeatable" | "notice_obsolete")."""
    with transaction():
        delivery = queries.delivery(actor, delivery_id)
        policy.require(actor, Permission.CAMPAIGN_EDIT, delivery.notice.organization)
        services.send_again(delivery, now=now)

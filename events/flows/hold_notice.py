"""An organizer keeps a notice back that waits to be sent."""

from __future__ import annotations

from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel.db import transaction
from events.notices import queries, services


def hold_notice(actor: Actor, *, delivery_id: int) -> None:
    """Keep it back until it is sent again. Raises Refused("notice_not_waiting")."""
    with transaction():
        delivery = queries.delivery(actor, delivery_id)
        policy.require(actor, Permission.CAMPAIGN_EDIT, delivery.notice.organization)
        services.hold(delivery)

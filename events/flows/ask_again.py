"""An organizer reminds a venue that has not answered yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused
from events.venues import queries as venues_read, services as venues
from events.venues.states import BookingState

QUIET = timedelta(minutes=10)


def ask_again(actor: Actor, now: datetime, *, booking_id: int) -> bool:
    """Mail the venue a fresh link to the whole request; within ten minutes nothing more is sent.

    Whether a mail goes out. Raises Refused("already_answered").
    """
    with transaction():
        booking = venues_read.booking_to_ask(actor, booking_id)
        request = booking.request
        if request is None or booking.state is not BookingState.REQUESTED:
            raise Refused("already_answered")
        if request.expires_at - timedelta(days=venues.LINK_DAYS) > now - QUIET:
            return False
        venues.renew(request, now=now)
        journal.record(
            ChangeKind.LINK_RENEWED,
            actor=actor,
            now=now,
            organization=request.campaign.organization,
            subject=f"request:{request.id}",
            title=request.venue.name,
            audiences=[f"campaign:{request.campaign_id}"],
            facts={"request_id": request.id},
        )
        return True

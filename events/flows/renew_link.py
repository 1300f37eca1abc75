"""A venue asks for a new link because its own has expired; it goes to the venue's own address."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import NotFound
from events.venues import asking, services as venues

QUIET = timedelta(minutes=10)


def renew_link(now: datetime, *, request_id: int, nonce: str) -> None:
    """Mail a fresh link to the venue; asked again within ten minutes nothing more is sent.

    nonce: of the link that was opened, expired or not.
    """
    with transaction():
        request = asking.request(request_id)
        if request is None or request.nonce != nonce:
            raise NotFound
        if request.expires_at - timedelta(days=venues.LINK_DAYS) > now - QUIET:
            return
        venues.renew(request, now=now)
        journal.record(
            ChangeKind.LINK_RENEWED,
            actor=Actor(user_id=None, name=request.venue.contact_name or request.venue.name),
            now=now,
            organization=request.campaign.organization,
            subject=f"request:{request.id}",
            title=request.venue.name,
            audiences=[],
            facts={"request_id": request.id},
        )

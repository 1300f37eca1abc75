"""A keeper changes what a venue says of itself: name, address, hours, whom to ask."""

from __future__ import annotations

from datetime import datetime

from events.feeds import mentions, services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.versions import require_version
from events.venues import queries as venues_read, services as venues
from events.venues.drafts import VenueDraft


def save_venue(
    actor: Actor, now: datetime, *, venue_id: int, version: int, draft: VenueDraft
) -> None:
    """Save over `version`. Whoever may answer for a venue may change it.

    Raises Refused("hours_unreadable"), StaleDataError when somebody saved in the meantime.
    """
    with transaction():
        venue = venues_read.venue(actor, venue_id, Permission.BOOKING_ANSWER)
        require_version(venue, version)
        is_elsewhere = (draft.name, draft.address) != (venue.name, venue.address)
        venues.save_venue(venue, draft)
        feeds.ensure(FeedKind.VENUE, venue.id, name=venue.name, now=now)
        session().flush()
        # name and address stand in every calendar that shows a session there
        calendars = mentions.scopes_showing_venues([venue.id]) if is_elsewhere else []
        journal.record(
            ChangeKind.VENUE_SAVED,
            actor=actor,
            now=now,
            organization=venue.organization,
            subject=venue.scope,
            title=venue.name,
            audiences=[venue.scope, *calendars],
            facts={"venue_id": venue.id},
        )

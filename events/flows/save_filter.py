"""An organizer saves a filter as a public calendar that anybody may subscribe to."""

from __future__ import annotations

from datetime import datetime

from events.feeds import services as feeds
from events.feeds.states import FeedKind, Filter
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel.db import transaction


def save_filter(
    actor: Actor, now: datetime, *, organization_id: int, chosen: Filter, name: str
) -> int:
    """The feed of what passes `chosen` below an organization; saved twice it is the same one."""
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.CAMPAIGN_EDIT)
        called = name.strip() or organization.name
        word = chosen.word
        return feeds.ensure(FeedKind.FILTER, organization.id, word=word, name=called, now=now).id

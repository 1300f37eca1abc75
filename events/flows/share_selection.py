"""A visitor wants what they chose of a campaign as a calendar; no account, no name of their own."""

from __future__ import annotations

from datetime import datetime

from events.campaigns.models import Campaign
from events.feeds import membership, queries, services as feeds
from events.feeds.states import FeedKind, Filter
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound, Refused


def share_selection(now: datetime, *, campaign_id: int, chosen: Filter, name: str) -> int:
    """The feed of what passes `chosen` in a public campaign; its number.

    Whoever chooses the same gets the same feed, under the name that it has. What shows nothing is
    refused, so there are never more feeds than selections that show something.
    Raises NotFound, Refused("filter_empty" | "selection_empty").
    """
    with transaction():
        campaign = session().get(Campaign, campaign_id)
        if campaign is None or not campaign.is_public:
            raise NotFound
        if chosen == Filter(campaign=str(campaign.id)):
            raise Refused("filter_empty")
        subject = campaign.organization_id
        known = queries.for_subject(FeedKind.FILTER, subject, chosen.word)
        if known is not None:
            return known.id
        if not membership.shows_anything(subject, chosen):
            raise Refused("selection_empty")
        word = chosen.word
        return feeds.ensure(FeedKind.FILTER, subject, word=word, name=name, now=now).id

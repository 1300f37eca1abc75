"""An organizer changes what a campaign says of itself."""

from __future__ import annotations

from datetime import datetime

from events.campaigns import queries, services as campaigns
from events.campaigns.drafts import CampaignDraft
from events.feeds import queries as feeds_read, services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.versions import require_version


def save_campaign(
    actor: Actor, now: datetime, *, campaign_id: int, draft: CampaignDraft, version: int
) -> None:
    """Save over `version`. Raises StaleDataError when somebody saved in the meantime."""
    with transaction():
        campaign = queries.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        require_version(campaign, version)
        campaigns.save_campaign(campaign, draft)
        feed = feeds_read.for_subject(FeedKind.CAMPAIGN, campaign.id)
        if feed is not None:
            feeds.rename(feed, campaign.name)
        journal.record(
            ChangeKind.CAMPAIGN_SAVED,
            actor=actor,
            now=now,
            organization=campaign.organization,
            subject=campaign.scope,
            title=campaign.name,
            audiences=[campaign.scope],
            facts={"campaign_id": campaign.id},
        )

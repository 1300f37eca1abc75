"""An organizer starts a campaign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.campaigns import services as campaigns
from events.campaigns.drafts import CampaignDraft
from events.campaigns.models import Campaign
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction


def create_campaign(
    actor: Actor, now: datetime, *, organization_id: int, draft: CampaignDraft, slug: str
) -> int:
    """Its id. `slug` comes from the form that was opened: sending it twice makes one campaign."""
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.CAMPAIGN_EDIT)
        policy.require(actor, Permission.CAMPAIGN_EDIT, organization)
        made = session().scalar(
            select(Campaign.id).where(
                Campaign.slug == slug, Campaign.organization_id == organization.id
            )
        )
        if made is not None:
            return made
        campaign = campaigns.create_campaign(organization, draft, slug=slug, now=now)
        journal.record(
            ChangeKind.CAMPAIGN_SAVED,
            actor=actor,
            now=now,
            organization=organization,
            subject=campaign.scope,
            title=campaign.name,
            audiences=[campaign.scope],
            facts={"campaign_id": campaign.id},
        )
        return campaign.id

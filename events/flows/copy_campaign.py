"""An organizer takes last year's campaign over into another year."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from events.campaigns import queries as campaigns_read, services as campaigns
from events.campaigns.drafts import CampaignDraft
from events.campaigns.models import Campaign
from events.days import queries as days
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.planning.copies import ActivityCopy, copies
from events.schedule import services as schedule
from events.venues import services as venues
from events.venues.models import Space
from events.volunteers import services as volunteers
from events.volunteers.models import Team


def copy_campaign(
    actor: Actor, now: datetime, *, campaign_id: int, draft: CampaignDraft, slug: str
) -> int:
    """A campaign as `draft` says with a draft of every activity of `campaign_id`; its id.

    Nothing is held, asked or published. `slug` comes from the form that was opened: sending it
    twice makes one campaign.
    """
    with transaction():
        source = campaigns_read.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        made = session().scalar(
            select(Campaign.id).where(
                Campaign.slug == slug, Campaign.organization_id == source.organization_id
            )
        )
        if made is not None:
            return made
        copy = campaigns.create_campaign(source.organization, draft, slug=slug, now=now)
        known = days.day_types(source.starts_on, draft.ends_on)
        found = copies(
            source, starts_on=draft.starts_on, ends_on=draft.ends_on, is_free=known.is_free
        )
        for each in found:
            _store(copy, each, now)
        journal.record(
            ChangeKind.CAMPAIGN_SAVED,
            actor=actor,
            now=now,
            organization=copy.organization,
            subject=copy.scope,
            title=copy.name,
            audiences=[copy.scope],
            facts={"campaign_id": copy.id, "copied_from": source.id},
        )
        return copy.id


def _store(campaign: Campaign, copy: ActivityCopy, now: datetime) -> None:
    activity = campaigns.create_activity(
        campaign, copy.draft, lead=copy.lead, supporters=list(copy.supporters)
    )
    if copy.timing is None:
        return
    series = schedule.plan(activity, copy.timing, uid=str(uuid.uuid4()), now=now)
    team = session().get(Team, copy.team_id) if copy.team_id else None
    for occurrence in series.occurrences:
        space_id = copy.spaces.get(occurrence.recurrence_id_local)
        if space_id is not None:
            venues.plan(occurrence, session().get_one(Space, space_id))
    volunteers.plan_shifts(series, team=team)
    session().flush()

"""An organizer publishes drafts: spaces are held, venues asked, shifts opened, feeds told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from events.campaigns import queries as campaigns_read, services as campaigns
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.feeds import services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused
from events.schedule import queries as schedule_read, services as schedule
from events.schedule.models import Occurrence
from events.schedule.states import OccurrenceStatus
from events.venues import services as venues
from events.venues.models import Booking
from events.volunteers import queries as volunteers_read, services as volunteers


@dataclass(frozen=True, kw_only=True)
class KeptBack:
    """A draft that could not be published, and why."""

    activity_id: int
    title: str
    refused: Refused


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What came of it: ids of what is public now, and what was kept back."""

    published: tuple[int, ...]
    kept_back: tuple[KeptBack, ...]


def publish_activities(
    actor: Actor, now: datetime, *, campaign_id: int, activity_ids: list[int] | None = None
) -> Publication:
    """Publish the campaign's drafts (those of `activity_ids`, or all that have a time).

    A draft whose space is taken is kept back with the reason; the others go out together.
    Raises Refused("nothing_to_publish") when no draft is left to try.
    """
    with transaction():
        campaign = campaigns_read.campaign(actor, campaign_id, Permission.ACTIVITY_PUBLISH)
        drafts = [
            activity
            for activity in campaigns_read.activities(campaign.id)
            if activity.state is ActivityState.DRAFT
            and (activity_ids is None or activity.id in activity_ids)
        ]
        if not drafts:
            raise Refused("nothing_to_publish")
        published: list[Activity] = []
        kept_back: list[KeptBack] = []
        bookings: list[Booking] = []
        for activity in drafts:
            try:
                bookings += _publish(activity, now)
                published.append(activity)
            except Refused as refused:
                kept = KeptBack(activity_id=activity.id, title=activity.title, refused=refused)
                kept_back.append(kept)
        if published:
            venues.ask(actor, campaign, bookings, now=now)
            _tell(actor, now, campaign, published, bookings)
        return Publication(
            published=tuple(activity.id for activity in published), kept_back=tuple(kept_back)
        )


def _publish(activity: Activity, now: datetime) -> list[Booking]:
    """One draft becomes public; its bookings of future sessions, held."""
    occurrences = _occurrences(activity)
    if not occurrences:
        raise Refused("time_missing", title=activity.title)
    bookings = [
        booking
        for occurrence in occurrences
        for booking in venues.active(occurrence)
        if occurrence.starts_at > now
    ]
    venues.hold(bookings, now=now)
    campaigns.publish(activity, now=now)
    volunteers.open_shifts(occurrences)
    for occurrence in occurrences:
        if occurrence.status is OccurrenceStatus.CANCELLED:
            continue  # nobody has heard of it and nobody will
        if activity.mode is Mode.ONLINE:
            schedule.settle(occurrence, now=now)
        else:
            schedule.touch(occurrence, now=now)
    return bookings


def _occurrences(activity: Activity) -> list[Occurrence]:
    series = schedule_read.series_of(activity.id)
    return list(series.occurrences) if series else []


def _tell(
    actor: Actor,
    now: datetime,
    campaign: Campaign,
    published: list[Activity],
    bookings: list[Booking],
) -> None:
    campaign.is_public = True
    occurrence_ids = [o.id for activity in published for o in _occurrences(activity)]
    venues_told = {booking.space.venue for booking in bookings}
    team_ids = volunteers_read.team_ids(occurrence_ids)
    feeds.ensure(FeedKind.CAMPAIGN, campaign.id, name=campaign.name, now=now)
    for venue in venues_told:
        feeds.ensure(FeedKind.VENUE, venue.id, name=venue.name, now=now)
    for team in volunteers_read.teams_by_id(team_ids):
        feeds.ensure(FeedKind.TEAM, team.id, name=team.name, now=now)
    feeds.ensure_around(published, now=now)
    journal.record(
        ChangeKind.ACTIVITY_PUBLISHED,
        actor=actor,
        now=now,
        organization=campaign.organization,
        subject=campaign.scope,
        title=campaign.name,
        audiences=[
            campaign.scope,
            *(venue.scope for venue in venues_told),
            *(f"team:{team_id}" for team_id in team_ids),
            *(activity.scope for activity in published),
        ],
        facts={"campaign_id": campaign.id, "activity_ids": [a.id for a in published]},
    )

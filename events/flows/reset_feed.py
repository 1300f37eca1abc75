"""Somebody gives a calendar a new address, because the old one got into wrong hands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.campaigns import queries as campaigns_read
from events.feeds import queries, services as feeds
from events.feeds.models import Feed
from events.feeds.states import OF_ORGANIZATIONS, FeedKind
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound
from events.resources import queries as resources_read
from events.venues import queries as venues_read
from events.volunteers import queries as volunteers_read


def reset_feed(actor: Actor, now: datetime, *, feed_id: int) -> None:
    """Give the feed a new address; subscribers of the old one get nothing any more.

    Own feeds: everybody; a team's: its leader or its organizer; a venue's: whoever answers for
    it; a volunteer's: also who manages users; an expert's
    and any other: its organizer. Raises NotFound.
    """
    with transaction():
        feed = queries.feed(feed_id)
        if feed is None:
            raise NotFound
        organization = _organization(actor, feed)
        feeds.reset(feed, now)
        journal.record(
            ChangeKind.FEED_RESET,
            actor=actor,
            now=now,
            organization=organization,
            subject=f"feed:{feed.id}",
            title=feed.name,
            audiences=[feed.audience.scope],
            facts={"feed_id": feed.id},
        )


def _organization(actor: Actor, feed: Feed) -> Organization:
    """Whose journal it belongs to, once it is clear that `actor` may."""
    secret = {
        FeedKind.VOLUNTEER: _home,
        FeedKind.TEAM: _of_team,
        FeedKind.EXPERT: _of_expert,
    }
    if feed.kind in secret:
        return secret[feed.kind](actor, feed.subject_id)
    if feed.kind is FeedKind.VENUE:
        return venues_read.venue(actor, feed.subject_id, Permission.BOOKING_ANSWER).organization
    if feed.kind in OF_ORGANIZATIONS:
        return identity.organization(actor, feed.subject_id, Permission.CAMPAIGN_EDIT)
    if feed.kind is FeedKind.ACTIVITY:
        activity = campaigns_read.activity(actor, feed.subject_id, Permission.CAMPAIGN_EDIT)
        return activity.campaign.organization
    return campaigns_read.campaign(actor, feed.subject_id, Permission.CAMPAIGN_EDIT).organization


def _of_team(actor: Actor, team_id: int) -> Organization:
    for member in volunteers_read.my_teams(actor):
        if member.team_id == team_id and member.is_leader:
            return member.team.organization
    return volunteers_read.team(actor, team_id, Permission.CAMPAIGN_EDIT).organization


def _of_expert(actor: Actor, expert_id: int) -> Organization:
    return resources_read.expert(actor, expert_id, Permission.CAMPAIGN_EDIT).organization


def _home(actor: Actor, user_id: int) -> Organization:
    """A volunteer's own organization: that of the first grant, else the highest of all."""
    own = actor.user_id == user_id
    user = session().get_one(User, user_id) if own else identity.user(actor, user_id)
    if user.grants:
        return user.grants[0].organization
    return session().scalars(select(Organization).order_by(Organization.path).limit(1)).one()

"""The calendars of an organization and of all below it, for those who answer for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from events.campaigns.models import Activity, Campaign
from events.feeds.models import Feed, FeedRead
from events.feeds.queries import LastRead
from events.feeds.states import OF_ORGANIZATIONS, FeedKind
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Grant, Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.resources.models import Expert
from events.venues.models import Venue
from events.volunteers.models import Team

ORDER = (
    FeedKind.CAMPAIGN,
    FeedKind.DISTRICT,
    FeedKind.ORGANIZATION,
    FeedKind.AUDIENCE,
    FeedKind.THEME,
    FeedKind.FILTER,
    FeedKind.VENUE,
    FeedKind.ACTIVITY,
    FeedKind.TEAM,
    FeedKind.EXPERT,
    FeedKind.VOLUNTEER,
)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One calendar, and who of its readers asked last; None when none ever did."""

    feed: Feed
    read: LastRead | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of calendars. counts: how many of each kind there are below, in the page's order."""

    shown: tuple[Listed, ...]
    counts: dict[FeedKind, int]


def of_subtree(
    organization: Organization,
    *,
    kinds: Iterable[FeedKind],
    kind: FeedKind | None = None,
    limit: int,
    offset: int = 0,
) -> Listing:
    """The feeds of `kinds` about what belongs to `organization` or below, by kind and name.

    Three statements.
    """
    below = policy.subtree(organization.path)
    wanted = and_(Feed.kind.in_(list(kinds)), _about(below))
    counted = select(Feed.kind, func.count()).where(wanted).group_by(Feed.kind)
    counts = {row[0]: row[1] for row in session().execute(counted)}
    order = case({each: number for number, each in enumerate(ORDER)}, value=Feed.kind)
    shown = select(Feed).where(wanted).order_by(order, Feed.name, Feed.id)
    if kind is not None:
        shown = shown.where(Feed.kind == kind)
    feeds = list(session().scalars(shown.limit(limit).offset(offset)))
    return Listing(
        shown=tuple(_with_reads(feeds)),
        counts={each: counts[each] for each in ORDER if each in counts},
    )


def one_of_subtree(organization: Organization, feed_id: int) -> Feed | None:
    """A feed by its number, when it is about what belongs to `organization` or below."""
    below = policy.subtree(organization.path)
    return session().scalar(select(Feed).where(Feed.id == feed_id, _about(below)))


def saved_filters(actor: Actor) -> list[Listed]:
    """The saved filters that `actor` may change, the latest first."""
    found = (
        select(Feed)
        .join(Organization, Organization.id == Feed.subject_id)
        .where(Feed.kind == FeedKind.FILTER, policy.within(actor, Permission.CAMPAIGN_EDIT))
        .order_by(Feed.id.desc())
    )
    return _with_reads(list(session().scalars(found)))


def _about(below: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL: the feed's subject belongs to an organization that is `below`."""
    units = select(Organization.id).where(below)
    subjects: dict[FeedKind, Select[Any]] = {
        **dict.fromkeys(OF_ORGANIZATIONS, units),
        FeedKind.CAMPAIGN: select(Campaign.id).where(Campaign.organization_id.in_(units)),
        FeedKind.ACTIVITY: select(Activity.id)
        .join(Campaign, Activity.campaign_id == Campaign.id)
        .where(Campaign.organization_id.in_(units)),
        FeedKind.VENUE: select(Venue.id).where(Venue.organization_id.in_(units)),
        FeedKind.TEAM: select(Team.id).where(Team.organization_id.in_(units)),
        FeedKind.EXPERT: select(Expert.id).where(Expert.organization_id.in_(units)),
        FeedKind.VOLUNTEER: select(Grant.user_id).where(Grant.organization_id.in_(units)),
    }
    return or_(
        *(and_(Feed.kind == kind, Feed.subject_id.in_(ids)) for kind, ids in subjects.items())
    )


def _with_reads(feeds: list[Feed]) -> list[Listed]:
    found = select(FeedRead).where(FeedRead.feed_id.in_([feed.id for feed in feeds]))
    reads: dict[int, LastRead] = {}
    for row in session().scalars(found.order_by(FeedRead.read_at, FeedRead.reader.desc())):
        reads[row.feed_id] = LastRead(reader=row.reader, read_at=row.read_at)
    return [Listed(feed=feed, read=reads.get(feed.id)) for feed in feeds]

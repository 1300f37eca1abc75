"""Finding feeds: by number for a poll, by what they are about; and who reads them.

What stands in one: membership.py says which sessions, entries.py reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.orm import Session

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds.models import Feed, FeedRead
from events.feeds.shown import Current
from events.feeds.states import OF_ORGANIZATIONS, FeedKind
from events.journal.models import Audience
from events.kernel.db import session


@dataclass(frozen=True, kw_only=True)
class LastRead:
    """When a kind of reader ("Apple Calendar") last asked for a feed."""

    reader: str
    read_at: datetime


_CURRENT = (
    select(
        Feed.id,
        Feed.kind,
        Feed.subject_id,
        Feed.word,
        Feed.form,
        Feed.name,
        Feed.nonce,
        Audience.revision,
        Audience.revised_at,
    )
    .join(Audience, Feed.audience_id == Audience.id)
    .where(Feed.id == bindparam("feed_id"))
)


def current(feed_id: int, connection: Connection | Session | None = None) -> Current | None:
    """The feed of that number, in one row; whoever asks checks the key of its address.

    connection: what to read it on; this context's session by default.
    """
    found = (connection or session()).execute(_CURRENT, {"feed_id": feed_id})
    row = found.mappings().first()
    return None if row is None else Current(**row)


def every() -> list[Feed]:
    """Every feed of the installation, by kind and subject: for its operator only."""
    return list(session().scalars(select(Feed).order_by(Feed.kind, Feed.subject_id)))


def for_subject(kind: FeedKind, subject_id: int, word: str = "") -> Feed | None:
    """The feed of a campaign, a venue, a team, or (for volunteers) a user; None when not made.

    word: the audience group, the theme or the filter that narrows an organization's.
    """
    return session().scalar(
        select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id, Feed.word == word)
    )


def of_organization(organization_id: int) -> list[Feed]:
    """The public feeds about an organization and below: itself, its district, groups, themes."""
    found = select(Feed).where(Feed.kind.in_(OF_ORGANIZATIONS), Feed.subject_id == organization_id)
    return sorted(
        session().scalars(found), key=lambda one: (OF_ORGANIZATIONS.index(one.kind), one.word)
    )


def last_reads(feed_id: int) -> list[LastRead]:
    """Which kinds of readers asked for a feed, and when last; latest first."""
    found = select(FeedRead.reader, FeedRead.read_at).where(FeedRead.feed_id == feed_id)
    rows = session().execute(found.order_by(FeedRead.read_at.desc(), FeedRead.reader))
    return [LastRead(reader=row.reader, read_at=row.read_at) for row in rows]


def for_subjects(kind: FeedKind, subject_ids: Iterable[int]) -> dict[int, Feed]:
    """The feeds of several subjects, by subject; those that are not made yet are left out."""
    ids = list(subject_ids)
    found = select(Feed).where(Feed.kind == kind, Feed.subject_id.in_(ids), Feed.word == "")
    return {feed.subject_id: feed for feed in session().scalars(found)}


def activities_without(*, after: int, most: int) -> list[int]:
    """Published activities with a number above `after` that have no feed of their own, ascending.

    Publishing makes it together with those of organizations, districts, groups and themes.
    """
    own = exists().where(Feed.kind == FeedKind.ACTIVITY, Feed.subject_id == Activity.id)
    found = select(Activity.id).where(
        Activity.id > after, Activity.state != ActivityState.DRAFT, ~own
    )
    return list(session().scalars(found.order_by(Activity.id).limit(most)))


def feed(feed_id: int) -> Feed | None:
    """A feed by its number; the flow decides who may."""
    return session().get(Feed, feed_id)

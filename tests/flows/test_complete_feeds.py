"""What was published before an upgrade gets its public feeds without anybody publishing again."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select

from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.flows.complete_feeds import complete_feeds
from events.flows.publish_activities import publish_activities
from events.journal.models import Audience
from events.kernel.db import session, transaction
from tests.cast import Cast
from tests.feeds.world import LATER, World, snapshots

EARLIER = (FeedKind.CAMPAIGN, FeedKind.VENUE, FeedKind.TEAM, FeedKind.VOLUNTEER)


def _feeds() -> set[tuple[FeedKind, int, str, str]]:
    session().rollback()
    found = select(Feed.kind, Feed.subject_id, Feed.word, Feed.name)
    rows = session().execute(found)
    return {(row.kind, row.subject_id, row.word, row.name) for row in rows}


def _as_before_the_upgrade() -> None:
    """A database of the time when only campaigns, venues, teams and volunteers had feeds."""
    with transaction() as writes:
        gone = Feed.kind.not_in(EARLIER)
        audiences = list(writes.scalars(select(Feed.audience_id).where(gone)))
        writes.execute(delete(Feed).where(gone))
        writes.execute(delete(Audience).where(Audience.id.in_(audiences)))


def test_feeds_of_new_kinds_come_into_being_once(app: Flask, cast: Cast) -> None:
    world = World.create(app, cast)
    everything, written = _feeds(), snapshots(app)
    _as_before_the_upgrade()
    assert {kind for kind, *_ in _feeds()} == set(EARLIER)
    assert complete_feeds(LATER) == 1
    assert _feeds() == everything
    assert snapshots(app).keys() == written.keys()
    assert complete_feeds(LATER) == 0
    mei, later = cast.actor("mei"), LATER + timedelta(hours=1)
    publish_activities(mei, later, campaign_id=cast["campaign"], activity_ids=[world.draft])
    assert complete_feeds(later) == 0

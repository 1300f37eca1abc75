from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select

from events.feeds import services
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.journal.models import Audience
from events.journal.services import _upsert
from events.kernel.db import session, transaction
from tests.cast import NOW, Cast

LATER = NOW + timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    name: str
    nonce: str
    scope: str
    revision: int


def _seen(kind: FeedKind, subject_id: int) -> Seen:
    session().rollback()
    feed = (
        session()
        .scalars(select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id))
        .one()
    )
    return Seen(feed.name, feed.nonce, feed.audience.scope, feed.audience.revision)


def test_ensuring_twice_keeps_address_and_revision_and_takes_the_name(cast: Cast) -> None:
    with transaction():
        first = services.ensure(FeedKind.VENUE, cast["museum"], name="博物馆", now=NOW)
        assert (first.name, first.created_at, first.reset_at) == ("博物馆", NOW, None)
    before = _seen(FeedKind.VENUE, cast["museum"])
    with transaction():
        again = services.ensure(FeedKind.VENUE, cast["museum"], name="新博物馆", now=LATER)
        assert again.name == "新博物馆"
    assert _seen(FeedKind.VENUE, cast["museum"]) == replace(before, name="新博物馆")
    assert (before.scope, before.revision) == (f"venue:{cast['museum']}", 1)


def test_a_feed_joins_the_audience_that_the_journal_made_before(cast: Cast) -> None:
    with transaction() as writes:
        for _ in range(3):
            row = {"scope": "team:9", "revision": 1, "revised_at": NOW}
            writes.execute(_upsert(), [row])
        services.ensure(FeedKind.TEAM, 9, name="九队", now=LATER)
    assert _seen(FeedKind.TEAM, 9).revision == 3


def test_ensuring_many_makes_only_the_missing_ones(cast: Cast) -> None:
    with transaction():
        services.ensure(FeedKind.VENUE, 7, name="七", now=NOW)
        made = services.ensure_many(
            FeedKind.VENUE, ((i, f"场馆 {i}") for i in range(1, 1202)), now=NOW
        )
        again = services.ensure_many(FeedKind.VENUE, [(3, "场馆 3"), (1, "一")], now=NOW)
    session().rollback()
    assert (made, again) == (1200, 0)
    assert session().scalar(select(func.count()).select_from(Feed)) == 1201
    assert session().scalar(select(func.count()).select_from(Audience)) == 1201
    assert session().scalar(select(func.count(Feed.nonce.distinct()))) == 1201
    assert [_seen(FeedKind.VENUE, i).name for i in (1, 3, 7)] == ["一", "场馆 3", "场馆 7"]


def test_the_same_number_of_another_kind_is_another_feed(cast: Cast) -> None:
    with transaction():
        team = services.ensure(FeedKind.TEAM, 5, name="队", now=NOW)
        volunteer = services.ensure(FeedKind.VOLUNTEER, 5, name="人", now=NOW)
        assert (team.audience.scope, volunteer.audience.scope) == ("team:5", "volunteer:5")


def test_a_reset_gives_another_nonce(cast: Cast) -> None:
    with transaction():
        services.ensure(FeedKind.TEAM, 5, name="队", now=NOW)
    old = _seen(FeedKind.TEAM, 5)
    with transaction():
        feed = services.ensure(FeedKind.TEAM, 5, name="队", now=LATER)
        services.reset(feed, LATER)
        services.rename(feed, "新队")
    new = _seen(FeedKind.TEAM, 5)
    assert new.nonce != old.nonce
    assert new.name == "新队"

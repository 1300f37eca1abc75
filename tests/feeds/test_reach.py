"""Which activity stands in which feed, and that a change reaches these and no others."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select

from events.campaigns.models import Activity
from events.feeds import queries, reach, services
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Filter, Form, View, scope
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.publish_activities import publish_activities
from events.flows.save_filter import save_filter
from events.journal.models import Audience
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound
from events.schedule.models import Occurrence, Series
from tests.feeds.world import FIRST, LATER, World, assert_revision_moves, fresh, plan

GROUP, THEME = "青少年", "航天"


def _uids(world: World, kind: FeedKind, subject_id: int, word: str = "") -> list[str]:
    session().rollback()
    made = queries.for_subject(kind, subject_id, word)
    assert made is not None, (kind, subject_id, word)
    feed = queries.current(made.id)
    assert feed is not None
    _, body = fresh(world.app).read(feed, View(language="zh", form=Form.FLAT))
    return [str(event["UID"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]


def _revisions() -> dict[str, int]:
    """The revision of every feed, by its scope."""
    session().rollback()
    found = select(Audience.scope, Audience.revision).join(Feed, Feed.audience_id == Audience.id)
    return {row.scope: row.revision for row in session().execute(found)}


def test_an_activity_stands_once_and_alike_in_every_feed_above_it(world: World) -> None:
    own = _uids(world, FeedKind.ACTIVITY, world.lectures)
    assert len(own) == len(set(own)) == 4
    for name in ("office", "district", "city"):
        assert _uids(world, FeedKind.ORGANIZATION, world.cast[name]) == own
    for name in ("district", "city"):
        assert _uids(world, FeedKind.AUDIENCE, world.cast[name], GROUP) == own
        assert _uids(world, FeedKind.THEME, world.cast[name], THEME) == own
    assert _uids(world, FeedKind.DISTRICT, world.cast["district"]) == own
    assert queries.for_subject(FeedKind.ORGANIZATION, world.cast["county"]) is None


def test_what_another_unit_does_is_in_the_citys_feed_alone(world: World) -> None:
    with transaction() as writes:
        row = writes.get_one(Activity, world.lectures)
        row.audiences, row.themes = ["Youth"], ["AI", '月 "球"']
        services.ensure_around([row], now=LATER)
        for kind, word in (
            (FeedKind.AUDIENCE, "youth"),
            (FeedKind.THEME, "A"),
            (FeedKind.THEME, "球"),
        ):
            services.ensure(kind, world.cast["city"], word=word, name=word, now=LATER)
        services.ensure(FeedKind.ORGANIZATION, world.cast["county"], name="赤壁", now=LATER)
    assert len(_uids(world, FeedKind.AUDIENCE, world.cast["city"], "Youth")) == 4
    assert len(_uids(world, FeedKind.THEME, world.cast["city"], '月 "球"')) == 4
    assert _uids(world, FeedKind.AUDIENCE, world.cast["city"], "youth") == []
    assert _uids(world, FeedKind.THEME, world.cast["city"], "A") == []
    assert _uids(world, FeedKind.THEME, world.cast["city"], "球") == []
    assert _uids(world, FeedKind.ORGANIZATION, world.cast["county"]) == []


def test_one_change_raises_the_feeds_that_it_belongs_to_and_no_other(world: World) -> None:
    cast = world.cast
    other = plan(cast, code="L003", title="恐龙", space="square", team=None)
    with transaction() as writes:
        row = writes.get_one(Activity, other)
        row.audiences, row.themes = ["农民"], ["古生物"]
    publish_activities(cast.actor("mei"), LATER, campaign_id=cast["campaign"], activity_ids=[other])
    before = _revisions()
    world.cancel(1, now=LATER + timedelta(minutes=1))
    raised = {name for name, revision in _revisions().items() if revision > before[name]}
    above = [cast[name] for name in ("office", "district", "city")]
    regions = [cast["district"], cast["city"]]
    assert raised == {
        scope(FeedKind.CAMPAIGN, cast["campaign"]),
        scope(FeedKind.ACTIVITY, world.lectures),
        scope(FeedKind.VENUE, cast["museum"]),
        scope(FeedKind.DISTRICT, cast["district"]),
        scope(FeedKind.TEAM, cast["team"]),
        *(scope(FeedKind.ORGANIZATION, unit) for unit in above),
        *(scope(FeedKind.THEME, unit, THEME) for unit in regions),
        *(scope(FeedKind.AUDIENCE, unit, word) for unit in regions for word in (GROUP, "公众")),
    }
    assert scope(FeedKind.THEME, cast["city"], "古生物") in before
    assert scope(FeedKind.ACTIVITY, other) in before


def test_a_saved_filter_shows_and_hears_of_what_passes_it(world: World, app: Flask) -> None:
    city = world.cast["city"]
    passing = Filter(audience=GROUP, format="讲座", mode="onsite")
    failing = Filter(audience=GROUP, format="展览")
    ada, mei = world.cast.actor("ada"), world.cast.actor("mei")
    for one in (passing, failing):
        made = save_filter(ada, LATER, organization_id=city, chosen=one, name="筛选")
        assert made == save_filter(ada, LATER, organization_id=city, chosen=one, name="筛选")
    with pytest.raises(NotFound):
        save_filter(mei, LATER, organization_id=city, chosen=passing, name="")
    assert len(_uids(world, FeedKind.FILTER, city, passing.word)) == 4
    assert _uids(world, FeedKind.FILTER, city, failing.word) == []
    assert Filter.parse(passing.word) == passing
    reached = reach.wider([f"activity:{world.lectures}"])
    assert scope(FeedKind.FILTER, city, passing.word) in reached
    assert scope(FeedKind.FILTER, city, failing.word) not in reached


def test_a_filter_by_place_shows_and_hears_of_what_happens_there(world: World, app: Flask) -> None:
    city = world.cast["city"]
    with transaction():
        there = _placed(city, venue=str(world.cast["museum"]), theme=THEME)
        around_it = _placed(city, region=str(world.cast["district"]), campaign=_campaign(world))
        elsewhere = _placed(city, region=str(world.cast["county"]))
        other = _placed(city, venue=str(world.cast["museum"]), campaign="99999")
    mine, others = {there, around_it}, {elsewhere, other}
    assert _uids(world, FeedKind.FILTER, city, there) == _uids(
        world, FeedKind.VENUE, world.cast["museum"]
    )
    assert [len(_uids(world, FeedKind.FILTER, city, one)) for one in others] == [0, 0]
    raised = assert_revision_moves(app, lambda: world.cancel(1))
    assert raised >= {scope(FeedKind.FILTER, city, one) for one in mine}
    assert not raised & {scope(FeedKind.FILTER, city, one) for one in others}
    without_place = lambda: world.move(0, FIRST, space=None)  # noqa: E731
    raised = assert_revision_moves(app, without_place)
    assert raised >= {scope(FeedKind.FILTER, city, one) for one in mine}
    assert not raised & {scope(FeedKind.FILTER, city, one) for one in others}
    assert len(_uids(world, FeedKind.FILTER, city, there)) == 3


def _placed(organization_id: int, **parts: str) -> str:
    word = Filter(**parts).word
    services.ensure(FeedKind.FILTER, organization_id, word=word, name=word, now=LATER)
    return word


def _campaign(world: World) -> str:
    return str(world.cast["campaign"])


def test_filters_saved_by_an_earlier_kepu_are_the_same_feeds() -> None:
    word = "青少年||讲座|onsite"
    assert Filter.parse(word) == Filter(audience="青少年", format="讲座", mode="onsite")
    assert Filter.parse(word).word == word
    placed = Filter(campaign="3", venue="7")
    assert (placed.word, Filter.parse(placed.word)) == ("||||3||7", placed)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_cancelled_before_anybody_heard_of_it_is_never_shown(world: World) -> None:
    row = (
        session()
        .scalars(select(Occurrence).join(Series).where(Series.activity_id == world.draft))
        .first()
    )
    assert row is not None
    mei = world.cast.actor("mei")
    cancel_occurrence(mei, LATER, occurrence_id=row.id, version=row.version, reason="改期")
    later = LATER + timedelta(hours=1)
    publish_activities(mei, later, campaign_id=world.cast["campaign"], activity_ids=[world.draft])
    assert len(_uids(world, FeedKind.ACTIVITY, world.draft)) == 3

"""Experts are named for sessions: once each, never for two at one time, in every calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.feeds import reach
from events.feeds.states import FeedKind, Form, scope
from events.flows.allot_expert import allot_expert
from events.flows.extend_series import extend_series
from events.flows.release_expert import release_expert
from events.flows.reset_feed import reset_feed
from events.flows.undo_change import undo_change
from events.identity.actor import Actor
from events.kernel.db import session, transaction
from events.kernel.errors import Forbidden, NotFound, Refused
from events.resources import queries
from events.resources.models import Allocation, Expert
from events.schedule.models import Occurrence, Series, Undo
from tests.cast import Cast
from tests.feeds.world import LATER, World, assert_revision_moves
from tests.flows import season

SQLITE = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    made = World.create(app, cast)
    for name in ("Gu", "He"):
        cast.ids[name] = season.expert(cast, name)
    return made


def _name(world: World, *numbers: int, who: str = "Gu", now: datetime = LATER) -> int:
    return allot_expert(
        world.cast.actor("mei"),
        now,
        activity_id=world.lectures,
        expert_id=world.cast[who],
        occurrence_ids=[world.occurrence(n).id for n in numbers],
    )


def _spoken(world: World) -> dict[int, list[str]]:
    """Who speaks, by the number of the lecture."""
    session().rollback()
    ids = [world.occurrence(n).id for n in range(4)]
    found = queries.speakers(ids)
    return {n: [one.code for one in found[i]] for n, i in enumerate(ids) if i in found}


def test_an_expert_is_named_once_and_taken_off_again(world: World) -> None:
    assert _name(world, 0, 1, 2) == 3
    assert _name(world, 2, 3) == 1
    assert _name(world, 1, who="He") == 1
    assert _spoken(world) == {0: ["Gu"], 1: ["Gu", "He"], 2: ["Gu"], 3: ["Gu"]}
    taken_off = [world.occurrence(n).id for n in (0, 1)]
    for left in (2, 0):
        assert left == release_expert(
            world.cast.actor("mei"),
            LATER,
            activity_id=world.lectures,
            expert_id=world.cast["Gu"],
            occurrence_ids=taken_off,
        )
    assert _spoken(world) == {1: ["He"], 2: ["Gu"], 3: ["Gu"]}


def test_nobody_speaks_at_two_places_at_one_time(world: World) -> None:
    _name(world, 0)
    world.move(1, datetime(2025, 9, 6, 10, 0), space="square")
    with pytest.raises(Refused) as refused:
        _name(world, 1, 2)
    assert (refused.value.code, refused.value.facts) == (
        "expert_elsewhere",
        {"name": "Gu 教授", "title": "月球讲座, 第一讲"},
    )
    assert _spoken(world) == {0: ["Gu"]}
    world.cancel(0)
    assert _name(world, 1) == 1
    gu = session().get_one(Expert, world.cast["Gu"])
    assert queries.clashes(gu, [world.occurrence(0)]) == {
        world.occurrence(0).id: world.occurrence(1)
    }


def test_two_overlapping_sessions_are_not_named_together(world: World) -> None:
    world.move(1, datetime(2025, 9, 6, 10, 0), space="square")
    with pytest.raises(Refused, match="expert_elsewhere"):
        _name(world, 0, 1)
    assert _spoken(world) == {}


@SQLITE
def test_a_move_takes_the_expert_along_and_tells_of_a_clash(world: World) -> None:
    _name(world, 0, 1)
    _name(world, 0, who="He")
    world.move(1, datetime(2025, 9, 6, 10, 0), space="square")
    assert _spoken(world) == {0: ["Gu", "He"], 1: ["Gu"]}
    rows = [world.occurrence(n) for n in range(4)]
    gu = session().get_one(Expert, world.cast["Gu"])
    assert queries.double_bookings(rows) == {
        rows[0].id: [(gu, rows[1])],
        rows[1].id: [(gu, rows[0])],
    }


@SQLITE
def test_what_cannot_be_named(world: World) -> None:
    mei, xu, lin = (world.cast.actor(name) for name in ("mei", "xu", "lin"))
    first, gu = world.occurrence(0).id, world.cast["Gu"]
    draft = season.occurrences(world.draft)[0].id
    past = world.occurrence(0).starts_at
    cases: tuple[tuple[Actor, datetime, int, list[int], type[Exception], str | None], ...] = (
        (mei, LATER, world.draft, [draft], Refused, "expert_of_a_draft"),
        (mei, LATER, world.lectures, [], Refused, "no_session_chosen"),
        (mei, past, world.lectures, [first], Refused, "already_started"),
        (mei, LATER, world.lectures, [first, draft], NotFound, None),
        (xu, LATER, world.lectures, [first], NotFound, None),
        (lin, LATER, world.lectures, [first], NotFound, None),
    )
    for actor, now, activity_id, ids, kind, code in cases:
        with pytest.raises(kind, match=code):
            allot_expert(actor, now, activity_id=activity_id, expert_id=gu, occurrence_ids=ids)
    world.cancel(0)
    with pytest.raises(Refused, match="occurrence_cancelled"):
        _name(world, 0)
    assert _spoken(world) == {}


def test_calendars_say_who_speaks_and_the_experts_own_shows_these_sessions(
    world: World, app: Flask
) -> None:
    world.sign_up("lin", 0)
    _name(world, 3, who="He")
    shown = {scope(a.kind, a.subject_id, a.word) for a in reach.around([world.lectures])}
    cast = world.cast
    shown |= {f"campaign:{cast['campaign']}", f"venue:{cast['museum']}", f"team:{cast['team']}"}
    own = f"expert:{cast['Gu']}"
    _name(world, 1)
    changed = assert_revision_moves(app, lambda: _name(world, 0))
    assert changed == shown | {own, f"volunteer:{cast['lin']}"}
    for kind, name in ((FeedKind.CAMPAIGN, "campaign"), (FeedKind.TEAM, "team")):
        text = world.text(kind, name)
        assert text.count("主讲：Gu 教授") == 2
        assert text.count("主讲：He 教授") == 1
    text = world.text(FeedKind.EXPERT, "Gu")
    assert (text.count("BEGIN:VEVENT"), text.count("主讲：Gu 教授")) == (2, 2)
    assert "X-WR-CALNAME:Gu 教授" in text
    for form in Form:
        assert "He 教授" not in world.text(FeedKind.EXPERT, "Gu", form=form)
    gone = assert_revision_moves(
        app,
        lambda: release_expert(
            cast.actor("mei"),
            LATER,
            activity_id=world.lectures,
            expert_id=cast["Gu"],
            occurrence_ids=[world.occurrence(0).id],
        ),
    )
    assert gone == changed
    assert world.text(FeedKind.EXPERT, "Gu").count("BEGIN:VEVENT") == 1


def test_a_change_of_one_session_reaches_the_expert_who_speaks_there(world: World) -> None:
    _name(world, 0)
    _name(world, 1, who="He")
    before = {name: world.feed(FeedKind.EXPERT, name).audience.revision for name in ("Gu", "He")}
    world.move(0, datetime(2025, 9, 7, 10, 0), space="square")
    world.answer(0)
    world.cancel(0, now=LATER + timedelta(minutes=1))
    after = {name: world.feed(FeedKind.EXPERT, name).audience.revision for name in ("Gu", "He")}
    assert after == {"Gu": before["Gu"] + 3, "He": before["He"]}
    struck = world.text(FeedKind.EXPERT, "Gu")
    assert "STATUS:CANCELLED" in struck
    assert "DTSTART:20250907T020000Z" in struck


@SQLITE
def test_taking_a_change_back_keeps_who_speaks(world: World) -> None:
    world.move(0, datetime(2025, 9, 7, 10, 0), space="square")
    _name(world, 0)
    change = session().scalars(select(Undo.change_id)).one()
    undo_change(world.cast.actor("mei"), LATER, change_id=change)
    assert _spoken(world) == {0: ["Gu"]}
    assert "DTSTART:20250906T010000Z" in world.text(FeedKind.EXPERT, "Gu")


@SQLITE
def test_sessions_that_a_series_gets_later_have_the_speakers_of_its_last(world: World) -> None:
    with transaction() as writes:
        series = world.occurrence(3).series
        series.rule = "FREQ=WEEKLY"
        series.expanded_until_local = series.occurrences[-1].slot_local + timedelta(days=1)
        writes.flush()
    _name(world, 3)
    added = extend_series(LATER, series_id=world.occurrence(3).series_id)
    found = session().scalars(
        select(Occurrence.id)
        .join(Allocation, Allocation.occurrence_id == Occurrence.id)
        .join(Series)
        .where(Series.activity_id == world.lectures)
    )
    assert len(list(found)) == 1 + added > 10


@SQLITE
def test_who_gives_the_calendar_a_new_address(world: World) -> None:
    _name(world, 0)
    before = world.path(FeedKind.EXPERT, "Gu")
    feed_id = world.feed(FeedKind.EXPERT, "Gu").id
    for name in ("lin", "xu", "tao"):
        with pytest.raises((NotFound, Forbidden)):
            reset_feed(world.cast.actor(name), LATER, feed_id=feed_id)
    reset_feed(world.cast.actor("mei"), LATER, feed_id=feed_id)
    client = world.app.test_client()
    assert client.get(before).status_code == 404
    assert client.get(world.path(FeedKind.EXPERT, "Gu")).status_code == 200

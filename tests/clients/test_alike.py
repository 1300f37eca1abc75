"""Four readers that nobody here wrote see in every feed, in both forms, what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds import entries, queries, services
from events.feeds.models import Feed
from events.feeds.shown import Current
from events.feeds.states import FeedKind, Filter, Form
from events.journal.models import Audience
from events.kernel import clock
from events.kernel.db import session, transaction
from events.resources import services as resources
from events.resources.models import Expert
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from tests.cast import NOW, Cast
from tests.clients import peers
from tests.feeds.world import LATER, World
from tests.flows import season

WINDOW = ("2025-08-25T00:00:00+00:00", "2025-10-10T00:00:00+00:00")
OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)
DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    """Lectures in the museum, a daily tip without end, talks of a zone with summer time, dates."""
    made = World.create(app, cast)
    with transaction():
        first = datetime(2025, 9, 1, 8, 0)
        _series(cast, "D", "FREQ=DAILY", [first + DAY * n for n in range(60)], is_open=True)
        weeks = [datetime(2025, 9, 2, 20, 0) + 7 * DAY * n for n in range(10)]
        _series(cast, "W", "FREQ=WEEKLY;COUNT=10", weeks, tz="Europe/Berlin")
        _series(cast, "X", "", [first + DAY * n + DAY / 8 for n in (1, 4, 9)])
        chosen = Filter(theme="防疫", format="讲座")
        name, city = "防疫讲座", cast["city"]
        services.ensure(FeedKind.FILTER, city, word=chosen.word, name=name, now=NOW)
    made.sign_up("lin", 0)
    made.sign_up("lin", 2)
    _name_expert(cast)
    return made


def _name_expert(cast: Cast) -> None:
    """An expert speaks at two lectures, at every other tip and at some of the talks."""
    expert_id = season.expert(cast)
    with transaction() as writes:
        expert = writes.get_one(Expert, expert_id)
        for uid, rows in (("series-l001", slice(1, 3)), ("series-D", slice(0, None, 2))):
            found = select(Occurrence).where(Occurrence.uid == uid).order_by(Occurrence.slot_local)
            resources.allot(expert, list(writes.scalars(found))[rows], now=NOW)
        services.ensure(FeedKind.EXPERT, expert.id, name=expert.name, now=NOW)


def _series(
    cast: Cast,
    code: str,
    rule: str,
    slots: list[datetime],
    *,
    tz: str = "Asia/Shanghai",
    is_open: bool = False,
) -> None:
    activity = Activity(
        campaign_id=cast["campaign"],
        code=code,
        title=f"系列 {code}",
        format="讲座",
        audiences=["公众"],
        themes=["防疫"],
        state=ActivityState.PUBLISHED,
        lead_id=cast["office"],
        duration_min=60,
        published_at=NOW,
    )
    series = Series(
        activity=activity,
        uid=f"series-{code}",
        kind=SeriesKind.RULE if rule else SeriesKind.DATES,
        tz=tz,
        starts_local=slots[0],
        duration_min=60,
        rule=rule,
        expanded_until_local=slots[-1] + DAY if is_open else None,
        changed_at=NOW,
    )
    session().add(series)
    series.occurrences = [
        Occurrence(
            uid=series.uid,
            recurrence_id_local=slot,
            slot_local=slot,
            starts_at=clock.to_utc(slot, tz),
            ends_at=clock.to_utc(slot, tz) + timedelta(minutes=60),
            status=OccurrenceStatus.CONFIRMED,
            changed_at=NOW,
        )
        for slot in slots
    ]
    services.ensure_around([activity], now=NOW)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_every_feed_is_read_alike_before_and_after_edits(world: World, tmp_path: Path) -> None:
    expected = _fetched(world, tmp_path, "before")
    _edit(world)
    expected |= _fetched(world, tmp_path, "after")
    files = [Path(name) for name in expected]
    assert peers.read_with_python(files, WINDOW) == expected
    read = peers.read_with_node(files, WINDOW)
    assert read["ical.js"] == expected
    assert read["node-ical"] == expected
    kinds = {FeedKind(Path(name).name.split("-")[1]) for name in expected}
    assert kinds == set(FeedKind)
    assert sum(len(sessions) for sessions in expected.values()) > 1000


def _edit(world: World) -> None:
    """Moved near and far, cancelled, postponed, answered, dropped, split in two."""
    world.move(1, datetime(2025, 9, 14, 14, 0), space="square")
    world.cancel(2)
    world.answer(3)
    with transaction() as writes:
        daily = list(
            writes.scalars(
                select(Occurrence)
                .join(Series)
                .where(Series.uid == "series-D")
                .order_by(Occurrence.slot_local)
            )
        )
        for row, hours in ((daily[3], 2), (daily[10], 26), (daily[20], -50)):
            row.starts_at += timedelta(hours=hours)
            row.ends_at += timedelta(hours=hours)
            row.sequence += 1
        daily[5].status = OccurrenceStatus.POSTPONED
        daily[6].status = OccurrenceStatus.CANCELLED
        daily[6].changed_at = LATER
        writes.delete(daily[8])
        _split(daily[0].series, daily[30:])
        writes.execute(update(Audience).values(revision=Audience.revision + 1))


def _split(series: Series, later: list[Occurrence]) -> None:
    """This and following: an hour later from here on; whoever stood there keeps its identity."""
    before, shift = later[0].slot_local - DAY, timedelta(hours=1)
    series.rule = f"FREQ=DAILY;UNTIL={before:%Y%m%dT%H%M%S}"
    series.sequence += 1
    follower = Series(
        activity=series.activity,
        uid="series-D2",
        kind=SeriesKind.RULE,
        tz=series.tz,
        starts_local=later[0].slot_local + shift,
        duration_min=series.duration_min,
        rule="FREQ=DAILY",
        expanded_until_local=series.expanded_until_local,
        follows_id=series.id,
        changed_at=LATER,
    )
    series.expanded_until_local = None
    session().add(follower)
    session().flush()
    for row in later:
        row.series = follower
        row.slot_local += shift
        row.starts_at += shift
        row.ends_at += shift
        row.sequence += 1


def _fetched(world: World, folder: Path, moment: str) -> dict[str, Any]:
    """Every feed in both forms as a file, and what is stored of it."""
    session().rollback()
    client, links = world.app.test_client(), world.calendars.links
    expected: dict[str, Any] = {}
    for feed_id, nonce in session().execute(select(Feed.id, Feed.nonce)).all():
        feed = queries.current(feed_id)
        assert feed is not None
        path = links.feed(feed_id, nonce).removeprefix(links.base_url)
        for form in Form:
            session().rollback()
            answer = client.get(f"{path}?form={form}")
            file = folder / f"{moment}-{feed.kind}-{feed.id}-{form}.ics"
            file.write_bytes(answer.data)
            expected[str(file)] = _stored(feed, form)
    return expected


def _stored(feed: Current, form: Form) -> list[list[str]]:
    first, last = map(datetime.fromisoformat, WINDOW)
    return sorted(
        [
            f"{row.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            f"{row.ends_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            "CANCELLED" if row.status in OFF else row.status.value,
        ]
        for row in entries.entries(feed, form)
        if row.ends_at > first and row.starts_at < last
    )

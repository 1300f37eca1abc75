"""Readers that nobody here wrote see in every feed, in both forms, what is stored.

recurring-ical-events, ical.js (the engine under Thunderbird's calendar, as its source documentation
says of calendar items), node-ical and libical (Evolution's) read all of them; khal shows what
vdirsyncer fetches of one feed of each kind.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds import entries, queries, services
from events.feeds.models import Feed
from events.feeds.shown import Current
from events.feeds.states import FeedKind, Filter, Form
from events.flows.allot_expert import allot_expert
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.edit_series import edit_series
from events.flows.move_occurrence import move_occurrence
from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.undo_change import undo_change
from events.kernel import clock
from events.kernel.db import session, transaction
from events.resources import services as resources
from events.resources.models import Expert
from events.schedule import queries as schedule
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, Scope, SeriesKind
from tests.cast import NOW, Cast
from tests.clients import peers
from tests.clients.khal import SHANGHAI, Khal, served
from tests.feeds.world import LATER, World
from tests.flows import season

WINDOW = ("2025-08-25T00:00:00+00:00", "2025-10-10T00:00:00+00:00")
DAYS, LAST_DAY = ("2025-09-05", 24), "2025-09-29"  # khal parses a series for each day it shows
OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)
DAY = timedelta(days=1)


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    """Lectures, tips every other day without end, talks of a zone with summer time, dates."""
    made = World.create(app, cast)
    with transaction():
        first = datetime(2025, 9, 1, 8, 0)
        tips = [first + 2 * DAY * n for n in range(30)]
        _series(cast, "D", "FREQ=DAILY;INTERVAL=2", tips, is_open=True)
        weeks = [datetime(2025, 9, 2, 20, 0) + 7 * DAY * n for n in range(10)]
        _series(cast, "W", "FREQ=WEEKLY;COUNT=10", weeks, tz="Europe/Berlin")
        _series(cast, "X", "", [first + DAY * n + DAY / 8 for n in (1, 4, 9)])
        for chosen in (Filter(theme="防疫", format="讲座"), Filter(audience="青少年")):
            services.ensure(FeedKind.FILTER, cast["city"], word=chosen.word, name="讲座", now=NOW)
    made.sign_up("lin", 0)
    made.sign_up("lin", 2)
    _name_expert(cast)
    return made


def _name_expert(cast: Cast) -> None:
    """An expert speaks at two lectures and at every other tip."""
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
    """Only libical is the system's own: where it is missing, the end of the test is skipped."""
    with served(world.app) as base:
        khal = Khal.subscribe(tmp_path / "khal", _one_of_each_kind(world, base))
        before = _fetched(world, tmp_path, "before")
        assert _listed(khal) == _awaited(before, khal)
        _edit(world)
        after = _fetched(world, tmp_path, "after")
        assert _listed(khal) == _awaited(after, khal)
    assert [name for name in khal.names if _awaited(after, khal)[name]] == list(khal.names)
    expected = before | after
    files = [Path(name) for name in expected]
    assert peers.read_with_python(files, WINDOW) == expected
    read = peers.read_with_node(files, WINDOW)
    assert read["ical.js"] == expected
    assert read["node-ical"] == expected
    assert {name.split("_")[0] for name in khal.names} == set(FeedKind)
    assert sum(len(sessions) for sessions in expected.values()) > 700
    if not peers.has_libical():
        pytest.skip("libical is not installed here; the other readers agree")
    assert peers.read_with_libical(files, WINDOW) == expected


def _edit(world: World) -> None:
    """Moved, cancelled, postponed, split, all, excepted, added, taken back, elsewhere, named."""
    cast, mei = world.cast, world.cast.actor("mei")
    world.move(1, datetime(2025, 9, 14, 14, 0), space="square")
    world.move(3, datetime(2025, 9, 27, 9, 0), space="square")
    world.cancel(2)
    world.answer(3)
    for number, hours in ((3, 2), (8, 50), (10, -98)):
        row = _tip(number)
        start = row.slot_local + timedelta(hours=hours)
        move_occurrence(
            mei, LATER, occurrence_id=row.id, version=row.version, start_local=start, space_id=None
        )
    for number, flow in ((5, postpone_occurrence), (6, cancel_occurrence)):
        row = _tip(number)
        flow(mei, LATER, occurrence_id=row.id, version=row.version, reason="暴雨")
    _retime(world, 12, Scope.FOLLOWING, hours=1)
    _retime(world, 1, Scope.ALL, minutes=30)
    shown = schedule.timing(_tip(1).series)
    excepted = shown.starts_local + 14 * DAY
    _change(world, 1, Scope.ALL, exdates=(*shown.exdates, excepted))
    _change(world, 1, Scope.ALL, rdates=(*shown.rdates, excepted + timedelta(hours=9)))
    again = _retime(world, 16, Scope.FOLLOWING, hours=2)
    undo_change(mei, LATER, change_id=again)
    he = season.expert(cast, "He")
    ids = [world.occurrence(n).id for n in (0, 1)]
    allot_expert(mei, LATER, activity_id=world.lectures, expert_id=he, occurrence_ids=ids)


def _tip(number: int) -> Occurrence:
    """One of the tips, by its first start, read anew."""
    session().rollback()
    found = select(Occurrence).where(Occurrence.uid == "series-D")
    return list(session().scalars(found.order_by(Occurrence.recurrence_id_local)))[number]


def _retime(world: World, number: int, scope: Scope, **later: int) -> int:
    starts = schedule.shown(_tip(number), scope, LATER).starts_local
    return _change(world, number, scope, starts_local=starts + timedelta(**later))


def _change(world: World, number: int, scope: Scope, **said: Any) -> int:
    """Edit the tips' series as an organizer does; the change's id."""
    row = _tip(number)
    timing = replace(schedule.shown(row, scope, LATER), **said)
    done = edit_series(
        world.cast.actor("mei"),
        LATER,
        occurrence_id=row.id,
        scope=scope,
        timing=timing,
        place=None,
        seen=schedule.effect(row, scope, timing, LATER).fingerprint,
        uid=f"split-{number}-{scope}",
        reason="调整",
    )
    assert done.change_id is not None
    return done.change_id


def _one_of_each_kind(world: World, base: str) -> dict[str, str]:
    """Addresses of a feed of every kind with a few sessions, in both forms, by name."""
    links, found = world.calendars.links, dict[FeedKind, tuple[int, Feed]]()
    for feed in queries.every():
        current = queries.current(feed.id)
        assert current is not None
        one = abs(len(entries.entries(current)) - 5), feed
        found[feed.kind] = min(found.get(feed.kind, one), one, key=lambda each: each[0])
    return {
        f"{kind}_{feed.id}_{form}": base
        + links.feed(feed.id, feed.nonce).removeprefix(links.base_url)
        + f"?form={form}"
        for kind, (_, feed) in found.items()
        for form in Form
    }


def _listed(khal: Khal) -> dict[str, list[list[object]]]:
    """What khal shows now."""
    seen = khal.seen(*DAYS)
    return {
        name: [[one.starts, one.ends, one.is_cancelled] for one in several]
        for name, several in seen.items()
    }


def _awaited(stored: dict[str, Any], khal: Khal) -> dict[str, list[list[object]]]:
    """What it should show, wall time of Shanghai."""
    by_name = {Path(file).stem.split("-", 1)[1]: sessions for file, sessions in stored.items()}
    return {
        name: [
            [_local(starts), _local(ends), status == "CANCELLED"]
            for starts, ends, status in by_name[name]
            if DAYS[0] <= _local(starts) < LAST_DAY
        ]
        for name in khal.names
    }


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


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
            file = folder / f"{moment}-{feed.kind}_{feed.id}_{form}.ics"
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

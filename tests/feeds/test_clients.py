"""Real calendar programs subscribe over HTTP and show what the database holds, change by change."""

from __future__ import annotations

import urllib.request
from datetime import datetime
from pathlib import Path

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import select

from events.feeds.states import FeedKind
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking
from tests.clients.khal import SHANGHAI, Khal, Seen, served
from tests.feeds.world import World


@pytest.mark.parametrize("engine", ["sqlite"])
def test_khal_and_another_reader_follow_a_campaign(world: World, tmp_path: Path) -> None:
    with served(world.app) as base:
        _follow(world, base, tmp_path)


def _follow(world: World, base: str, tmp_path: Path) -> None:
    url = base + world.path(FeedKind.CAMPAIGN, "campaign")
    khal = Khal.subscribe(tmp_path / "khal", {"campaign": url})

    def read_alike() -> list[Seen]:
        stored = _stored(world)
        assert khal.seen("2025-09-01", 31) == {"campaign": stored}
        assert _parsed(url) == stored
        return stored

    before = read_alike()
    world.move(1, datetime(2025, 9, 12, 19, 30), space="square")
    world.answer(1)
    moved = read_alike()
    world.cancel(2)
    cancelled = read_alike()
    assert [len(before), len(moved), len(cancelled)] == [4, 4, 4]
    assert [seen.starts for seen in moved if seen.location.startswith("示例区博物馆 广场")] == [
        "2025-09-12 19:30"
    ]
    assert [seen.starts for seen in cancelled if seen.is_cancelled] == ["2025-09-20 09:00"]


def _stored(world: World) -> list[Seen]:
    """What the database says of the lectures."""
    session().rollback()
    rows = session().scalars(
        select(Occurrence).join(Series).where(Series.activity_id == world.lectures)
    )
    return sorted(
        Seen(
            _local(row.starts_at),
            _local(row.ends_at),
            ("【取消】" if row.status == "CANCELLED" else "") + row.activity.title,
            f"示例区博物馆 {_space(row)}, 温泉路 1 号",
            row.status == "CANCELLED",
        )
        for row in rows
    )


def _space(occurrence: Occurrence) -> str:
    """The space that was asked for last."""
    asked = select(Booking).where(Booking.occurrence_id == occurrence.id)
    return session().scalars(asked.order_by(Booking.id.desc()).limit(1)).one().space.name


def _parsed(url: str) -> list[Seen]:
    """The same through PyPI `ical`, the parser of Home Assistant."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        stream = IcsCalendarStream.from_ics(answer.read().decode())
    return sorted(
        Seen(
            _local(event.dtstart),
            _local(event.dtend),
            event.summary or "",
            event.location or "",
            event.status == "CANCELLED",
        )
        for calendar in stream.calendars
        for event in calendar.timeline_tz(SHANGHAI).included(
            datetime(2025, 9, 1, tzinfo=SHANGHAI), datetime(2025, 10, 2, tzinfo=SHANGHAI)
        )
    )


def _local(moment: object) -> str:
    assert isinstance(moment, datetime)
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

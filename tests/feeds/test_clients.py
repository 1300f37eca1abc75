"""Real calendar programs subscribe over HTTP and show what the database holds, change by change."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import select
from werkzeug.serving import make_server

from events.feeds.states import FeedKind
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking
from tests.feeds.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
LINE = "{start-long}|{end-long}|{title}|{location}|{status}{nl}"
VDIRSYNCER = """
[general]
status_path = "{home}/status"
[pair kepu]
a = "remote"
b = "local"
collections = null
[storage remote]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{home}/calendar"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[kepu]]
path = {home}/calendar
[sqlite]
path = {home}/khal.db
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


@dataclass(frozen=True, order=True)
class Seen:
    """One session as a person at their calendar sees it, wall time of Shanghai."""

    starts: str
    ends: str
    title: str
    location: str
    is_cancelled: bool


@dataclass(frozen=True)
class Khal:
    """vdirsyncer fetches, khal lists; a home folder of their own."""

    home: Path

    @classmethod
    def subscribe(cls, home: Path, url: str) -> Khal:
        (home / "calendar").mkdir(parents=True)
        (home / "vdirsyncer").write_text(VDIRSYNCER.format(home=home, url=url))
        (home / "khal").write_text(KHAL.format(home=home))
        made = cls(home)
        made._run("vdirsyncer", "-c", "vdirsyncer", "discover")
        return made

    def seen(self) -> list[Seen]:
        self._run("vdirsyncer", "-c", "vdirsyncer", "sync")
        listed = ("list", "--day-format", "", "--format", LINE, "2025-09-01", "31d")
        lines = self._run("khal", "-c", "khal", *listed).splitlines()
        return sorted(_listed(line) for line in lines if line)

    def _run(self, program: str, *arguments: str) -> str:
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "Asia/Shanghai",
        }
        done = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=self.home,
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def base(world: World) -> Iterator[str]:
    """The address of the application, served over loopback."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_khal_and_another_reader_follow_a_campaign(world: World, base: str, tmp_path: Path) -> None:
    url = base + world.path(FeedKind.CAMPAIGN, "campaign")
    khal = Khal.subscribe(tmp_path / "khal", url)

    def read_alike() -> list[Seen]:
        stored = _stored(world)
        assert khal.seen() == stored
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


def test_khal_follows_a_volunteer(world: World, base: str, tmp_path: Path) -> None:
    url = base + world.path(FeedKind.VOLUNTEER, "lin")
    world.sign_up("lin", 0)
    khal = Khal.subscribe(tmp_path / "khal", url)
    assert [seen.starts for seen in khal.seen()] == ["2025-09-06 09:00"]
    world.sign_up("lin", 3)
    both = ["2025-09-06 09:00", "2025-09-27 09:00"]
    assert [seen.starts for seen in khal.seen()] == both
    assert [seen.starts for seen in _parsed(url)] == both


def _listed(line: str) -> Seen:
    starts, ends, title, location, status = line.split("|")
    return Seen(starts, ends, title, location, "CANCELLED" in status)


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

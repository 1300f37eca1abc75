"""Feeds: requests a second beside a bare Flask route and beside Radicale, in one run.

python bench/feeds.py [--seconds 4] [--rounds 3] [--without-radicale]

Makes a SQLite database with one campaign of 1,000 published sessions, serves it with granian as
`flask --app app serve` does (1 worker, 8 threads), the bare route (bare_feed.py) the same way, and
Radicale with the same events. Radicale is no dependency of Kepu: it is installed with pip into
bench/build/radicale, which needs a package index the first time.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import flask_migrate
from harness import BUILD, ROOT, Target, free_port, granian, measure, served, table

from events import create_app
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.config import Settings
from events.feeds import queries, render, services
from events.feeds.calendars import Calendars
from events.feeds.polls import Polls
from events.feeds.states import FeedKind
from events.identity.models import Organization
from events.identity.states import Kind, Level
from events.kernel import db as kernel_db
from events.kernel.db import session, transaction
from events.kernel.links import Links
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from events.venues.models import Booking, Space, Venue
from events.venues.states import BookingState

NOW = datetime(2025, 8, 20, 1, 0, tzinfo=UTC)
ACTIVITIES, SESSIONS, VENUES = 100, 10, 20
RADICALE = "radicale==3.9.0"


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=4)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--connections", type=int, default=4)
    asked.add_argument("--without-radicale", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        folder = Path(name)
        path, body = make_database(folder)
        targets = running.enter_context(kepu(folder, path))
        targets += running.enter_context(bare(folder, body))
        if not options.without_radicale:
            targets += running.enter_context(radicale(folder, body))
        loads = measure(
            targets,
            seconds=options.seconds,
            rounds=options.rounds,
            connections=options.connections,
        )
    print(f"{ACTIVITIES * SESSIONS} sessions, {options.connections} connections")
    table(loads)
    ratios = [("304", "Kepu 304", "bare 304"), ("full", "Kepu full", "bare full")]
    if not options.without_radicale:
        ratios.append(("full", "Kepu full", "Radicale full"))
    for what, ours, theirs in ratios:
        rate = loads[ours].rate / loads[theirs].rate
        work = loads[theirs].cpu_ms / (loads[ours].cpu_ms or 1)
        print(f"{what}: {ours} / {theirs} = {rate:.2f} by requests, {work:.2f} by processor time")


def make_database(folder: Path) -> tuple[str, bytes]:
    """The campaign's rows, written directly; its feed's path and bytes."""
    app = create_app(Settings.from_environment({"KEPU_DATA": str(folder)}))
    settings: Settings = app.extensions["kepu"]
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            campaign = _rows()
            made = services.ensure(FeedKind.CAMPAIGN, campaign.id, name=campaign.name, now=NOW)
            path = links.feed(made.id, made.nonce).removeprefix(links.base_url)
            feed_id = made.id
        feed = queries.current(feed_id)
        assert feed is not None
        calendars = Calendars(links=links, polls=Polls(kernel_db.db.engine))
        _, body = calendars.read(feed, "zh")  # also loads translations and compiles statements
        began = time.process_time()
        shown = queries.entries(feed)
        read = time.process_time()
        render.calendar_of(feed, shown, language="zh", links=links)
        wrote = time.process_time()
        print(
            f"not cached, processor time: {(read - began) * 1000:.0f} ms to read, "
            f"{(wrote - read) * 1000:.0f} ms to write {len(body)} bytes"
        )
        kernel_db.release()
        kernel_db.db.engine.dispose()
    return path, body


def _rows() -> Campaign:
    office = Organization(
        code="XA", name="区科协", level=Level.DISTRICT, kind=Kind.DEPARTMENT, path="1."
    )
    campaign = Campaign(
        organization=office,
        slug="september",
        name="全国科普月",
        theme="科技改变生活",
        year=2025,
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 9, 30),
        is_public=True,
        created_at=NOW,
    )
    session().add(campaign)
    spaces = [_space(office, number) for number in range(VENUES)]
    for number in range(ACTIVITIES):
        _activity(campaign, office, spaces[number % VENUES], number)
    session().flush()
    return campaign


def _space(office: Organization, number: int) -> Space:
    venue = Venue(
        organization=office,
        code=f"V{number}",
        name=f"示例科普教育基地第 {number} 馆",
        kind="科技馆",
        address=f"温泉路 {number} 号",
        lat=29.85,
        lon=114.32 + number / 1000,
    )
    return Space(venue=venue, name="报告厅", capacity=120)


def _activity(campaign: Campaign, office: Organization, space: Space, number: int) -> None:
    activity = Activity(
        campaign=campaign,
        code=f"A{number:03}",
        title=f"科普讲座：从月球到深空, 第 {number} 场",
        format="讲座",
        audiences=["青少年", "公众"],
        themes=["航天", "前沿科技"],
        state=ActivityState.PUBLISHED,
        lead=office,
        duration_min=90,
        published_at=NOW,
    )
    start = datetime(2025, 9, 1, 1, 0, tzinfo=UTC) + timedelta(hours=2 * (number // VENUES))
    series = Series(
        activity=activity,
        uid=f"9f1d7a52c3e84b0d8f2a{number:012}",
        kind=SeriesKind.RULE,
        tz="Asia/Shanghai",
        starts_local=(start + timedelta(hours=8)).replace(tzinfo=None),
        duration_min=90,
        rule=f"FREQ=DAILY;COUNT={SESSIONS}",
        changed_at=NOW,
    )
    for day in range(SESSIONS):
        starts_at = start + timedelta(days=day)
        ends_at = starts_at + timedelta(minutes=90)
        slot = (starts_at + timedelta(hours=8)).replace(tzinfo=None)
        occurrence = Occurrence(
            series=series,
            uid=series.uid,
            recurrence_id_local=slot,
            slot_local=slot,
            starts_at=starts_at,
            ends_at=ends_at,
            status=OccurrenceStatus.CONFIRMED,
            sequence=1,
            changed_at=NOW,
        )
        session().add(
            Booking(
                occurrence=occurrence,
                space=space,
                state=BookingState.CONFIRMED,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )


@contextlib.contextmanager
def kepu(folder: Path, path: str) -> Iterator[list[Target]]:
    """Kepu, serving the database in `folder`."""
    port = free_port()
    env = {"KEPU_DATA": str(folder), "DATABASE_URL": "", "KEPU_SECRET_KEY": ""}
    with served(granian("app:app", port), port=port, cwd=ROOT, env=env) as pid:
        yield _both("Kepu", port, pid, path)


@contextlib.contextmanager
def bare(folder: Path, body: bytes) -> Iterator[list[Target]]:
    """The bare route with the same bytes."""
    port, file = free_port(), folder / "body.ics"
    file.write_bytes(body)
    env = {"BENCH_BODY": str(file)}
    with served(granian("bare_feed:app", port), port=port, cwd=ROOT / "bench", env=env) as pid:
        yield _both("bare", port, pid, "/bare.ics")


@contextlib.contextmanager
def radicale(folder: Path, body: bytes) -> Iterator[list[Target]]:
    """Radicale with the same events as one collection, which it also serves as one .ics."""
    port, place = free_port(), BUILD / "radicale"
    python = place / "bin" / "python"
    if not python.exists():
        print(f"installing {RADICALE} into {place}")
        venv.create(place, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", RADICALE], check=True)
    config = folder / "radicale.conf"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_content_length = 100000000\ntimeout = 300\n"
        "[auth]\ntype = none\n[rights]\ntype = authenticated\n[logging]\nlevel = error\n"
        f"[storage]\nfilesystem_folder = {folder / 'radicale'}\n"
    )
    asker = {"Authorization": "Basic " + base64.b64encode(b"u:p").decode()}
    command = [str(python), "-m", "radicale", "--config", str(config)]
    with served(command, port=port, cwd=folder) as pid:
        began = time.perf_counter()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/u/campaign/",
            data=body.replace(b"METHOD:PUBLISH\r\n", b""),
            headers={**asker, "Content-Type": "text/calendar; charset=utf-8"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=300).close()
        print(f"Radicale took the calendar in {time.perf_counter() - began:.1f} s")
        path = "/u/campaign/"
        yield [Target(name="Radicale full", port=port, pid=pid, path=path, headers=asker)]


def _both(name: str, port: int, pid: int, path: str) -> list[Target]:
    """One target that asks for everything, and one that has it already."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        tag = answer.headers["ETag"]
    return [
        Target(name=f"{name} 304", port=port, pid=pid, path=path, headers={"If-None-Match": tag}),
        Target(name=f"{name} full", port=port, pid=pid, path=path, headers={}),
    ]


if __name__ == "__main__":
    main()

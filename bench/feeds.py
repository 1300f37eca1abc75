"""Feeds: processor time beside a bare Flask route, requests beside Radicale, in one run.

python bench/feeds.py [--seconds 4] [--rounds 3] [--without-radicale] [--occurrences 1000000]

Makes two SQLite databases: one of 10,000 occurrences and one of 1,000,000, both with a feed of
1,000, the large one with a feed of 100,000 too. Serves them with granian as `flask --app app serve`
does (1 worker, 8 threads), the bare route (bare_feed.py) the same way, and Radicale with the same
events. Radicale is no dependency of Kepu: it is installed with pip into bench/build/radicale, which
needs a package index the first time. Each line ends in ok or MISSED; any miss is the exit status.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import gc
import gzip
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import current_app
from harness import BUILD, ROOT, Load, Target, free_port, granian, measure, served, table
from sqlalchemy import func, insert, select, text

from events import create_app, start
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.config import Settings
from events.feeds import services
from events.feeds.calendars import Calendars
from events.feeds.shown import Current
from events.feeds.states import FeedKind, Form, View
from events.identity.models import Organization
from events.identity.states import Kind, Level
from events.kernel import db as kernel_db
from events.kernel.db import Base, session, transaction
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from events.venues.models import Booking, Space, Venue
from events.venues.states import BookingState

NOW = datetime(2025, 8, 20, 1, 0, tzinfo=UTC)
SESSIONS = 10  # of an activity
FEW, MANY = 10_000, 1_000_000
LISTS = (
    "wish_weekdays",
    "venue_kinds",
    "needed_facilities",
    "needed_skills",
    "expert_fields",
    "kit_kinds",
)
RADICALE = "radicale==3.9.0"


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=4)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--connections", type=int, default=4)
    asked.add_argument("--occurrences", type=int, default=MANY)
    asked.add_argument("--without-radicale", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        small, large = Path(name) / "small", Path(name) / "large"
        few = make_database(small, sizes=(1_000,), total=FEW)
        many = make_database(large, sizes=(1_000, 10_000, 100_000), total=options.occurrences)
        limits = first_renders(large, many)
        limits += independence(small, large, few[1_000], many[1_000], many[100_000])
        calendar = rendered(large, many[1_000])
        targets = running.enter_context(kepu(small, "few", {"1,000": few[1_000]}))
        paths = {"1,000": many[1_000], "100,000": many[100_000]}
        targets += running.enter_context(kepu(large, "many", paths))
        targets += running.enter_context(bare(Path(name), "bare", calendar))
        packed = gzip.compress(calendar, 6, mtime=0)
        targets += running.enter_context(bare(Path(name), "bare gzip", packed))
        if not options.without_radicale:
            targets += running.enter_context(radicale(Path(name), calendar))
        loads = measure(
            targets,
            seconds=options.seconds,
            rounds=options.rounds,
            connections=options.connections,
        )
    table(loads)
    limits += ratios(loads)
    print()
    for limit in limits:
        print(limit)
    sys.exit(any(not limit.is_kept for limit in limits))


@dataclass(frozen=True)
class Limit:
    """One figure, beside what it must be."""

    what: str
    is_value: float
    least: float | None = None
    most: float | None = None

    @property
    def is_kept(self) -> bool:
        return (self.least is None or self.is_value >= self.least) and (
            self.most is None or self.is_value <= self.most
        )

    def __str__(self) -> str:
        bound = f">= {self.least}" if self.least is not None else f"<= {self.most}"
        return (
            f"{'ok    ' if self.is_kept else 'MISSED'} {self.is_value:9.3f} {bound:8} {self.what}"
        )


def ratios(loads: Mapping[str, Load]) -> list[Limit]:
    """By processor time of the server: others share the machine."""

    def of(ours: str, theirs: str) -> float:
        return loads[theirs].cpu_ms / loads[ours].cpu_ms

    found = [
        Limit("304 of 1,000: many 304 1,000 / bare 304", of("many 304 1,000", "bare 304"), 0.8),
        Limit(
            "304 of 100,000: many 304 100,000 / bare 304", of("many 304 100,000", "bare 304"), 0.8
        ),
        Limit("full gzip of 1,000 / bare", of("many gzip 1,000", "bare gzip full"), 0.8),
        Limit("full plain of 1,000 / bare", of("many full 1,000", "bare full"), 0.8),
    ]
    if "Radicale full" in loads:
        rate = loads["many full 1,000"].rate / loads["Radicale full"].rate
        found.append(Limit("full of 1,000 / Radicale, by requests", rate, 100))
        work = of("many full 1,000", "Radicale full")
        found.append(Limit("full of 1,000 / Radicale, by processor time", work, 100))
    return found


def independence(small: Path, large: Path, few: str, many: str, longest: str) -> list[Limit]:
    """What a 304 costs in this process alone, by turns: the least of thirty rounds each."""
    spent: dict[str, float] = {}
    with contextlib.ExitStack() as open_apps:
        ask = {
            "few": _asker(open_apps, small, few),
            "many": _asker(open_apps, large, many),
            "longest": _asker(open_apps, large, longest),
        }
        for _ in range(30):
            for name, one in ask.items():
                began = time.process_time()
                for _ in range(1_000):
                    one()
                took = time.process_time() - began
                spent[name] = min(took, spent.get(name, took))
    return [
        Limit("304: 1,000 / 100,000 in the feed", spent["many"] / spent["longest"], 0.9),
        Limit("304: 10 thousand / many in the database", spent["few"] / spent["many"], 0.9),
    ]


def _asker(open_apps: contextlib.ExitStack, folder: Path, path: str) -> Callable[[], object]:
    """One poll of what has not changed, straight at the application."""
    open_apps.enter_context(_app(folder))
    app = current_app._get_current_object()  # noqa: SLF001 - it outlives this context
    tag = app.test_client().head(path).headers["ETag"]
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_IF_NONE_MATCH": tag}
    statuses: list[str] = []
    app.wsgi_app(environ, lambda status, _headers: statuses.append(status))
    assert statuses == ["304 NOT MODIFIED"]
    return lambda: app.wsgi_app(environ, _ignore)


def _ignore(_status: str, _headers: list[tuple[str, str]]) -> None:
    pass


def first_renders(folder: Path, paths: Mapping[int, str]) -> list[Limit]:
    """Processor seconds from a change to the bytes, in both forms; how they grow."""
    spent: dict[tuple[Form, int], float] = {}
    with _app(folder) as calendars:
        gc.freeze()  # as app.py does
        for form in Form:
            for size in (1_000, 10_000):
                feed = _feed(calendars, paths[size])
                view = View(language="zh", form=form)
                _fresh(calendars).read(feed, view)  # loads translations and compiles statements
                times = []
                for _ in range(3):
                    kernel_db.release()
                    began = time.process_time()
                    _fresh(calendars).read(feed, view)
                    times.append(time.process_time() - began)
                spent[form, size] = min(times)
    return [
        *(
            Limit(f"first render of {size:,}, {form}, seconds", took, most=size / 10_000)
            for (form, size), took in spent.items()
        ),
        *(
            Limit(
                f"{form}: 10,000 / ten times 1,000",
                spent[form, 10_000] / spent[form, 1_000] / 10,
                most=1.3,
            )
            for form in Form
        ),
    ]


def rendered(folder: Path, path: str) -> bytes:
    """The bytes of a feed as its address says it, flat."""
    with _app(folder) as calendars:
        view = View(language="zh", form=Form.FLAT)
        return calendars.read(_feed(calendars, path), view)[1]


@contextlib.contextmanager
def _app(folder: Path) -> Iterator[Calendars]:
    app = create_app(Settings.from_environment({"KEPU_DATA": str(folder)}))
    with app.app_context():
        yield app.extensions["kepu_calendars"]
        kernel_db.release()
        kernel_db.db.engine.dispose()


def _fresh(calendars: Calendars) -> Calendars:
    return Calendars(links=calendars.links, polls=calendars.polls)


def _feed(calendars: Calendars, path: str) -> Current:
    feed = calendars.find(path.removeprefix("/feeds/").removesuffix(".ics"))
    assert feed is not None
    return feed


def make_database(folder: Path, *, sizes: Sequence[int], total: int) -> dict[int, str]:
    """Campaigns of so many sessions, and what fills up to `total`; paths of the feeds by size."""
    folder.mkdir()
    began = time.perf_counter()
    with _app(folder) as calendars:
        start.migrate()
        links, paths = calendars.links, {}
        with transaction():
            office = Organization(
                code="XA", name="区科协", level=Level.DISTRICT, kind=Kind.DEPARTMENT, path="1."
            )
            session().add(office)
            for size in sizes:
                campaign = _campaign(office, size, is_booked=size <= 10_000)
                made = services.ensure(FeedKind.CAMPAIGN, campaign.id, name=campaign.name, now=NOW)
                paths[size] = links.feed(made.id, made.nonce).removeprefix(links.base_url)
            rest = total - sum(sizes)
            while rest > 0:
                _campaign(office, min(rest, 50_000), is_booked=False)
                rest -= 50_000
        with transaction() as writes:
            writes.execute(text("ANALYZE"))
    print(f"{total:,} occurrences made in {time.perf_counter() - began:.0f} s")
    return paths


def _campaign(office: Organization, size: int, *, is_booked: bool) -> Campaign:
    """A month of activities with ten sessions each; booked ones in twenty to a hall's hours."""
    number = session().scalar(select(func.count()).select_from(Campaign)) or 0
    campaign = Campaign(
        organization=office,
        slug=f"season-{number}",
        name=f"全国科普月 {number}",
        theme="科技改变生活",
        year=2025,
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 9, 30),
        is_public=True,
        created_at=NOW,
    )
    session().add(campaign)
    session().flush()
    count = size // SESSIONS
    activities = _inserted(Activity, [_activity(campaign, office, n) for n in range(count)])
    starts = [
        datetime(2025, 9, 1, 1, 0, tzinfo=UTC) + timedelta(hours=2 * (n % 5)) for n in range(count)
    ]
    pairs = list(zip(activities, starts, strict=True))
    series = _inserted(Series, [_series(activity, start) for activity, start in pairs])
    sessions = _inserted(
        Occurrence,
        [
            _occurrence(activity, one, start + timedelta(days=day))
            for (activity, start), one in zip(pairs, series, strict=True)
            for day in range(SESSIONS)
        ],
    )
    if is_booked:
        spaces = [_space(office, number, hall) for hall in range(count // 5)]
        session().flush()
        times = [start + timedelta(days=day) for start in starts for day in range(SESSIONS)]
        rows = [
            _booking(occurrence, spaces[n // SESSIONS // 5].id, start)
            for n, (occurrence, start) in enumerate(zip(sessions, times, strict=True))
        ]
        _inserted(Booking, rows)
    return campaign


def _inserted(model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows past the session's bookkeeping; their numbers."""
    first = (session().scalar(select(func.max(model.id))) or 0) + 1
    numbered = [{**row, "id": first + n} for n, row in enumerate(rows)]
    for at in range(0, len(numbered), 10_000):
        session().execute(insert(model), numbered[at : at + 10_000])
    return [row["id"] for row in numbered]


def _activity(campaign: Campaign, office: Organization, number: int) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "code": f"A{number:05}",
        "title": f"科普讲座：从月球到深空, 第 {number} 场",
        "format": "讲座",
        "audiences": ["青少年", "公众"],
        "themes": ["航天", "前沿科技"],
        "state": ActivityState.PUBLISHED,
        "lead_id": office.id,
        "duration_min": 90,
        "published_at": NOW,
        "version": 1,
        **{name: [] for name in LISTS},
    }


def _series(activity_id: int, start: datetime) -> dict[str, Any]:
    return {
        "activity_id": activity_id,
        "uid": _uid(activity_id),
        "kind": SeriesKind.RULE,
        "tz": "Asia/Shanghai",
        "starts_local": (start + timedelta(hours=8)).replace(tzinfo=None),
        "duration_min": 90,
        "rule": f"FREQ=DAILY;COUNT={SESSIONS}",
        "changed_at": NOW,
        "version": 1,
    }


def _uid(activity_id: int) -> str:
    return f"9f1d7a52c3e84b0d8f2a{activity_id:012}"


def _occurrence(activity_id: int, series_id: int, start: datetime) -> dict[str, Any]:
    slot = (start + timedelta(hours=8)).replace(tzinfo=None)
    return {
        "series_id": series_id,
        "uid": _uid(activity_id),
        "recurrence_id_local": slot,
        "slot_local": slot,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=90),
        "status": OccurrenceStatus.CONFIRMED,
        "sequence": 1,
        "changed_at": NOW,
        "version": 1,
    }


def _booking(occurrence_id: int, space_id: int, start: datetime) -> dict[str, Any]:
    return {
        "occurrence_id": occurrence_id,
        "space_id": space_id,
        "state": BookingState.CONFIRMED,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=90),
        "version": 1,
    }


def _space(office: Organization, campaign: int, number: int) -> Space:
    venue = Venue(
        organization=office,
        code=f"V{campaign}-{number}",
        name=f"示例科普教育基地第 {number} 馆",
        kind="科技馆",
        address=f"温泉路 {number} 号",
        lat=29.85,
        lon=114.32 + number / 1000,
        facilities=[],
    )
    space = Space(venue=venue, name="报告厅", capacity=120)
    session().add(space)
    return space


@contextlib.contextmanager
def kepu(folder: Path, name: str, paths: Mapping[str, str]) -> Iterator[list[Target]]:
    """Kepu, serving the database in `folder`: what has it already, what asks for all of 1,000."""
    port = free_port()
    env = {"KEPU_DATA": str(folder), "DATABASE_URL": "", "KEPU_SECRET_KEY": ""}
    with served(granian("app:app", port), port=port, cwd=ROOT, env=env) as pid:
        targets = []
        for size, path in paths.items():
            flat = f"{path}?form=flat"
            tag = _tag(port, flat)
            known = {"If-None-Match": tag}
            targets.append(
                Target(name=f"{name} 304 {size}", port=port, pid=pid, path=flat, headers=known)
            )
            if size == "1,000":
                packed = {"Accept-Encoding": "gzip"}
                targets.append(
                    Target(name=f"{name} full {size}", port=port, pid=pid, path=flat, headers={})
                )
                targets.append(
                    Target(
                        name=f"{name} gzip {size}", port=port, pid=pid, path=flat, headers=packed
                    )
                )
        yield targets


@contextlib.contextmanager
def bare(folder: Path, name: str, body: bytes) -> Iterator[list[Target]]:
    """The bare route with the same bytes."""
    port, file = free_port(), folder / f"{name}.ics"
    file.write_bytes(body)
    env = {"BENCH_BODY": str(file)}
    with served(granian("bare_feed:app", port), port=port, cwd=ROOT / "bench", env=env) as pid:
        known = {"If-None-Match": _tag(port, "/bare.ics")}
        yield [
            Target(name=f"{name} 304", port=port, pid=pid, path="/bare.ics", headers=known),
            Target(name=f"{name} full", port=port, pid=pid, path="/bare.ics", headers={}),
        ]


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


def _tag(port: int, path: str) -> str:
    """The tag of the full answer, which is rendered by asking."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=600) as answer:
        return str(answer.headers["ETag"])


if __name__ == "__main__":
    main()

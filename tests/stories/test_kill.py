"""The season again, while web server and worker are killed -9 fifty times at random moments.

Whoever acts tries again until an answer comes. At the end nothing is lost, nothing is half done,
and every mail arrived: at most one more for each killed worker that was just sending.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from events import create_app
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.config import Settings
from events.flows.add_user import add_user
from events.flows.found_installation import found_installation
from events.identity import queries as identity
from events.identity.models import Organization, User
from events.identity.states import Role
from events.imports.models import ImportRun
from events.imports.states import ImportState
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.db import db, release, session
from events.notices.models import Delivery
from events.notices.states import DeliveryState
from events.schedule.models import Occurrence
from events.venues.models import Booking, BookingRequest
from events.venues.states import BookingState
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState
from tests.cast import PASSWORD
from tests.notices.smtp_server import SmtpServer, free_port, running
from tests.stories.people import PATIENCE_S, Person
from tests.stories.processes import Killer, installation
from tests.stories.test_season import TABLES, demo, text_of

KILLS = int(os.environ.get("KEPU_TEST_KILLS", "50"))
SEED = 20250901
VOLUNTEERS = tuple(f"v{number}@kepu.example" for number in range(1, 9))


@dataclass
class World:
    """The installation as the test sees it from outside: its database, address and mail."""

    app: Flask
    url: str
    post: SmtpServer
    shift: timedelta

    def scalar(self, what: object, *where: object) -> int:
        with self.app.app_context():
            release()
            found = session().scalar(select(what).where(*where))  # type: ignore[call-overload]
            release()
            return int(found or 0)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nothing_is_lost_when_everything_is_killed(database_url: str, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    with running() as post:
        world, environment = prepared(database_url, tmp_path, post)
        with installation(environment, tmp_path / "log.txt") as processes:
            killer = Killer(processes, random.Random(SEED + 1), KILLS)
            killer.start()
            live_the_season(world, rng, killer.done.is_set)
            killer.join(timeout=PATIENCE_S)
            assert killer.fault is None
            assert sum(processes.killed.values()) == KILLS
            wait_until(lambda: unsettled(world) == 0)
            kills = processes.killed["worker"]
        nothing_is_half_done(world)
        every_mail_arrived(world, kills)
        with world.app.app_context():
            db.engine.dispose()
    whole = sqlite3.connect(tmp_path / "kepu.db").execute("PRAGMA integrity_check").fetchall()
    assert whole == [("ok",)]


def prepared(url: str, folder: Path, post: SmtpServer) -> tuple[World, dict[str, str]]:
    """An empty installation with its people; the environment that its processes get."""
    port = free_port()
    environment = {
        "KEPU_DATA": str(folder),
        "DATABASE_URL": url,
        "KEPU_SECRET_KEY": "a secret of tests only",
        "KEPU_PORT": str(port),
        "KEPU_BASE_URL": f"http://127.0.0.1:{port}",
        "KEPU_SMTP_URL": post.url,
        "KEPU_TICK_SECONDS": "1",
        "KEPU_DEMO": "no",
    }
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        people()
        release()
    monday = clock.today("Asia/Shanghai") + timedelta(weeks=3)
    monday -= timedelta(days=monday.weekday())
    return World(app, environment["KEPU_BASE_URL"], post, monday - date(2025, 9, 1)), environment


def people() -> None:
    now = clock.now()
    password = hash_password(PASSWORD)
    ada_id = found_installation(
        now,
        code="XN",
        organization="咸宁市",
        level="city",
        email="ada@kepu.example",
        name="Ada",
        password=password,
    )
    ada = identity.actor_of(session().get_one(User, ada_id))
    for email in ("mei@kepu.example", *VOLUNTEERS):
        add_user(
            ada,
            now,
            email=email,
            name=email.split("@")[0],
            language="zh",
            role=Role.ORGANIZER if email.startswith("mei") else Role.VOLUNTEER,
            organization_id=ada.held[0].organization_id,
            password=password,
        )


def live_the_season(world: World, rng: random.Random, is_over: Callable[[], bool]) -> None:
    mei = Person(world.url)
    mei.log_in("mei@kepu.example")
    for table in TABLES:
        import_table(world, mei, f"{table}.csv", without_skills(table, demo(table)))
    campaign_id = make_campaign(world, mei)
    activities = moved(demo("activities-2025-kepuri"), world.shift)
    import_table(world, mei, "activities.csv", activities, campaign_id=str(campaign_id))
    here = f"/campaigns/{campaign_id}"
    mei.post(f"{here}/place", page=here)
    while drafts_with_a_time(world):
        mei.post(f"{here}/publish", page=f"{here}/publish")
    assert world.scalar(func.count(Activity.id), Activity.state == ActivityState.PUBLISHED) == 120
    answer_all(world)
    volunteer(world, rng)
    while not is_over():
        volunteer(world, rng)
        move_something(world, mei, rng)


def import_table(
    world: World, mei: Person, name: str, content: bytes, campaign_id: str = "0"
) -> None:
    organization = str(world.scalar(func.min(Organization.id)))
    page = mei.upload(
        "/imports",
        page="/imports",
        file=(name, content),
        organization_id=organization,
        campaign_id=campaign_id,
    ).url
    run_id = int(page.rsplit("/", 1)[1])

    def state() -> ImportState:
        with world.app.app_context():
            release()
            return session().get_one(ImportRun, run_id).state

    wait_until(lambda: state() is ImportState.READY)
    while state() is not ImportState.DONE:
        if state() is ImportState.READY:
            mei.post(f"/imports/{run_id}/confirm", page=f"/imports/{run_id}")
        time.sleep(0.2)


def make_campaign(world: World, mei: Person) -> int:
    year = (date(2025, 9, 1) + world.shift).year
    page = f"/campaigns/new?observance=national-science-month&year={year}"
    slug = mei.get(page).hidden("slug")
    office = world.scalar(Organization.id, Organization.code == "XA-KX")
    answer = mei.post(
        "/campaigns/new",
        page=page,
        slug=slug,
        version="",
        observance_id="national-science-month",
        organization_id=str(office),
        owner_id="",
        name="科普月",
        year=str(year),
        starts_on=(date(2025, 9, 1) + world.shift).isoformat(),
        ends_on=(date(2025, 9, 30) + world.shift).isoformat(),
        warmup_days="7",
        **{f"targets-{number}-measure": "activities" for number in range(3)},
    )
    assert answer.status == 200, answer.text
    assert world.scalar(func.count(Campaign.id)) == 1
    return world.scalar(Campaign.id)


def answer_all(world: World) -> None:
    """Every venue opens its mail's link and says yes to all."""
    asked = world.scalar(func.count(BookingRequest.id))
    wait_until(lambda: len(answer_links(world)) >= asked)
    for link in answer_links(world):
        path = link.removeprefix(world.url)
        Person(world.url).post(path, page=path, all="yes", by="馆方")
    requested = world.scalar(func.count(Booking.id), Booking.state == BookingState.REQUESTED)
    assert requested == 0


def answer_links(world: World) -> set[str]:
    found = [
        re.search(r"http://\S+/v/\S+", text_of(mail))
        for mail in world.post.messages
        if "@venue." in str(mail["To"])
    ]
    return {link[0] for link in found if link}


def volunteer(world: World, rng: random.Random) -> None:
    """Somebody takes a shift; sometimes they give it back."""
    person = Person(world.url)
    person.log_in(rng.choice(VOLUNTEERS))
    page = person.get("/me/shifts").text
    shifts = re.findall(r'action="(/shifts/\d+/sign-up)"', page)
    if shifts:
        person.post(rng.choice(shifts), page="/me/shifts")
    mine = re.findall(r'action="(/signups/\d+/withdraw)"', person.get("/me").text)
    if mine and rng.random() < 0.3:
        person.post(rng.choice(mine), page="/me")


def move_something(world: World, mei: Person, rng: random.Random) -> None:
    with world.app.app_context():
        release()
        ids = session().scalars(select(Occurrence.id).order_by(Occurrence.id)).all()
        occurrence = session().get_one(Occurrence, rng.choice(ids))
        starts = clock.to_local(occurrence.starts_at, "Asia/Shanghai") + timedelta(minutes=15)
        path, version = f"/occurrences/{occurrence.id}/move", occurrence.version
        release()
    mei.post(
        path,
        page=path,
        version=str(version),
        starts_on=starts.date().isoformat(),
        starts=f"{starts:%H:%M}",
        space_id="",
    )


def nothing_is_half_done(world: World) -> None:
    with world.app.app_context():
        release()
        taken = {shift.id: shift.taken for shift in session().scalars(select(Shift)) if shift.taken}
        active = select(Signup.shift_id, func.count()).where(Signup.state == SignupState.SIGNED_UP)
        counted = {row[0]: row[1] for row in session().execute(active.group_by(Signup.shift_id))}
        assert taken == counted
        asked = select(Change.facts).where(Change.kind == ChangeKind.BOOKINGS_REQUESTED)
        told = sorted(facts["request_id"] for facts in session().scalars(asked))
        assert told == sorted(session().scalars(select(BookingRequest.id)))
        publications = select(func.count()).where(Change.kind == ChangeKind.ACTIVITY_PUBLISHED)
        assert session().scalar(publications.select_from(Change)) == 1
        imports = {run.state for run in session().scalars(select(ImportRun))}
        assert imports <= {ImportState.DONE, ImportState.READY}
        release()
    assert world.scalar(func.count(Occurrence.id)) == 224


def every_mail_arrived(world: World, kills: int) -> None:
    """Sent means arrived; parked ones are named; nothing else waits."""
    with world.app.app_context():
        release()
        states = session().execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        counts = {row[0]: row[1] for row in states}
        due = set(counts) - {DeliveryState.READY}  # READY: reminders of days to come
        release()
    assert due <= {DeliveryState.SENT, DeliveryState.SUPERSEDED, DeliveryState.UNKNOWN}
    copies = world.post.copies
    sent, unknown = counts[DeliveryState.SENT], counts.get(DeliveryState.UNKNOWN, 0)
    assert sent <= len(copies) <= sent + unknown
    assert unknown <= kills
    assert sum(copies.values()) - len(copies) <= kills


def unsettled(world: World) -> int:
    due = world.scalar(
        func.count(Delivery.id),
        Delivery.state.in_((DeliveryState.READY, DeliveryState.LEASED, DeliveryState.SENDING)),
        Delivery.due_at <= clock.now(),
    )
    return due + world.scalar(func.count(Change.id), Change.composed_at.is_(None))


def drafts_with_a_time(world: World) -> int:
    return world.scalar(func.count(Activity.id), Activity.state == ActivityState.DRAFT)


def moved(table: bytes, shift: timedelta) -> bytes:
    """The activities' dates, moved by whole weeks."""
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    for row in rows:
        for column in ("preferred_start", "preferred_end"):
            row[column] = (date.fromisoformat(row[column]) + shift).isoformat()
        writer.writerow(row)
    return out.getvalue().encode()


def without_skills(table: str, content: bytes) -> bytes:
    """Teams that nobody needs to join: every shift is open to all volunteers."""
    if table != "volunteer_teams":
        return content
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows({**row, "skills": "其他"} for row in rows)
    return out.getvalue().encode()


def wait_until(question: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not question():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.3)

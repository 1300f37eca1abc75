"""What a dead worker leaves behind, and two workers at once, with real processes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from events.identity.models import User
from events.kernel.db import session, transaction
from events.notices import dispatch, services
from events.notices.states import DeliveryState, NoticeKind
from tests.cast import NOW, Cast
from tests.feeds.world import World
from tests.notices.conftest import Office
from tests.notices.smtp_server import CUT

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300  # of a busy machine
LATER = NOW + dispatch.SENDING_LEASE + timedelta(seconds=1)


def start(office: Office, database_url: str, folder: Path) -> subprocess.Popen[str]:
    """A dispatcher that waits for a line before it begins."""
    session().rollback()
    arguments = (str(folder), database_url, office.server.url, office.now.isoformat())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.notices.dispatcher", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def kill_at(stage: str, to: str, office: Office, database_url: str, folder: Path) -> None:
    """Run a dispatcher that is killed when the server has reached `stage` of the mail to `to`."""
    process = start(office, database_url, folder)

    def kill() -> str:
        process.kill()
        process.wait()
        return CUT

    office.server.order(stage, kill, to=to)
    go(process)
    process.wait(timeout=PATIENCE_S)
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    assert process.returncode == -9


def test_killed_after_the_final_dot_retry_sends_at_most_one_more(
    world: World, office: Office, database_url: str, tmp_path: Path
) -> None:
    office.compose()
    kill_at("dot", "tao@kepu.example", office, database_url, tmp_path)
    (request,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
    assert (request.state, request.attempts) == (DeliveryState.SENDING, 1)
    assert (
        dispatch.reap(NOW + dispatch.LEASE + timedelta(seconds=1)) == 2
    )  # the two that were only claimed
    assert office.states(NoticeKind.BOOKING_REQUEST) == {"Tao": DeliveryState.SENDING}
    office.now = LATER
    assert dispatch.reap(LATER) == 1
    assert office.send() == 3
    assert set(office.states().values()) == {DeliveryState.SENT}
    assert Counter(to for to, _ in office.server.received) == {
        "tao@kepu.example": 2,
        "xa-kx@kepu.example": 1,
        "wei@kepu.example": 1,
    }
    assert sorted(office.server.copies.values()) == [1, 1, 2]  # both under one Message-ID


def test_killed_after_the_final_dot_park_asks_a_person(
    world: World, office: Office, database_url: str, tmp_path: Path
) -> None:
    office.compose()
    kill_at("dot", "wei@kepu.example", office, database_url, tmp_path)
    office.now = LATER
    dispatch.reap(LATER)
    office.send()
    assert office.states() == {
        "Tao": DeliveryState.SENT,
        "Wei": DeliveryState.UNKNOWN,
        "区科协": DeliveryState.SENT,
    }
    assert Counter(to for to, _ in office.server.received)["wei@kepu.example"] == 1


def test_killed_before_the_mark_nothing_is_lost_and_nothing_doubled(
    world: World, office: Office, database_url: str, tmp_path: Path
) -> None:
    office.compose()
    kill_at("rcpt", "tao@kepu.example", office, database_url, tmp_path)
    assert set(office.states().values()) == {DeliveryState.LEASED}
    assert dispatch.recover(NOW) == 3  # the only worker's start need not wait for a lease
    assert office.send() == 3
    assert sorted(office.server.copies.values()) == [1, 1, 1]


def test_two_workers_at_once_send_each_mail_once(
    app: object, cast: Cast, office: Office, database_url: str, tmp_path: Path
) -> None:
    with transaction():
        lin = session().get_one(User, cast["lin"])
        for number in range(120):
            services.send_password_reset(lin, f"https://kepu.example/reset/{number}", NOW)
    office.server.together = 2  # or the first might send all before the second has begun
    workers = [start(office, database_url, tmp_path) for _ in range(2)]
    for worker in workers:
        go(worker)
    sent = [int(worker.communicate(timeout=PATIENCE_S)[0]) for worker in workers]
    assert sum(sent) == 120
    assert min(sent) > 0
    assert sorted(office.server.copies.values()) == [1] * 120


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_message_that_ends_every_worker_waits_longer_each_time(
    world: World, office: Office
) -> None:
    office.compose()
    waits = []
    for attempt in range(1, 6):
        with transaction():
            (row,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
            row.state, row.attempts, row.lease_until = DeliveryState.SENDING, attempt, NOW
        dispatch.recover(NOW)
        (row,) = office.deliveries(NoticeKind.BOOKING_REQUEST)
        waits.append((row.due_at - NOW).total_seconds())
    assert waits == [0, 30, 60, 120, 240]

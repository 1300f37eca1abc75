"""Two bookings that hold one space never overlap, whoever tries, however many at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from events.campaigns.models import Activity
from events.kernel.db import release, session, transaction
from events.schedule import services as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues.models import Booking
from events.venues.states import HOLDING, BookingState
from tests.cast import NOW, Cast

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2025, 9, 6, 1, tzinfo=UTC)


def occurrence(cast: Cast) -> int:
    with transaction():
        timing = Timing(
            kind=SeriesKind.SINGLE,
            tz="Asia/Shanghai",
            starts_local=datetime(2025, 9, 6, 9),
            duration_min=60,
        )
        activity = session().get_one(Activity, cast["activity"])
        series = schedule.plan(activity, timing, uid=str(uuid.uuid4()), now=NOW)
        return series.occurrences[0].id


def book(
    occurrence_id: int,
    space_id: int,
    *,
    start: datetime = START,
    minutes: int = 60,
    state: BookingState = BookingState.REQUESTED,
) -> None:
    with transaction():
        booking = Booking(
            occurrence_id=occurrence_id,
            space_id=space_id,
            state=state,
            starts_at=start,
            ends_at=start + timedelta(minutes=minutes),
        )
        session().add(booking)


def test_an_overlapping_booking_is_refused(app: Flask, cast: Cast) -> None:
    first = occurrence(cast)
    book(first, cast["hall"])
    with pytest.raises(IntegrityError, match="ex_booking_space_id_span"):
        book(first, cast["hall"], start=START + timedelta(minutes=59))


@pytest.mark.parametrize(
    ("start", "state"),
    [
        (START + timedelta(minutes=60), BookingState.REQUESTED),
        (START - timedelta(minutes=60), BookingState.CONFIRMED),
        (START, BookingState.PLANNED),
        (START, BookingState.DECLINED),
        (START, BookingState.RELEASED),
    ],
)
def test_touching_and_not_holding_bookings_are_fine(
    app: Flask, cast: Cast, start: datetime, state: BookingState
) -> None:
    first = occurrence(cast)
    book(first, cast["hall"])
    book(first, cast["hall"], start=start, state=state)
    book(first, cast["square"])
    assert session().scalar(select(func.count(Booking.id))) == 3


def test_a_planned_booking_cannot_become_a_second_holder(app: Flask, cast: Cast) -> None:
    first = occurrence(cast)
    book(first, cast["hall"])
    book(first, cast["hall"], state=BookingState.PLANNED)

    def hold_it() -> None:
        with transaction():
            planned = select(Booking).where(Booking.state == BookingState.PLANNED)
            session().scalars(planned).one().state = BookingState.REQUESTED

    with pytest.raises(IntegrityError, match="ex_booking_space_id_span"):
        hold_it()


def test_one_of_many_threads_wins(app: Flask, cast: Cast) -> None:
    first = occurrence(cast)
    space_id = cast["hall"]
    release()
    outcomes: list[str] = []
    barrier = threading.Barrier(12)

    def attempt() -> None:
        with app.app_context():
            barrier.wait()
            try:
                book(first, space_id)
                outcomes.append("won")
            except IntegrityError:
                outcomes.append("refused")
            finally:
                release()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 11 + ["won"]


PROCESSES = """
import datetime, os, sys
from pathlib import Path
from sqlalchemy.exc import IntegrityError
from events import create_app
from tests.databases import settings
from tests.venues.test_exclusion import START, book
url, folder, occurrence_id, space_id = sys.argv[1:]
app = create_app(settings(Path(folder), url))
gate, begin = os.pipe()
for _ in range(4):  # loaded once; none has a connection yet
    if os.fork():
        continue
    os.close(begin)
    os.read(gate, 1)  # until the first process lets go of it
    won = 0
    with app.app_context():
        for hour in range(20):
            start = START + datetime.timedelta(hours=hour)
            try:
                book(int(occurrence_id), int(space_id), start=start)
                won += 1
            except IntegrityError:
                pass
    os.write(1, f"{won}\\n".encode())  # in one piece: the four share the pipe
    os._exit(0)
os.close(begin)
for _ in range(4):
    os.wait()
"""


def test_processes_at_once_share_twenty_hours_without_a_clash(
    app: Flask, cast: Cast, database_url: str, tmp_path: Path
) -> None:
    first = occurrence(cast)
    release()
    command = [sys.executable, "-c", PROCESSES, database_url, str(tmp_path), str(first)]
    done = subprocess.run(
        [*command, str(cast["hall"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    won = [int(line) for line in done.stdout.splitlines()]
    assert len(won) == 4
    assert sum(won) == 20
    holding = select(func.count()).select_from(Booking).where(Booking.state.in_(HOLDING))
    assert session().scalar(holding) == 20
    assert session().scalar(select(func.count()).select_from(Occurrence)) == 1

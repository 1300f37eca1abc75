"""Venues that follow calendars: what is blocked, how it is kept up to date, who warns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.campaigns.models import Campaign
from events.flows.drop_calendar import drop_calendar
from events.flows.refresh_calendar import refresh_calendar
from events.flows.subscribe_calendar import subscribe_calendar
from events.flows.upload_calendar import upload_calendar
from events.foreign import services
from events.foreign.models import ForeignCalendar, ForeignEntry
from events.foreign.owners import Whose
from events.foreign.run import refresh_due
from events.kernel.db import release, session, transaction
from events.kernel.errors import NotFound, Refused
from events.planning import load
from events.planning.first_fit import Wish, first_fit
from events.schedule.rules import Slot
from events.venues.fitting import space_problems
from events.venues.models import Closure, Space
from tests.cast import NOW, Cast
from tests.foreign.calendars import calendar
from tests.foreign.server import Server, serving

TZ = "Asia/Shanghai"
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
FAIR = (
    "UID:fair\nSUMMARY:展会\nDTSTART;TZID=Asia/Shanghai:20250906T090000\nDURATION:PT8H\nSEQUENCE:1"
)
WEEKLY = (
    "UID:club\nSUMMARY:社团\nDTSTART;TZID=Asia/Shanghai:20250901T180000\nDURATION:PT2H\n"
    "RRULE:FREQ=WEEKLY;COUNT=3"
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def look(server: Server | None = None, *, hours: float = 0) -> None:
    """The worker's ticks until nothing is due."""
    now = NOW + timedelta(hours=hours)
    while refresh_due(lambda: now, (server.host,) if server else ()):
        pass
    release()


def uploaded(cast: Cast, *events: str, space: str | None = None, name: str = "own.ics") -> int:
    number = upload_calendar(
        cast.actor("tao"),
        NOW,
        whose=Whose(venue_id=cast["museum"], space_id=cast[space] if space else None),
        tz=TZ,
        name=name,
        content=calendar(*events).encode(),
    )
    look()
    return number


def followed(cast: Cast, server: Server) -> int:
    return subscribe_calendar(
        cast.actor("tao"),
        NOW,
        whose=Whose(venue_id=cast["museum"]),
        tz=TZ,
        name="",
        url=server.url("/good"),
        offices=(server.host,),
    )


def closures() -> list[tuple[str, str]]:
    rows = session().scalars(select(Closure).order_by(Closure.starts_at, Closure.id))
    return [(f"{row.starts_at:%m-%d %H:%M}–{row.ends_at:%H:%M}", row.title) for row in rows]


def row_of(number: int) -> ForeignCalendar:
    return session().get_one(ForeignCalendar, number)


def test_an_uploaded_calendar_blocks_its_times_in_utc(app: Flask, cast: Cast) -> None:
    free = "UID:free\nDTSTART:20250907T100000Z\nDTEND:20250907T110000Z\nTRANSP:TRANSPARENT"
    gone = "UID:gone\nDTSTART:20250907T100000Z\nDTEND:20250907T110000Z\nSTATUS:CANCELLED"
    number = uploaded(cast, FAIR, WEEKLY, free, gone, "UID:x\nSUMMARY:bad")
    assert closures() == [
        ("09-01 10:00–12:00", "社团"),
        ("09-06 01:00–09:00", "展会"),
        ("09-08 10:00–12:00", "社团"),
        ("09-15 10:00–12:00", "社团"),
    ]
    report = row_of(number).report
    assert (report["events"], report["refused"]) == (4, 1)
    assert [one["code"] for one in report["problems"]] == ["start_missing"]


@ONLY_SQLITE
def test_a_day_is_blocked_from_midnight_of_the_venue(app: Flask, cast: Cast) -> None:
    uploaded(cast, "UID:d\nDTSTART;VALUE=DATE:20250906")
    (row,) = session().scalars(select(Closure))
    assert row.starts_at == datetime(2025, 9, 5, 16, tzinfo=UTC)
    assert row.ends_at == datetime(2025, 9, 6, 16, tzinfo=UTC)


def test_reading_again_updates_by_uid_and_removes_what_vanished(app: Flask, cast: Cast) -> None:
    number = uploaded(cast, FAIR, WEEKLY)
    before = {row.key: row.id for row in session().scalars(select(ForeignEntry))}
    later = FAIR.replace("T090000", "T140000").replace("SEQUENCE:1", "SEQUENCE:2")
    assert uploaded(cast, later, WEEKLY.replace("COUNT=3", "COUNT=2")) == number
    after = {row.key: row.id for row in session().scalars(select(ForeignEntry))}
    assert after == {key: before[key] for key in after}
    assert [each for each, _ in closures()] == [
        "09-01 10:00–12:00",
        "09-06 06:00–14:00",
        "09-08 10:00–12:00",
    ]
    uploaded(cast, FAIR)  # an older revision of the fair changes nothing of it
    assert [each for each, _ in closures()] == ["09-06 06:00–14:00"]


@ONLY_SQLITE
def test_a_subscription_is_asked_on_with_its_tag(app: Flask, cast: Cast, server: Server) -> None:
    server.content = calendar(FAIR).encode()
    number = followed(cast, server)
    assert followed(cast, server) == number
    look(server)
    assert [title for _, title in closures()] == ["展会"]
    look(server, hours=0.5)
    assert len(server.asked) == 1
    look(server, hours=1.1)
    assert server.asked[-1][1]["If-None-Match"] == '"one"'
    assert [title for _, title in closures()] == ["展会"]
    assert row_of(number).checked_at == NOW + timedelta(hours=1.1)


@ONLY_SQLITE
def test_a_server_that_fails_is_asked_less_and_what_is_known_stays(
    app: Flask, cast: Cast, server: Server
) -> None:
    server.content = calendar(FAIR).encode()
    number = followed(cast, server)
    look(server)
    with transaction():
        row_of(number).url = server.url("/status/500")
    waits = []
    for _ in range(3):
        at = row_of(number).next_check_at
        look(server, hours=(at - NOW).total_seconds() / 3600)
        waits.append(row_of(number).next_check_at - at)
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert row_of(number).report["code"] == "server_refuses"
    assert [title for _, title in closures()] == ["展会"]
    with transaction():
        row_of(number).url = server.url("/good")
    refresh_calendar(cast.actor("tao"), NOW, calendar_id=number)
    look(server)
    assert "code" not in row_of(number).report


@ONLY_SQLITE
def test_the_days_that_matter_move_on(app: Flask, cast: Cast) -> None:
    far = "UID:far\nSUMMARY:far\nDTSTART:20261001T010000Z\nDURATION:PT1H"
    uploaded(cast, far)
    assert closures() == []
    look(hours=24 * 30)
    assert [title for _, title in closures()] == ["far"]


@ONLY_SQLITE
def test_dropping_a_calendar_frees_its_times(app: Flask, cast: Cast) -> None:
    kept = uploaded(cast, FAIR, name="kept.ics")
    number = uploaded(cast, WEEKLY)
    drop_calendar(cast.actor("tao"), NOW, calendar_id=number)
    assert [title for _, title in closures()] == ["展会"]
    assert session().scalars(select(ForeignCalendar.id)).all() == [kept]
    assert session().scalar(select(func.count(ForeignEntry.id))) == 1


@ONLY_SQLITE
def test_a_blocked_space_warns_whoever_asks_for_it(app: Flask, cast: Cast) -> None:
    uploaded(cast, FAIR, space="hall")
    start = datetime(2025, 9, 6, 2, tzinfo=UTC)
    slot = Slot(
        recurrence_id=datetime(2025, 9, 6, 10),
        starts_at=start,
        ends_at=start + timedelta(minutes=90),
    )

    def codes(name: str, slots: list[Slot]) -> list[tuple[str, object]]:
        found = space_problems(session().get_one(Space, cast[name]), slots, needs=10)
        return [(one.code, one.facts.get("by")) for one in found]

    assert codes("hall", [slot]) == [("space_blocked", "展会")]
    assert codes("square", [slot]) == []
    assert codes("hall", []) == []


@ONLY_SQLITE
def test_planning_goes_around_blocked_times(app: Flask, cast: Cast) -> None:
    uploaded(cast, FAIR)
    fair = (datetime(2025, 9, 6, 9), datetime(2025, 9, 6, 17))
    campaign = session().get_one(Campaign, cast["campaign"])
    assert load.closed(campaign) == [(cast["hall"], *fair), (cast["square"], *fair)]
    wish = Wish(
        activity_id=1,
        priority=1,
        duration_min=90,
        attendance=10,
        is_outdoor=False,
        first=fair[0].date(),
        last=fair[0].date() + timedelta(days=1),
        venue_kinds=frozenset({"博物馆"}),
        is_online=False,
        weekdays=frozenset(),
        starts=time(9),
        ends=time(17),
        rule="",
        facilities=frozenset(),
        region="",
        skills=frozenset(),
        volunteers=0,
    )
    (placed,), _ = first_fit([wish], load.rooms(campaign), [], (), load.closed(campaign))
    assert {start.day for start in placed.starts} == {7}


@ONLY_SQLITE
def test_whom_it_does_not_concern_finds_nothing(app: Flask, cast: Cast) -> None:
    number = uploaded(cast, FAIR)
    xu = cast.actor("xu")
    with pytest.raises(NotFound):
        refresh_calendar(xu, NOW, calendar_id=number)
    with pytest.raises(NotFound):
        drop_calendar(xu, NOW, calendar_id=number)
    with pytest.raises(NotFound):
        upload_calendar(
            xu,
            NOW,
            whose=Whose(venue_id=cast["museum"]),
            tz=TZ,
            name="x",
            content=b"BEGIN:VCALENDAR",
        )


@ONLY_SQLITE
def test_what_cannot_be_followed_is_refused_at_once(app: Flask, cast: Cast) -> None:
    for url in ("http://127.0.0.1/a.ics", "file:///etc/passwd", "https://a:b@example.org/"):
        with pytest.raises(Refused, match="address_"):
            subscribe_calendar(
                cast.actor("tao"),
                NOW,
                whose=Whose(venue_id=cast["museum"]),
                tz=TZ,
                name="",
                url=url,
            )
    for number in range(services.MOST_OF_ONE):
        uploaded(cast, name=f"{number}.ics")
    with pytest.raises(Refused, match="calendars_enough"):
        uploaded(cast, name="one more.ics")


@ONLY_SQLITE
def test_a_worker_that_slept_stores_nothing(app: Flask, cast: Cast, server: Server) -> None:
    server.content = calendar(FAIR).encode()
    number = followed(cast, server)
    with transaction():
        assert services.claim(NOW) is not None
    assert not refresh_due(lambda: NOW, (server.host,))
    assert refresh_due(lambda: NOW + timedelta(minutes=2), (server.host,))
    with transaction():
        assert services.holder(number, held=NOW + services.LEASE) is None

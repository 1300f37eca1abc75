"""What stands in which calendar, read with a library that Kepu does not use to write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import update

from events.campaigns.models import Activity
from events.campaigns.states import Mode
from events.feeds import entries, queries
from events.feeds.states import FeedKind
from events.flows.publish_activities import publish_activities
from events.flows.withdraw import withdraw
from events.journal.models import Audience
from events.kernel.db import session, transaction
from events.schedule.models import Occurrence
from events.venues import services as venues
from events.venues.models import Space, Venue
from events.volunteers.models import Team
from tests.cast import NOW
from tests.feeds.world import LATER, World, plan, statements

EVERY = (
    (FeedKind.CAMPAIGN, "campaign"),
    (FeedKind.VENUE, "museum"),
    (FeedKind.TEAM, "team"),
    (FeedKind.VOLUNTEER, "lin"),
)
HALL = "示例区博物馆 报告厅, 温泉路 1 号"
SATURDAYS = [datetime(2025, 9, day, 1, 0, tzinfo=UTC) for day in (6, 13, 20, 27)]


@dataclass(frozen=True)
class Line:
    starts_at: datetime
    status: str
    summary: str
    location: str


def _events(world: World, kind: FeedKind, name: str, language: str = "zh") -> list[Any]:
    read = icalendar.Calendar.from_ical(world.text(kind, name, language=language))
    return list(read.walk("VEVENT"))


def _written(value: Any) -> str:
    written = value.to_ical()
    return written.decode() if isinstance(written, bytes) else str(written)


def _lines(world: World, kind: FeedKind, name: str) -> list[Line]:
    return [
        Line(e.start, str(e["STATUS"]), str(e["SUMMARY"]), str(e.get("LOCATION", "")))
        for e in _events(world, kind, name)
    ]


def test_a_campaign_shows_what_is_published_and_where(world: World) -> None:
    world.answer(1)
    assert _lines(world, FeedKind.CAMPAIGN, "campaign") == [
        Line(start, "CONFIRMED" if start == SATURDAYS[1] else "TENTATIVE", "月球讲座, 第一讲", HALL)
        for start in SATURDAYS
    ]


def test_one_event_says_all_of_this(world: World) -> None:
    world.answer(0)
    with transaction() as writes:
        museum = writes.get_one(Venue, world.cast["museum"])
        museum.lat, museum.lon = 29.85, 114.3219
    event = _events(world, FeedKind.VENUE, "museum")[0]
    found = {name: _written(event[name]) for name in event}
    activity = world.lectures
    assert found == {
        "UID": "20250906T090000-series-l001@kepu",
        "DTSTAMP": f"{LATER:%Y%m%dT%H%M%SZ}",
        "LAST-MODIFIED": f"{LATER:%Y%m%dT%H%M%SZ}",
        "SEQUENCE": "1",
        "STATUS": "CONFIRMED",
        "DTSTART": "20250906T010000Z",
        "DTEND": "20250906T023000Z",
        "SUMMARY": "月球讲座\\, 第一讲",
        "LOCATION": "示例区博物馆 报告厅\\, 温泉路 1 号",
        "GEO": "29.85;114.3219",
        "DESCRIPTION": "面向：青少年、公众\\n牵头单位：区科协\\n场地预约：场馆已确认",
        "URL": f"http://127.0.0.1:8000/c/september/a/{activity}",
        "CATEGORIES": "讲座,航天",
    }


def test_english_is_asked_for(world: World) -> None:
    event = _events(world, FeedKind.VENUE, "museum", "en")[0]
    assert str(event["DESCRIPTION"]).splitlines() == [
        "For: 青少年, 公众",
        "Lead unit: 区科协",
        "Booking: waiting for the venue's answer",
    ]
    event = _events(world, FeedKind.TEAM, "team", "en")[0]
    assert str(event["SUMMARY"]) == "月球讲座, 第一讲 (讲解, 秩序维护)"


def test_a_volunteer_sees_only_what_they_signed_up_for_and_nobody_else(world: World) -> None:
    world.sign_up("lin", 0)
    mine = world.sign_up("lin", 2)
    world.sign_up("wei", 0)
    assert _lines(world, FeedKind.VOLUNTEER, "lin") == [
        Line(SATURDAYS[n], "TENTATIVE", "月球讲座, 第一讲（讲解、秩序维护）", HALL) for n in (0, 2)
    ]
    text = world.text(FeedKind.VOLUNTEER, "lin")
    assert [word for word in ("Wei", "Bo", "Tao", "@kepu.example") if word in text] == []
    withdraw(world.cast.actor("lin"), LATER, signup_id=mine)
    assert [e.starts_at for e in _lines(world, FeedKind.VOLUNTEER, "lin")] == [SATURDAYS[0]]
    assert _lines(world, FeedKind.VOLUNTEER, "bo") == []


def test_a_cancelled_session_stays_struck_out_in_every_calendar(world: World) -> None:
    world.sign_up("lin", 1)
    world.cancel(1)
    for kind, name in EVERY:
        struck = [e for e in _lines(world, kind, name) if e.status == "CANCELLED"]
        roles = "（讲解、秩序维护）" if kind.is_private else ""
        assert struck == [Line(SATURDAYS[1], "CANCELLED", f"【取消】月球讲座, 第一讲{roles}", HALL)]


def test_a_session_moved_to_another_time_keeps_its_uid(world: World) -> None:
    before = [str(e["UID"]) for e in _events(world, FeedKind.CAMPAIGN, "campaign")]
    world.move(0, datetime(2025, 9, 14, 14, 0), space="square")
    moved = _events(world, FeedKind.CAMPAIGN, "campaign")
    assert sorted(str(e["UID"]) for e in moved) == sorted(before)
    found = next(e for e in moved if str(e["UID"]) == before[0])
    assert (found.start, found["SEQUENCE"], str(found["LOCATION"])) == (
        datetime(2025, 9, 14, 6, 0, tzinfo=UTC),
        1,
        "示例区博物馆 广场, 温泉路 1 号",
    )


def test_a_session_that_left_a_venue_leaves_its_calendar_even_when_cancelled_later(
    world: World,
) -> None:
    with transaction() as writes:
        museum = writes.get_one(Venue, world.cast["museum"])
        park = Venue(organization=museum.organization, code="V02", name="公园", kind="公园")
        park.spaces = []
        writes.add(park)
        writes.flush()
        space = Space(venue=park, name="草坪", capacity=500)
        writes.add(space)
        writes.flush()
        world.cast.ids |= {"park": park.id, "lawn": space.id}
    world.move(0, datetime(2025, 9, 6, 9, 0), space="lawn")
    left = SATURDAYS[1:]
    assert [e.starts_at for e in _lines(world, FeedKind.VENUE, "museum")] == left
    world.cancel(0, now=LATER + timedelta(hours=1))
    assert [e.starts_at for e in _lines(world, FeedKind.VENUE, "museum")] == left


def test_a_declined_session_has_no_place_and_leaves_the_venues_calendar(world: World) -> None:
    world.answer(3, is_yes=False)
    assert _lines(world, FeedKind.CAMPAIGN, "campaign")[3].location == "地点待定"
    assert [e.starts_at for e in _lines(world, FeedKind.VENUE, "museum")] == SATURDAYS[:3]


def test_drafts_never_leak(world: World) -> None:
    """The draft has sessions, a planned space, shifts of the team: all that could leak."""
    for kind, name in EVERY:
        for language in ("zh", "en"):
            assert "绝密" not in world.text(kind, name, language=language)
    mei = world.cast.actor("mei")
    publish_activities(mei, LATER, campaign_id=world.cast["campaign"], activity_ids=[world.draft])
    for kind, name in EVERY[:3]:
        assert "绝密" in world.text(kind, name)


def test_nothing_personal_stands_in_public_calendars(world: World) -> None:
    world.sign_up("lin", 0)
    world.answer(0)
    with transaction() as writes:
        museum = writes.get_one(Venue, world.cast["museum"])
        museum.contact_phone = "138-0000-0000"
        writes.get_one(Team, world.cast["team"]).leader_name = "王伟"
    secrets = ("138-0000", "@kepu.example", "Tao", "Mei", "Lin", "王伟")
    for kind, name in EVERY[:2]:
        text = world.text(kind, name)
        assert [word for word in secrets if word in text] == []


def test_finished_sessions_leave_after_sixty_days_but_never_a_campaign(world: World) -> None:
    world.sign_up("lin", 0)
    far = NOW + timedelta(days=400)
    scopes = [f"{kind}:{world.cast[name]}" for kind, name in EVERY]
    with transaction() as writes:
        writes.execute(update(Audience).where(Audience.scope.in_(scopes)).values(revised_at=far))
    assert [len(_lines(world, kind, name)) for kind, name in EVERY] == [4, 0, 0, 0]


def test_an_online_session_says_so(world: World) -> None:
    with transaction() as writes:
        writes.get_one(Activity, world.lectures).mode = Mode.HYBRID
    assert _lines(world, FeedKind.CAMPAIGN, "campaign")[0].location == f"{HALL} / 线上"
    world.answer(0, is_yes=False)
    assert _lines(world, FeedKind.CAMPAIGN, "campaign")[0].location == "线上"


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_the_number_of_statements_does_not_grow(world: World, kind: FeedKind, name: str) -> None:
    def count() -> tuple[int, int]:
        feed = queries.current(world.feed(kind, name).id)
        assert feed is not None
        with statements() as seen:
            found = entries.entries(feed)
        return len(seen), len(found)

    world.sign_up("lin", 0)
    few = count()
    for number in (1, 2, 3):
        world.sign_up("lin", number)
    for code in ("L003", "L004"):
        _publish_later(world, code)
    many = count()
    assert few[0] == many[0] <= 6
    assert many[1] > few[1]


def _publish_later(world: World, code: str) -> None:
    """Four more sessions, a few hours after the others."""
    more = plan(world.cast, code=code, title=code, space=None, team="team")
    session().rollback()
    with transaction() as writes:
        hours = 3 if code == "L003" else 6
        for row in writes.query(Occurrence).all():
            if row.series.activity_id == more:
                row.starts_at += timedelta(hours=hours)
                row.ends_at += timedelta(hours=hours)
                venues.plan(row, writes.get_one(Space, world.cast["hall"]))
    mei = world.cast.actor("mei")
    publish_activities(mei, LATER, campaign_id=world.cast["campaign"], activity_ids=[more])

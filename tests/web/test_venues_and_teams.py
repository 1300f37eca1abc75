from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.feeds import queries as feeds
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.db import session
from events.venues.models import Booking, Venue
from events.venues.states import BookingState
from tests.cast import NOW, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def booked(cast: Cast) -> Cast:
    """A published session in the museum's hall, with a shift of Wei's team."""
    season.publish(cast, season.draft(cast, "A002", team="team"))
    return cast


def _booking() -> Booking:
    return session().scalars(select(Booking)).one()


def _form(venue: Venue) -> dict[str, str]:
    return {
        "version": str(venue.version),
        "name": venue.name,
        "address": venue.address,
        "hours": venue.hours,
        "contact_name": venue.contact_name,
        "contact_email": venue.contact_email,
        "contact_phone": "0715-8888",
        "language": "zh",
    }


def test_venues_are_listed_with_what_waits(booked: Cast, log_in: LogIn) -> None:
    client = log_in("tao")
    text = client.get("/venues").text
    assert "示例区博物馆" in text
    assert "k-chip-wait" in text
    client.post("/account/logout")
    assert "示例区博物馆" not in log_in("xu").get("/venues").text


def test_filters_of_venues_narrow_the_list(cast: Cast, log_in: LogIn) -> None:
    client = log_in("mei")
    for query, is_there in (
        ("q=博物", True),
        ("q=nothing", False),
        ("kind=博物馆", True),
        ("kind=图书馆", False),
        (f"region={cast['town']}", True),
        (f"region={cast['county']}", False),
    ):
        text = client.get(f"/venues?{query}").text.split("<main")[1]
        assert (f'href="/venues/{cast["museum"]}"' in text) is is_there, query


def test_the_keeper_confirms_twice_without_harm(booked: Cast, log_in: LogIn) -> None:
    client, booking_id = log_in("tao"), _booking().id
    for _ in range(2):
        answer = client.post(f"/bookings/{booking_id}/answer", data={"answer": "yes"})
        assert (answer.status_code, answer.location) == (303, f"/venues/{booked['museum']}")
    assert _booking().state is BookingState.CONFIRMED
    assert _booking().answered_by == "Tao"


def test_a_refusal_needs_a_reason(booked: Cast, log_in: LogIn) -> None:
    client, booking_id = log_in("tao"), _booking().id
    answer = client.post(f"/bookings/{booking_id}/answer", data={"answer": "no", "reason": " "})
    assert answer.status_code == 422
    assert f'href="#booking-{booking_id}"' in answer.text
    assert _booking().state is BookingState.REQUESTED
    sent = {"answer": "no", "reason": "正在布展"}
    assert client.post(f"/bookings/{booking_id}/answer", data=sent).status_code == 303
    assert (_booking().state, _booking().reason) == (BookingState.DECLINED, "正在布展")


def test_who_may_not_answer_sees_no_buttons_and_no_calendar(booked: Cast, log_in: LogIn) -> None:
    feed = feeds.for_subject(FeedKind.VENUE, booked["museum"])
    assert feed
    client = log_in("tao")
    own = client.get(f"/venues/{booked['museum']}").text
    assert f"/feeds/{feed.id}-" in own
    assert "/answer" in own
    client.post("/account/logout")
    client = log_in("xu")
    assert client.get(f"/venues/{booked['museum']}").status_code == 404
    path = f"/bookings/{_booking().id}/answer"
    assert client.post(path, data={"answer": "yes"}).status_code == 404


def test_the_keeper_changes_the_contact(cast: Cast, log_in: LogIn) -> None:
    client, where = log_in("tao"), f"/venues/{cast['museum']}"
    sent = _form(session().get_one(Venue, cast["museum"]))
    assert client.post(f"{where}/edit", data=sent).status_code == 303
    assert session().get_one(Venue, cast["museum"]).contact_phone == "0715-8888"
    assert client.post(f"{where}/edit", data=sent).status_code == 303  # it says the same once more
    assert client.post(f"{where}/edit", data=sent | {"contact_phone": "1"}).status_code == 409


def test_unreadable_hours_are_shown_at_their_field(cast: Cast, log_in: LogIn) -> None:
    sent = _form(session().get_one(Venue, cast["museum"])) | {"hours": "whenever"}
    answer = log_in("tao").post(f"/venues/{cast['museum']}/edit", data=sent)
    assert answer.status_code == 422
    assert 'href="#hours"' in answer.text
    assert 'value="whenever"' in answer.text


def test_a_leader_opens_the_own_team_and_makes_a_new_address(booked: Cast, log_in: LogIn) -> None:
    client, where = log_in("wei"), f"/teams/{booked['team']}"
    text = client.get(where).text
    assert "科学实验课 A002" in text
    feed = session().scalars(select(Feed).where(Feed.kind == FeedKind.TEAM)).one()
    old = feed.nonce
    assert f"/feeds/{feed.id}-" in text
    assert client.post(f"{where}/feed/reset").status_code == 303
    assert session().get_one(Feed, feed.id).nonce != old


@pytest.mark.parametrize("who", ["lin", "tao", "xu"])
def test_others_never_see_a_teams_calendar(booked: Cast, log_in: LogIn, who: str) -> None:
    client, where = log_in(who), f"/teams/{booked['team']}"
    old = session().scalars(select(Feed.nonce).where(Feed.kind == FeedKind.TEAM)).one()
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/feed/reset").status_code == 404
    assert session().scalars(select(Feed.nonce).where(Feed.kind == FeedKind.TEAM)).one() == old


def test_teams_are_found_by_name_and_skill(cast: Cast, log_in: LogIn) -> None:
    client = log_in("mei")
    for query, is_there in (("q=示例", True), ("skill=讲解", True), ("skill=急救", False)):
        text = client.get(f"/teams?{query}").text.split("<main")[1]
        assert (f'href="/teams/{cast["team"]}"' in text) is is_there, query

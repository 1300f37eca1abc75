from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.flows.answer_request import Answer, answer_booking
from events.identity.models import Organization
from events.kernel import clock
from events.kernel.db import session, transaction
from events.venues.models import Venue
from events.volunteers.models import Team
from tests.cast import NOW, Cast
from tests.flows.season import bookings, draft, publish, saturday

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def without_addresses(cast: Cast) -> None:
    """The museum, its keeper and the team lose their mail addresses."""
    with transaction():
        session().get_one(Venue, cast["museum"]).contact_email = ""
        session().get_one(Team, cast["team"]).leader_email = ""
        session().get_one(Organization, cast["culture"]).email = None


def notes(page: str) -> list[str]:
    """What the page says with an envelope struck through."""
    return re.findall(r'bi-envelope-slash" aria-hidden="true"></i> ([^<]*)', page)


@pytest.fixture
def mei(log_in: LogIn) -> FlaskClient:
    """Mei, who reads English."""
    client = log_in("mei")
    client.post("/language", data={"language": "en"})
    return client


def test_only_who_has_an_address_is_said_to_get_a_mail(mei: FlaskClient, cast: Cast) -> None:
    draft(cast, team="team")
    without_addresses(cast)
    path = f"/campaigns/{cast['campaign']}/publish"
    before = mei.get(path).text
    assert "0 venues get a mail" in before
    assert "1 lead or responsible unit gets its sessions" in before
    said = [
        "1 venue has no mail address and cannot be asked",
        "1 unit has no mail address and hears nothing",
        "1 team leader has no mail address and hears nothing",
    ]
    assert notes(before) == said
    assert f'<a href="/venues/{cast["museum"]}">示例区博物馆</a>' in before
    after = mei.post(path)
    assert after.status_code == 200
    assert notes(after.text) == said
    assert "1 activity is public now." in after.text
    assert "gets a mail" not in after.text


def test_who_has_an_address_is_counted(mei: FlaskClient, cast: Cast) -> None:
    draft(cast, team="team")
    path = f"/campaigns/{cast['campaign']}/publish"
    page = mei.get(path).text
    assert notes(page) == []
    assert "1 venue gets a mail that asks for its confirmation" in page
    assert "1 team leader gets the team" in page
    answer = mei.post(path)
    assert answer.status_code == 200  # A001 was kept back: it has no time
    assert "1 activity is public now. 1 venue gets a mail" in answer.text


def test_impossible_times_are_said_and_can_be_published(mei: FlaskClient, cast: Cast) -> None:
    with transaction():
        museum = session().get_one(Venue, cast["museum"])
        museum.most_per_day, museum.lead_days = 1, 20
    draft(cast, "A002", start=saturday(16))
    draft(cast, "A003", start=saturday(10), space="square")
    draft(cast, "A004", start=saturday(9, weeks=30), space=None)
    draft(cast, "A005", start=saturday(9, weeks=-4), space=None)
    path = f"/campaigns/{cast['campaign']}/publish"
    page = mei.get(path).text
    for text in (
        "1 session is in the past",
        "1 session lies outside the campaign",
        "Sat 4 Apr 2026 09:00–10:30",
        "1 session lies outside its venue",
        "Tue–Sun 09:00–17:00",
        "2 sessions are sooner than their venue wants to be asked",
        "wants to be asked 20 days ahead",
        "2 sessions are on days with more than their venue takes",
        "2 sessions that day, at most 1",
    ):
        assert text in page, text
    mei.post(path)
    states = session().scalars(select(Activity.state).order_by(Activity.code)).all()
    assert states == [ActivityState.DRAFT, *[ActivityState.PUBLISHED] * 4]


def test_the_workbench_names_a_venue_that_cannot_be_asked(mei: FlaskClient, cast: Cast) -> None:
    without_addresses(cast)
    publish(cast, draft(cast), now=NOW - timedelta(hours=60))
    page = mei.get("/work").text
    assert "No mail address" in page
    assert f'href="/venues/{cast["museum"]}/edit"' in page
    assert "Ask again" not in page


def test_places_come_before_volunteers(mei: FlaskClient, cast: Cast) -> None:
    early = draft(cast, "A004", start=saturday(14, weeks=-1), space="square")
    publish(cast, early)
    (booking,) = bookings(early)
    answer_booking(cast.actor("tao"), NOW, booking_id=booking.id, answer=Answer(is_yes=True))
    publish(
        cast,
        draft(cast, "A002", start=saturday(9), space=None, volunteers=0),
        draft(cast, "A003", start=saturday(9, weeks=1)),
    )
    tasks = re.sub(r'(?s)id="next".*', "", mei.get("/work").text)
    assert re.findall(r"科学实验课 (A\d+)", tasks) == ["A002", "A003", "A004"]

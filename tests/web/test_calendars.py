from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.foreign.models import ForeignCalendar
from events.foreign.run import refresh_due
from events.kernel import clock
from events.kernel.db import release, session
from tests.cast import NOW, Cast
from tests.flows import season
from tests.foreign.calendars import calendar

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]
TAKEN = "UID:fair\nSUMMARY:展会\nDTSTART;TZID=Asia/Shanghai:20250906T080000\nDURATION:PT9H"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


def uploaded(client: FlaskClient, cast: Cast, *events: str) -> str:
    """Hand a file in, let the worker read it; the path of its page."""
    content = io.BytesIO(calendar(*events).encode())
    answer = client.post(
        f"/venues/{cast['museum']}/calendars",
        data={"file": (content, "own.ics"), "space_id": "0"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    assert refresh_due(lambda: NOW + timedelta(hours=1), ())
    release()
    return answer.headers["Location"]


def test_a_keeper_uploads_a_calendar_and_reads_the_report(cast: Cast, log_in: LogIn) -> None:
    client = log_in("tao")
    page = client.get(uploaded(client, cast, TAKEN, "UID:x\nSUMMARY:坏的", "DTSTART:20250907"))
    assert "own.ics" in page.text
    assert "坏的" in page.text
    for path in ("/calendars", f"/venues/{cast['museum']}/calendars"):
        assert "own.ics" in client.get(path).text
    assert "展会" in client.get(f"/venues/{cast['museum']}").text


def test_an_address_is_followed_and_its_secret_not_shown(cast: Cast, log_in: LogIn) -> None:
    client = log_in("tao")
    sent = {"url": "webcal://calendar.example/s3cret/basic.ics", "space_id": str(cast["hall"])}
    answer = client.post(f"/venues/{cast['museum']}/calendars", data=sent)
    text = client.get(answer.headers["Location"]).text
    assert "calendar.example" in text
    assert "s3cret" not in text
    (row,) = session().scalars(select(ForeignCalendar))
    assert row.url == "https://calendar.example/s3cret/basic.ics"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"url": "http://10.0.0.1/"},
        {"url": "nonsense"},
        {"url": "https://e.org", "space_id": "x"},
    ],
)
def test_what_cannot_be_followed_is_said_at_its_field(
    cast: Cast, log_in: LogIn, sent: dict[str, str]
) -> None:
    answer = log_in("tao").post(
        f"/venues/{cast['museum']}/calendars", data={"space_id": "0", **sent}
    )
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text


def test_refreshing_and_removing(cast: Cast, log_in: LogIn) -> None:
    client = log_in("tao")
    path = uploaded(client, cast, TAKEN)
    assert client.post(f"{path}/refresh").status_code == 303
    assert client.post(f"{path}/drop").status_code == 303
    assert client.get(path).status_code == 404
    assert "展会" not in client.get(f"/venues/{cast['museum']}").text


def test_the_checklist_names_the_session_at_a_taken_time(cast: Cast, log_in: LogIn) -> None:
    season.draft(cast, "A007")
    client = log_in("mei")
    page = f"/campaigns/{cast['campaign']}/publish"
    before = client.get(page).text.count("A007")
    uploaded(client, cast, TAKEN)
    assert client.get(page).text.count("A007") == before + 1

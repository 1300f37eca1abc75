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


@pytest.fixture
def log_in(client: FlaskClient, log_in: LogIn) -> LogIn:
    """As everybody's, also one after the other."""

    def enter(name: str) -> FlaskClient:
        client.post("/account/logout")
        return log_in(name)

    return enter


def uploaded(client: FlaskClient, cast: Cast, *events: str, path: str = "") -> str:
    """Hand a file in, the museum's or to `path`; the path of its page once it is read."""
    content = io.BytesIO(calendar(*events).encode())
    answer = client.post(
        path or f"/venues/{cast['museum']}/calendars",
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


def test_a_superiors_dates_stand_beside_the_campaigns_sessions(cast: Cast, log_in: LogIn) -> None:
    season.draft(cast, "A007")
    week = "UID:week\nSUMMARY:科技周\nDTSTART;VALUE=DATE:20250905\nDTEND;VALUE=DATE:20250907"
    path = uploaded(
        log_in("ada"), cast, TAKEN, week, path=f"/organizations/{cast['city']}/calendars"
    )
    client = log_in("ada")
    assert "科技周" in client.get(path).text
    page = f"/campaigns/{cast['campaign']}"
    span = "start=2025-09-06T00:00:00%2B08:00&end=2025-09-07T00:00:00%2B08:00"
    found = client.get(f"{page}/calendar.json?{span}").get_json()
    assert [row for row in found if row["classNames"] == ["occ-beside"]] == [
        {
            "title": "科技周 · own.ics",
            "allDay": True,
            "start": "2025-09-05",
            "end": "2025-09-07",
            "classNames": ["occ-beside"],
        },
        {
            "title": "展会 · own.ics",
            "allDay": False,
            "start": "2025-09-06T08:00:00",
            "end": "2025-09-06T17:00:00",
            "classNames": ["occ-beside"],
        },
    ]
    assert "科技周 · own.ics" in client.get(page).text
    assert "科技周" not in client.get(f"{page}?others=off").text
    (session_only,) = client.get(f"{page}/calendar.json?{span}&others=off").get_json()
    assert session_only["title"] == "科学实验课 A007"


def test_the_form_of_an_activity_hints_at_what_else_is_on_its_days(
    cast: Cast, log_in: LogIn
) -> None:
    client = log_in("mei")
    uploaded(client, cast, TAKEN, path=f"/organizations/{cast['district']}/calendars")
    sent = {"kind": "single", "starts_on": "2025-09-06", "starts": "19:00", "duration_min": "60"}
    text = client.post(f"/activities/preview?campaign={cast['campaign']}", data=sent).text
    assert "9月6日 周六 08:00–17:00 展会 (own.ics)" in text
    sent["starts_on"] = "2025-09-07"
    assert (
        "展会"
        not in client.post(f"/activities/preview?campaign={cast['campaign']}", data=sent).text
    )
    assert "展会" not in client.post("/activities/preview", data=sent).text


def test_what_an_edit_of_a_series_comes_to_names_what_else_is_on_its_days(
    cast: Cast, log_in: LogIn
) -> None:
    activity = season.draft(cast, "A007", rule="FREQ=WEEKLY;COUNT=2")
    season.publish(cast, activity)
    (first, _second) = season.occurrences(activity)
    path = f"/occurrences/{first.id}/edit?scope=all"
    client = log_in("mei")
    uploaded(client, cast, TAKEN, path=f"/organizations/{cast['district']}/calendars")
    sent = {
        "uid": "next",
        "kind": "rule",
        "starts_on": "2025-09-06",
        "starts": "14:00",
        "duration_min": "90",
        "freq": "WEEKLY",
        "interval": "1",
        "weekdays": ["SA"],
        "monthly": "day",
        "ends": "count",
        "count": "2",
        "place": "keep",
        "step": "look",
    }
    assert "9月6日 周六 08:00–17:00 展会 (own.ics)" in client.post(path, data=sent).text


def test_a_volunteer_is_told_what_does_not_fit_and_sees_no_words(cast: Cast, log_in: LogIn) -> None:
    season.publish(cast, season.draft(cast, "A007", team="team"))
    lin = log_in("lin")
    path = uploaded(lin, cast, TAKEN, "UID:x\nSUMMARY:坏的", path="/me/calendars")
    page = lin.get(path).text
    assert "9月6日 周六 08:00–17:00" in page
    assert "展会" not in page
    assert "坏的" not in page
    shifts = lin.get("/me/shifts").text
    assert "08:00–17:00" in shifts
    assert "/sign-up" in shifts
    log_in("wei")
    assert "忙：Lin" in lin.get(f"/teams/{cast['team']}").text
    log_in("mei")
    assert "忙：Lin" not in lin.get(f"/teams/{cast['team']}").text
    assert lin.get("/me/calendars").status_code == 403
    log_in("lin")
    assert lin.post(f"{path}/drop").headers["Location"] == "/me/calendars"


def test_a_volunteers_calendar_is_nobody_elses_not_even_an_administrators(
    cast: Cast, log_in: LogIn
) -> None:
    client = log_in("lin")
    path = uploaded(client, cast, TAKEN, path="/me/calendars")
    reached = {}
    for who in ("mei", "ada", "tao", "wei", "xu", "lin"):
        log_in(who)
        reached[who] = [client.get(path).status_code]
        reached[who] += [client.post(f"{path}/{verb}").status_code for verb in ("refresh", "drop")]
    assert reached.pop("lin") == [200, 303, 303]
    assert set(map(tuple, reached.values())) == {(404, 404, 404)}


def test_every_owners_page_leads_to_its_calendars(cast: Cast, log_in: LogIn) -> None:
    client = log_in("mei")
    for page in (f"/venues/{cast['museum']}", f"/organizations/{cast['district']}"):
        assert f'href="{page}/calendars"' in client.get(page).text
        assert client.get(f"{page}/calendars").status_code == 200
    log_in("lin")
    assert 'href="/me/calendars"' in client.get("/me").text

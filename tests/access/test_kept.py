"""Logged out while a long form was typed: nothing is stored, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from events.campaigns.models import Campaign
from events.kernel import clock
from events.kernel.db import session
from events.kernel.links import Links
from events.venues.states import BookingState
from tests.cast import NOW, PASSWORD, Cast
from tests.flows import season
from tests.web.sheets import Sheet, sheet_with

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
TYPED = "一段写了很久的介绍,\n有两行"


@pytest.fixture
def client(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser; its forms need their tokens."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    app.before_request_funcs.setdefault(None, []).insert(0, _forget)
    return app.test_client()


def _forget() -> None:
    for name in list(g):
        g.pop(name)


def log_in(client: FlaskClient, name: str) -> None:
    token = sheet_with(client.get("/account/login").text, "password").token
    sent = {"email": f"{name}@kepu.example", "password": PASSWORD} | token
    assert client.post("/account/login", data=sent).status_code == 302


def typed(client: FlaskClient, path: str) -> dict[str, object]:
    """A long text in the campaign's form, just before it is sent."""
    sheet = sheet_with(client.get(path).text, "description")
    return {**sheet.changed(description=TYPED).to_dict(flat=False), **sheet.token}


def kept(page: str) -> Sheet:
    return sheet_with(page, "description")


@pytest.mark.parametrize("way", ["the session has expired", "logged out in another tab"])
def test_what_was_typed_is_sent_again_after_logging_in(
    client: FlaskClient, cast: Cast, way: str
) -> None:
    log_in(client, "mei")
    path = f"/campaigns/{cast['campaign']}/edit"
    sent = typed(client, path)
    if way == "the session has expired":
        client.delete_cookie("session")
    else:
        token = sheet_with(client.get(path).text, "description").token
        client.post("/account/logout", data=token)
    answer = client.post(path, data=sent)
    assert answer.status_code == 409
    page = kept(answer.text)
    assert page.sent["description"].replace("\r\n", "\n") == TYPED
    again = client.post(path, data=page.sent.to_dict(flat=False) | page.token)
    assert again.status_code == 409, "still nobody is logged in"
    log_in(client, "mei")
    done = client.post(path, data=page.sent.to_dict(flat=False) | page.token)
    assert done.status_code == 303
    session().rollback()
    assert session().get_one(Campaign, cast["campaign"]).description == TYPED


def test_another_tab_with_a_new_session_costs_one_more_click(
    client: FlaskClient, cast: Cast
) -> None:
    log_in(client, "mei")
    path = f"/campaigns/{cast['campaign']}/edit"
    sent = typed(client, path)
    client.delete_cookie("session")
    log_in(client, "mei")
    answer = client.post(path, data=sent)
    assert answer.status_code == 400
    page = kept(answer.text)
    assert client.post(path, data=page.sent.to_dict(flat=False) | page.token).status_code == 303


def test_what_one_typed_is_not_saved_by_another(client: FlaskClient, cast: Cast) -> None:
    log_in(client, "mei")
    path = f"/campaigns/{cast['campaign']}/edit"
    sent = typed(client, path)
    client.delete_cookie("session")
    log_in(client, "ada")
    page = client.post(path, data=sent)
    assert page.status_code == 409
    again = kept(page.text)
    assert client.post(path, data=again.sent.to_dict(flat=False) | again.token).status_code == 409
    session().rollback()
    assert session().get_one(Campaign, cast["campaign"]).description == ""


@pytest.mark.parametrize(
    ("made_for", "headers"),
    [("", {}), ("1.forged", {}), (None, {"Sec-Fetch-Site": "cross-site"})],
)
def test_nothing_is_kept_for_strangers(
    client: FlaskClient, cast: Cast, made_for: str | None, headers: dict[str, str]
) -> None:
    log_in(client, "mei")
    path = f"/campaigns/{cast['campaign']}/edit"
    sent = typed(client, path)
    client.delete_cookie("session")
    if made_for is not None:
        sent["made_for"] = made_for
    answer = client.post(path, data=sent, headers=headers)
    assert answer.status_code in (400, 409)
    assert "一段写了很久的介绍" not in answer.text
    assert f'href="{path}"' in answer.text


def test_secrets_are_not_sent_back(client: FlaskClient, cast: Cast) -> None:
    log_in(client, "mei")
    made_for = typed(client, f"/campaigns/{cast['campaign']}/edit")["made_for"]
    secrets = {"password": "hunter22", "new_password_confirm": "hunter22", "reset_token": "t0ken"}
    client.delete_cookie("session")
    answer = client.post("/account/change", data=secrets | {"made_for": made_for})
    assert answer.status_code == 409
    assert "hunter22" not in answer.text
    assert "t0ken" not in answer.text


def test_a_venue_that_answers_the_next_day_loses_nothing(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    request = season.the_request()
    settings = app.extensions["kepu"]
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    path = links.answer(request.id, request.nonce).removeprefix(settings.base_url)
    booking = season.bookings(activity)[0].id
    sheet = sheet_with(client.get(path).text, f"reason-{booking}")
    said = {f"answer-{booking}": "no", f"reason-{booking}": "当天闭馆布展"}
    sent = sheet.changed(**said).to_dict(flat=False) | sheet.token
    client.delete_cookie("session")
    answer = client.post(path, data=sent)
    assert answer.status_code == 400
    page = sheet_with(answer.text, f"reason-{booking}")
    assert client.post(path, data=page.sent.to_dict(flat=False) | page.token).status_code == 303
    session().rollback()
    assert season.bookings(activity)[0].state is BookingState.DECLINED


def test_a_log_in_page_that_was_open_for_too_long_leads_to_a_new_one(
    client: FlaskClient, cast: Cast
) -> None:
    sent = {"email": "mei@kepu.example", "password": PASSWORD, "csrf_token": "old"}
    answer = client.post("/account/login", data=sent)
    assert answer.status_code == 400
    assert 'href="/account/login"' in answer.text
    assert PASSWORD not in answer.text


def test_a_part_of_a_page_only_says_it(client: FlaskClient, cast: Cast) -> None:
    log_in(client, "mei")
    sent = typed(client, f"/campaigns/{cast['campaign']}/edit")
    client.delete_cookie("session")
    answer = client.post("/activities/preview", data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.text
    assert "HX-Redirect" not in answer.headers

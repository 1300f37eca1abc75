from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events.campaigns.models import Activity, Campaign
from events.kernel.db import session
from tests.cast import PASSWORD, Cast
from tests.web.sheets import sheet_with

pytestmark = pytest.mark.parametrize("engine", ["postgresql"])
ODD = ["x" * 10_000, "x" * 33, "科普", "🎉", "a\u200fb", "a b", "../x", "\ufffd"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/campaigns?q=a%00b", None),
        ("/campaigns?q=a&q=%00", None),
        ("/activities/preview?tz=%00", {"title": "x"}),
        ("/account/login", {"email": "a\x00b", "password": PASSWORD}),
    ],
)
def test_a_nul_is_refused_and_no_failure(
    app: Flask, cast: Cast, path: str, told: dict[str, str] | None
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post(path, data=told) if told else client.get(path)
    assert answer.status_code == 400
    assert "U+0000" in answer.text


@pytest.fixture
def mei(app: Flask, cast: Cast) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/account/login", data={"email": "mei@kepu.example", "password": PASSWORD})
    return client


@pytest.mark.parametrize("name", ["slug", "observance_id"])
def test_a_damaged_hidden_word_is_said_and_mended(mei: FlaskClient, cast: Cast, name: str) -> None:
    sheet = sheet_with(mei.get("/campaigns/new?observance=national-science-month").text, "slug")
    before = session().scalar(select(func.count(Campaign.id)))
    for value in ODD:
        answer = mei.post("/campaigns/new", data=sheet.changed(**{name: value}))
        assert answer.status_code == 422, value
        assert "k-error-summary" in answer.text
    again = sheet_with(answer.text, "slug")
    assert again.sent["name"] == sheet.sent["name"]
    assert mei.post("/campaigns/new", data=again.sent).status_code == 303
    assert mei.post("/campaigns/new", data=again.sent).status_code == 303
    session().rollback()
    assert session().scalar(select(func.count(Campaign.id))) == (before or 0) + 1


@pytest.mark.parametrize("name", ["uid", "audiences", "needed_skills"])
def test_words_and_uids_of_an_activity_have_a_limit(
    mei: FlaskClient, cast: Cast, name: str
) -> None:
    path = f"/campaigns/{cast['campaign']}/activities/new"
    sheet = sheet_with(mei.get(path).text, "uid")
    for value in ("长" * 10_000, "、".join(f"词{n}" for n in range(51))):
        sent = sheet.changed(title="机器人", **{name: value})
        assert mei.post(path, data=sent).status_code == 422
    session().rollback()
    assert session().scalar(select(func.count(Activity.id))) == 1


def test_what_a_form_was_opened_with_may_be_anything(mei: FlaskClient, cast: Cast) -> None:
    path = f"/campaigns/{cast['campaign']}/edit"
    sheet = sheet_with(mei.get(path).text, "base")
    for base in ("[" * 100_000, '{"name": ["\\ud800"]}', '{"name": 1}', "null", "\\"):
        sent = sheet.changed(base=base, version="0", **{"choose-name": "theirs"}, theme="x")
        assert mei.post(path, data=sent).status_code == 409

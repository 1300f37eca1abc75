from __future__ import annotations

import gzip
from collections.abc import Callable

import kepu_webui
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.kernel import db as kernel_db
from events.kernel.db import session
from events.notices.models import Notice
from events.web.forms import own_path
from tests.cast import PASSWORD, Cast

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_health_is_public(client: FlaskClient) -> None:
    assert client.get("/health").text == "ok"


def test_log_in_page_speaks_the_chosen_language(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/account/login?next=/work"})
    assert (answer.status_code, answer.location) == (303, "/account/login?next=/work")
    assert '<html lang="en">' in client.get("/account/login").text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_language_never_sends_to_another_site(client: FlaskClient, path: str) -> None:
    answer = client.post("/language", data={"language": "en", "next": path})
    assert answer.location == "/"


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/language", data={"language": "en"})
    assert answer.status_code == 400


def test_the_short_address_leads_to_the_log_in_page(client: FlaskClient) -> None:
    answer = client.get("/login")
    assert (answer.status_code, answer.location) == (302, "/account/login")


def test_wrong_password_says_so_and_keeps_the_address(client: FlaskClient, cast: Cast) -> None:
    sent = {"email": "mei@kepu.example", "password": "wrong " + PASSWORD}
    page = client.post("/account/login", data=sent).text
    assert "mei@kepu.example" in page
    assert "k-error-summary" in page


def test_unknown_pages_say_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_another_host_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.get("/account/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_error_page_needs_no_database(app: Flask, log_in: LogIn) -> None:
    client = log_in("mei")
    with kernel_db.writing(), kernel_db.db.engine.begin() as connection:
        connection.exec_driver_sql('ALTER TABLE "user" RENAME TO gone')
    answer = client.get("/account/change")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "<h1>" in answer.text


def test_files_of_the_wheel_are_kept_for_ever(client: FlaskClient) -> None:
    path = f"/assets/{kepu_webui.manifest()['main.js']}"
    plain = client.get(path, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert "Set-Cookie" not in plain.headers
    assert client.get("/assets/../pyproject.toml").status_code == 404


def test_log_out_is_a_post(log_in: LogIn) -> None:
    client = log_in("mei")
    assert client.get("/account/change").status_code == 200
    assert client.post("/account/logout").status_code == 302
    assert client.get("/account/change").status_code == 302


def test_reset_mail_leads_to_a_new_password(client: FlaskClient, cast: Cast) -> None:
    client.post("/account/reset", data={"email": "mei@kepu.example"})
    notice = session().scalars(select(Notice)).one()
    link = notice.facts["link"]
    assert link.startswith("http://127.0.0.1:8000/account/reset/")
    path = link.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    new = {"password": "a brand new one", "password_confirm": "a brand new one"}
    assert client.post(path, data=new).status_code == 302
    sent = {"email": "mei@kepu.example", "password": "a brand new one"}
    assert client.post("/account/login", data=sent).status_code == 302


def test_reset_tells_nobody_who_has_an_account(client: FlaskClient, cast: Cast) -> None:
    pages = [
        client.post("/account/reset", data={"email": f"{name}@kepu.example"})
        for name in ("mei", "nobody")
    ]
    assert [page.status_code for page in pages] == [200, 200]
    assert len(session().scalars(select(Notice)).all()) == 1


def test_an_address_that_cannot_be_taken_apart_is_a_bad_request(client: FlaskClient) -> None:
    assert client.post("/account/login?next=//[x", data={"next": "//[x"}).status_code == 400
    assert own_path("//[x") == "/"

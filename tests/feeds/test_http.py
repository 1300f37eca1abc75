import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask, has_app_context, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.http import http_date
from werkzeug.test import Client, TestResponse

from events.feeds import services
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Form
from events.kernel.db import db, session, transaction
from events.web.feeds import Front
from tests.cast import NOW, PASSWORD
from tests.feeds.world import LATER, World, statements

CAMPAIGN = (FeedKind.CAMPAIGN, "campaign")
TEAM = (FeedKind.TEAM, "team")


def _get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    if has_app_context():
        session().rollback()
    return client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def _own(answer: TestResponse) -> dict[str, str]:
    """Headers that the feed decides; what all pages carry left out."""
    common = {
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
    }
    return {name: value for name, value in answer.headers.items() if name not in common}


def test_a_public_feed_has_exactly_these_headers(world: World, client: FlaskClient) -> None:
    answer = _get(client, world.path(*CAMPAIGN))
    feed = world.feed(*CAMPAIGN)
    assert answer.status_code == 200
    assert _own(answer) == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "ETag": answer.headers["ETag"],
        "Last-Modified": http_date(feed.audience.revised_at),
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Referrer-Policy": "no-referrer",
    }
    assert not answer.headers["ETag"].startswith("W/")


def test_a_private_feed_has_exactly_these_headers(world: World, client: FlaskClient) -> None:
    answer = _get(client, world.path(*TEAM))
    assert answer.status_code == 200
    assert _own(answer) == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "ETag": answer.headers["ETag"],
        "Last-Modified": http_date(world.feed(*TEAM).audience.revised_at),
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }


def test_head_says_the_same_without_the_body(world: World, client: FlaskClient) -> None:
    path = world.path(*CAMPAIGN)
    got, head = _get(client, path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*"])
def test_a_known_tag_is_answered_304(world: World, client: FlaskClient, form: str) -> None:
    path = world.path(*TEAM)
    first = _get(client, path)
    again = _get(client, path, If_None_Match=form.format(first.headers["ETag"]))
    assert (again.status_code, again.data) == (304, b"")
    kept = ("ETag", "Cache-Control", "X-Robots-Tag", "Referrer-Policy")
    assert {k: again.headers[k] for k in kept} == {k: first.headers[k] for k in kept}
    assert "Content-Type" not in again.headers


def test_an_unknown_tag_is_answered_in_full_whatever_the_date_says(
    world: World, client: FlaskClient
) -> None:
    path = world.path(*TEAM)
    tomorrow = http_date(NOW + timedelta(days=1))
    for tags in ('"other"', 'W/"other"', "nonsense", ""):
        answer = _get(client, path, If_None_Match=tags, If_Modified_Since=tomorrow)
        assert answer.status_code == 200, tags


def test_the_date_decides_when_no_tag_is_sent(world: World, client: FlaskClient) -> None:
    path = world.path(*TEAM)
    since = _get(client, path).headers["Last-Modified"]
    assert _get(client, path, If_Modified_Since=since).status_code == 304
    before = http_date(parsedate_to_datetime(since) - timedelta(seconds=1))
    assert _get(client, path, If_Modified_Since=before).status_code == 200
    assert _get(client, path, If_Modified_Since="yesterday").status_code == 200


def test_a_304_reads_one_row_and_renders_nothing(world: World, client: FlaskClient) -> None:
    path = world.path(*CAMPAIGN)
    tag = _get(client, path).headers["ETag"]
    with statements() as seen, _templates(world.app) as rendered, _asked(world.app) as asked:
        assert _get(client, path, If_None_Match=tag).status_code == 304
    assert (asked, seen, rendered) == ([world.feed(*CAMPAIGN).id], [], [])


def test_a_second_reader_is_served_from_memory(world: World, client: FlaskClient) -> None:
    path = world.path(*CAMPAIGN)
    first = _get(client, path)
    with statements() as seen, _asked(world.app) as asked:
        second = _get(client, path)
    assert (asked, seen) == ([world.feed(*CAMPAIGN).id], [])
    assert second.data == first.data


@pytest.mark.parametrize("arguments", ["", "?lang=en", "?download=1", "?lang=zh&download=1"])
def test_what_is_known_is_said_in_front_as_the_route_says_it(
    world: World, client: FlaskClient, arguments: str
) -> None:
    front = world.app.wsgi_app
    assert isinstance(front, Front)
    route = Client(front.behind)
    for kind, name in (CAMPAIGN, TEAM):
        path = world.path(kind, name) + arguments
        tag = _get(client, path).headers["ETag"]
        for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": '"x"'}):
            for method in ("GET", "HEAD"):
                session().rollback()
                known = client.open(path, method=method, headers=headers)
                asked = route.open(path, method=method, headers=headers)
                assert (known.status, known.data) == (asked.status, asked.data)
                if known.status_code == 200:
                    assert dict(known.headers) == dict(asked.headers)
                for said in ("ETag", "Cache-Control", "X-Robots-Tag", "Content-Length"):
                    assert known.headers.get(said) == asked.headers.get(said)


def test_gzip_has_a_tag_of_its_own_and_either_tag_is_known(
    world: World, client: FlaskClient
) -> None:
    path = world.path(*CAMPAIGN)
    plain = _get(client, path)
    zipped = _get(client, path, Accept_Encoding="br, gzip;q=0.8")
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.data == _get(client, path, Accept_Encoding="gzip").data
    assert zipped.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert (zipped.headers["Content-Encoding"], zipped.headers["Vary"]) == (
        "gzip",
        "Accept-Encoding",
    )
    for tag in (plain.headers["ETag"], zipped.headers["ETag"]):
        for coding in ("gzip", "identity"):
            known = _get(client, path, Accept_Encoding=coding, If_None_Match=f"W/{tag}")
            assert known.status_code == 304
            assert known.headers["ETag"].endswith('-gzip"') == (coding == "gzip")
    for refused in ("identity", "gzip;q=0", "br"):
        answer = _get(client, path, Accept_Encoding=refused)
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("engine", ["sqlite"])
def test_head_of_what_nobody_has_read_renders_nothing(world: World, client: FlaskClient) -> None:
    path = world.path(*CAMPAIGN)
    session().rollback()
    with statements() as seen:
        head = client.head(path)
    assert (head.status_code, head.data, len(seen)) == (200, b"", 1)
    assert "Content-Length" not in head.headers
    assert head.headers["ETag"] == _get(client, path).headers["ETag"]


def test_the_form_is_asked_for_or_the_feeds_own(world: World, client: FlaskClient) -> None:
    for kind, name, has_rule in ((*CAMPAIGN, True), (*TEAM, False)):
        path = world.path(kind, name)
        assert ("RRULE:" in _get(client, path).text) == has_rule
        assert "RRULE:" in _get(client, path + "?form=series").text
        assert "RRULE:" not in _get(client, path + "?form=flat").text
        assert _get(client, path + "?form=odd").data == _get(client, path).data
    with transaction() as writes:  # as one that was there before series were
        writes.execute(update(Feed).values(form=Form.FLAT, nonce="another"))
    assert "RRULE:" not in _get(client, world.path(*CAMPAIGN)).text


def test_an_alarm_rings_in_private_feeds_only(world: World, client: FlaskClient) -> None:
    team, campaign = world.path(*TEAM), world.path(*CAMPAIGN)
    assert _get(client, team + "?alarm=30").text.count("TRIGGER:-PT30M") == 4
    for path in (team, campaign + "?alarm=30", team + "?alarm=-5", team + "?alarm=99999"):
        assert "VALARM" not in _get(client, path).text


def test_after_a_change_the_old_tag_gets_the_new_calendar(
    world: World, client: FlaskClient
) -> None:
    path = world.path(*CAMPAIGN)
    old = _get(client, path)
    world.cancel(1)
    new = _get(client, path, If_None_Match=old.headers["ETag"])
    assert new.status_code == 200
    assert new.headers["ETag"] != old.headers["ETag"]
    assert new.headers["Last-Modified"] == http_date(LATER)
    assert "STATUS:CANCELLED" in new.text


def test_language_is_asked_in_the_address_and_nowhere_else(
    world: World, client: FlaskClient
) -> None:
    path = world.path(*CAMPAIGN)
    zh, en = _get(client, path), _get(client, path + "?lang=en")
    assert "牵头单位：" in zh.text.replace("\r\n ", "")
    assert "Lead unit: " in en.text.replace("\r\n ", "")
    assert zh.headers["ETag"] != en.headers["ETag"]
    client.set_cookie("lang", "en")
    asked = _get(client, path, Accept_Language="en")
    assert (asked.data, asked.headers["ETag"]) == (zh.data, zh.headers["ETag"])


def test_a_download_is_a_file_with_the_calendars_name(world: World, client: FlaskClient) -> None:
    feed = world.feed(*CAMPAIGN)
    with transaction():
        services.rename(world.feed(*CAMPAIGN), '2025/科普"月"')
    answer = _get(client, world.path(*CAMPAIGN) + "?download=1")
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="kepu-{feed.id}.ics"; '
        "filename*=UTF-8''2025_%E7%A7%91%E6%99%AE%22%E6%9C%88%22.ics"
    )
    assert "Content-Disposition" not in _get(client, world.path(*CAMPAIGN)).headers


def test_a_browser_that_is_logged_in_is_treated_like_anybody(
    world: World, client: FlaskClient
) -> None:
    path = world.path(*TEAM)
    tag = _get(client, path).headers["ETag"]
    _log_in(world.app, client)
    with statements() as seen, ThreadPoolExecutor(1) as server:  # a thread has no context yet
        full = server.submit(_get, client, path).result()
        again = server.submit(_get, client, path, If_None_Match=tag).result()
    assert (full.status_code, again.status_code) == (200, 304)
    assert [sql for sql in seen if "user" in sql] == []
    for answer in (full, again):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in answer.headers


def test_a_forged_session_or_remember_cookie_is_never_looked_at(
    world: World, client: FlaskClient
) -> None:
    for name in ("session", "remember_token"):
        client.set_cookie(name, "1|forged")
    path = world.path(*TEAM)
    with statements() as seen, ThreadPoolExecutor(1) as server:
        answer = server.submit(_get, client, path).result()
    assert answer.status_code == 200
    assert "user" not in " ".join(seen)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("engine", ["sqlite"])
def test_only_reading_is_possible(world: World, client: FlaskClient) -> None:
    path = world.path(*TEAM)
    allowed = client.options(path).headers["Allow"]
    assert sorted(allowed.split(", ")) == ["GET", "HEAD", "OPTIONS"]


def test_a_flood_of_polls_leaves_no_connection_behind(world: World, client: FlaskClient) -> None:
    path = world.path(*TEAM)
    for _ in range(30):
        _get(client, path)
    session().rollback()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def _log_in(app: Flask, client: FlaskClient) -> None:
    """Lin logs in and has the cookies that say so."""
    app.config["WTF_CSRF_ENABLED"] = False
    answer = client.post(
        "/account/login",
        json={"email": "lin@kepu.example", "password": PASSWORD, "remember": True},
    )
    assert answer.status_code == 200
    assert client.get_cookie("session") is not None
    assert client.get_cookie("remember_token") is not None


@contextmanager
def _asked(app: Flask) -> Iterator[list[int]]:
    """The feeds whose one row is read inside, past the statements that the library sees."""
    polls = app.extensions["kepu_calendars"].polls
    seen: list[int] = []

    def see(feed_id: int) -> object:
        seen.append(feed_id)
        return type(polls).state(polls, feed_id)

    polls.state = see
    try:
        yield seen
    finally:
        del polls.state


@contextmanager
def _templates(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_app: Flask, template: object, **_more: object) -> None:
        seen.append(str(template))

    with template_rendered.connected_to(see, app):
        yield seen

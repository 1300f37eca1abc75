from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.db import session
from tests.cast import NOW
from tests.feeds.world import World, statements

CAMPAIGN = (FeedKind.CAMPAIGN, "campaign")
TEAM = (FeedKind.TEAM, "team")
BASE = "http://127.0.0.1:8000"
A = "{http://www.w3.org/2005/Atom}"
TODAY = datetime(2025, 8, 19, 16, 0, tzinfo=UTC)  # midnight in Shanghai
COMMON = {
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Content-Length",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _get(client: FlaskClient, world: World, feed: tuple[FeedKind, str], end: str) -> TestResponse:
    path = world.path(*feed).removesuffix(".ics")
    session().rollback()
    return client.get(path + end)


def test_json_says_every_session_the_latest_change_first(world: World, client: FlaskClient) -> None:
    world.cancel(2)
    answer = _get(client, world, CAMPAIGN, ".json?lang=en")
    feed = answer.json
    page = f"{BASE}/c/september/a/{world.lectures}"
    assert feed is not None
    items = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "2025 全国科普月",
        "home_page_url": f"{BASE}/c/september",
        "feed_url": BASE + world.path(*CAMPAIGN).replace(".ics", ".json") + "?lang=en",
        "language": "en",
        "authors": [{"name": "2025 全国科普月"}],
    }
    assert items[0] == {
        "id": "20250920T090000-series-l001@kepu",
        "url": page,
        "title": "[Cancelled] 月球讲座, 第一讲 · Sat 20 Sep 2025 09:00–10:30",
        "content_text": (
            "Sat 20 Sep 2025 09:00–10:30\n示例区博物馆 报告厅, 温泉路 1 号\n"
            "For: 青少年, 公众\nLead unit: 区科协"
        ),
        "date_modified": "2025-08-20T02:00:00Z",
        "authors": [{"name": "区科协"}],
        "tags": ["讲座", "航天"],
        "_kepu": {
            "starts_at": "2025-09-20T09:00:00+08:00",
            "ends_at": "2025-09-20T10:30:00+08:00",
            "status": "CANCELLED",
            "place": "示例区博物馆 报告厅, 温泉路 1 号",
        },
    }
    assert [item["id"][:8] for item in items] == ["20250920", "20250906", "20250913", "20250927"]
    assert "绝密草稿" not in answer.text


def test_atom_says_the_same(world: World, client: FlaskClient) -> None:
    world.cancel(2)
    answer = _get(client, world, CAMPAIGN, ".atom")
    root = ET.fromstring(answer.data)
    told = json.loads(_get(client, world, CAMPAIGN, ".json").data)
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    own = BASE + world.path(*CAMPAIGN)
    assert links == {
        "alternate": f"{BASE}/c/september",
        "self": own.replace(".ics", ".atom") + "?lang=zh",
        "related": own + "?lang=zh",
    }
    assert root.findtext(f"{A}updated") == "2025-08-20T02:00:00Z"
    entries = [
        (
            entry.findtext(f"{A}id"),
            entry.findtext(f"{A}title"),
            entry.findtext(f"{A}updated"),
            entry.findtext(f"{A}content"),
            entry.find(f"{A}link").get("href"),  # type: ignore[union-attr]
            [category.get("term") for category in entry.findall(f"{A}category")],
        )
        for entry in root.findall(f"{A}entry")
    ]
    assert entries == [
        (
            f"urn:kepu:session:{item['id']}",
            item["title"],
            item["date_modified"],
            item["content_text"],
            item["url"],
            item["tags"],
        )
        for item in told["items"]
    ]
    assert entries[0][1] == "【取消】月球讲座, 第一讲 · 2025年9月20日 周六 09:00–10:30"


@pytest.mark.parametrize("suffix", [".atom", ".json"])
def test_headers_are_those_of_the_calendar(world: World, client: FlaskClient, suffix: str) -> None:
    kind = {".atom": "application/atom+xml", ".json": "application/feed+json"}[suffix]
    for feed, cache in (
        (CAMPAIGN, {"Cache-Control": "public, max-age=300", "Referrer-Policy": "no-referrer"}),
        (
            TEAM,
            {
                "Cache-Control": "private, max-age=0, must-revalidate",
                "X-Robots-Tag": "noindex",
                "Referrer-Policy": "no-referrer",
            },
        ),
    ):
        answer = _get(client, world, feed, suffix)
        assert answer.status_code == 200
        assert {k: v for k, v in answer.headers.items() if k not in COMMON} == {
            "Content-Type": f"{kind}; charset=utf-8",
            "ETag": answer.headers["ETag"],
            "Last-Modified": http_date(max(world.feed(*feed).audience.revised_at, TODAY)),
            **cache,
        }


def test_what_is_known_is_answered_304_from_one_row(world: World, client: FlaskClient) -> None:
    path = world.path(*TEAM).replace(".ics", ".atom")
    session().rollback()
    first = client.get(path)
    with statements() as seen:
        again = client.get(path, headers={"If-None-Match": f'W/{first.headers["ETag"]}, "x"'})
        dated = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert [(one.status_code, one.data) for one in (again, dated)] == [(304, b"")] * 2
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(seen) == 2
    world.cancel(1)
    session().rollback()
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "【取消】" in changed.text


def test_what_is_over_goes_with_the_day_and_changes_stay(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _get(client, world, CAMPAIGN, ".json")
    for number, hours in ((0, 1), (3, 2)):
        world.cancel(number, now=NOW + timedelta(hours=hours))
    monkeypatch.setattr("events.feeds.news.CHANGED", 1)
    monkeypatch.setattr(clock, "now", lambda: NOW.replace(month=9, day=14))
    later = _get(client, world, CAMPAIGN, ".json")
    assert later.headers["ETag"] != first.headers["ETag"]
    assert [item["id"][:8] for item in json.loads(later.data)["items"]] == ["20250927", "20250920"]


@pytest.mark.parametrize("suffix", [".atom", ".json"])
def test_a_secret_feed_does_not_say_its_address(
    world: World, client: FlaskClient, suffix: str
) -> None:
    answer = _get(client, world, TEAM, suffix)
    key = world.path(*TEAM).removeprefix("/feeds/").removesuffix(".ics")
    assert "月球讲座" in answer.text
    assert key not in answer.text
    assert client.get(f"/feeds/{key[:-1]}{suffix}").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_cookie_is_read_or_set(world: World, client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    client.set_cookie("session", "forged")
    answer = _get(client, world, CAMPAIGN, ".atom")
    assert "牵头单位" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from events.campaigns.models import Activity
from events.feeds import services
from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.db import transaction
from tests.cast import NOW, Cast
from tests.flows import season


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _publish(cast: Cast) -> int:
    activity = season.draft(cast, team="team")
    with transaction() as writes:
        row = writes.get_one(Activity, activity)
        row.audiences, row.themes = ["青少年"], ["航天"]
    season.publish(cast, activity)
    with transaction():
        services.ensure(FeedKind.VOLUNTEER, cast["lin"], name="Lin 的日历", now=NOW)
    return activity


def _names(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/subscribe{query}").text
    return re.findall(r'href="/subscribe/\d+-[^"]+">([^<]+)</a>', page)


def test_every_public_calendar_is_listed_and_no_secret_one(client: FlaskClient, cast: Cast) -> None:
    assert "/subscribe/" not in client.get("/subscribe").text
    _publish(cast)
    assert _names(client) == [
        "2025 全国科普月",
        "咸安区",
        *sorted(["区科协", "区文旅局", "咸安区", "咸宁市"]),
        *("咸宁市 · 青少年", "咸安区 · 青少年"),
        *("咸宁市 · 航天", "咸安区 · 航天"),
        "示例区博物馆",
    ]


def test_calendars_are_found_by_words_and_kind(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    assert _names(client, "?q=航天 咸安") == ["咸安区 · 航天"]
    assert _names(client, "?kind=venue") == ["示例区博物馆"]
    assert _names(client, "?q=青少年&kind=theme") == []
    assert _names(client, "?q=%25") == []
    assert _names(client, "?kind=volunteer&page=0") == _names(client)
    assert _names(client, "?page=99999999") == []


def test_each_leads_to_its_page_and_calendar(client: FlaskClient, cast: Cast) -> None:
    activity = _publish(cast)
    page = client.get("/subscribe?q=航天 咸安").text
    path = re.findall(r'href="(/subscribe/\d+-[^"]+)"', page)[0]
    address = client.get(path).text.split('id="feed-address">')[1].split("<")[0]
    assert "科学实验课 A002" in client.get(address.removeprefix("http://127.0.0.1:8000")).text
    own = client.get(f"/c/september/a/{activity}").text
    path = re.findall(r'href="http://127.0.0.1:8000(/subscribe/\d+-[^"]+)"', own)[0]
    assert "<h1>科学实验课 A002</h1>" in client.get(path).text

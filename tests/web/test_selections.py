"""What somebody chose becomes a calendar: of a visitor without an account, of an organizer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events.campaigns.models import Activity
from events.feeds.models import Feed
from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.db import session, transaction
from tests.cast import NOW, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _published(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    activity = season.draft(cast, team="team")
    with transaction() as writes:
        row = writes.get_one(Activity, activity)
        row.audiences, row.themes = ["青少年"], ["航天"]
    season.publish(cast, activity)


def _saved() -> int:
    session().rollback()
    wanted = select(func.count()).select_from(Feed).where(Feed.kind == FeedKind.FILTER)
    return session().scalar(wanted) or 0


def _ics(client: FlaskClient, page: str) -> str:
    """The path of the calendar that a page offers."""
    return page.split('id="feed-address">')[1].split("<", maxsplit=1)[0].removeprefix(SITE)


def _choose(client: FlaskClient, **chosen: str) -> int:
    return client.post("/c/september/selection", data=chosen).status_code


def test_a_visitor_subscribes_to_what_they_chose(client: FlaskClient) -> None:
    chosen = {"audience": "青少年", "mode": "onsite"}
    offered = client.get("/c/september", query_string=chosen).text
    assert 'action="/c/september/selection"' in offered
    answer = client.post("/c/september/selection", data=chosen)
    page = client.get(answer.headers["Location"]).text
    assert "<h1>2025 全国科普月 · 青少年 · 线下</h1>" in page
    assert "科学实验课 A002" in client.get(_ics(client, page)).text
    again = client.post("/c/september/selection", data=chosen)
    assert again.headers["Location"] == answer.headers["Location"]
    assert _saved() == 1
    now_there = client.get("/c/september", query_string=chosen).text
    assert f'href="{answer.headers["Location"]}"' in now_there
    assert 'action="/c/september/selection"' not in now_there


def test_visitors_make_nothing_that_shows_nothing(client: FlaskClient) -> None:
    assert _choose(client) == 409
    assert _choose(client, q="科学") == 409
    assert _choose(client, audience="谁也不是") == 409
    assert _choose(client, audience="青少年", town="99999") == 409
    assert client.post("/c/nowhere/selection", data={"audience": "青少年"}).status_code == 404
    assert _saved() == 0


def test_words_and_days_are_said_to_be_left_out(client: FlaskClient) -> None:
    told = "不含搜索词和日期条件"
    query = {"audience": "青少年", "when": "all"}
    assert told in client.get("/c/september", query_string=query).text
    del query["when"]
    assert told not in client.get("/c/september", query_string=query).text
    assert "k-selection" not in client.get("/c/september?when=all").text


def test_an_organizer_saves_renames_and_removes_a_selection(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    client = log_in("mei")
    assert "/selections/new?campaign=" in client.get(f"/campaigns/{cast['campaign']}").text
    wish = {"organization_id": str(cast["district"]), "venue": str(cast["museum"])}
    assert "请先选择条件" in client.post("/selections/new", data=wish | {"venue": ""}).text
    answer = client.post("/selections/new", data=wish | {"name": "博物馆里"})
    path = answer.headers["Location"]
    page = client.get(path).text
    assert "<h1>博物馆里</h1>" in page
    ics = _ics(client, page)
    assert "SUMMARY:科学实验课 A002" in client.get(ics).text
    tag = client.get(ics).headers["ETag"]
    assert client.post(path, data={"name": "馆内活动"}).status_code == 303
    renamed = client.get(ics, headers={"If-None-Match": tag})
    assert "X-WR-CALNAME:馆内活动" in renamed.text
    assert re.findall(
        r'class="k-row-title" href="[^"]+">([^<]+)<', client.get("/selections").text
    ) == ["馆内活动"]
    assert client.get(f"{path}/remove").status_code == 200
    assert client.post(f"{path}/remove").status_code == 303
    gone = client.get(ics)
    assert (gone.status_code, gone.text) == (404, client.get("/feeds/1-x.ics").text)
    assert client.get(path).status_code == 404
    assert _saved() == 0

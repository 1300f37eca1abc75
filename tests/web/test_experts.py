from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.kernel import clock
from events.kernel.db import session, transaction
from events.resources import queries
from events.resources.models import Expert
from tests.cast import NOW, Cast
from tests.feeds.world import World
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    made = World.create(app, cast)
    cast.ids["Gu"] = season.expert(cast, "Gu")
    return made


def _spoken(world: World) -> int:
    session().rollback()
    return len(queries.speakers([world.occurrence(n).id for n in range(4)]))


def test_an_organizer_names_an_expert_and_takes_them_off(world: World, log_in: LogIn) -> None:
    client = log_in("mei")
    page, expert = f"/activities/{world.lectures}/experts", world.cast["Gu"]
    assert "Gu 教授" in client.get(page, query_string={"q": "gu 科协", "field": "航天"}).text
    assert "Gu 教授" not in client.get(page, query_string={"q": "nobody"}).text
    chosen = client.get(page, query_string={"expert": expert}).text
    assert chosen.count('name="sessions"') == chosen.count("checked") == 4
    ids = [world.occurrence(n).id for n in (0, 1)]
    one = client.get(page, query_string={"expert": expert, "session": ids[0]}).text
    assert one.count("checked") == 1
    sent = {"expert": expert, "sessions": ids}
    assert client.post(page, data=sent).status_code == 303
    assert _spoken(world) == 2
    assert client.get(f"/activities/{world.lectures}").text.count("主讲：Gu 教授") == 2
    chosen = client.get(page, query_string={"expert": expert}).text
    assert f'action="{page}/release"' in chosen
    assert client.post(f"{page}/release", data=sent).status_code == 303
    assert _spoken(world) == 0
    refused = client.post(page, data={"expert": expert})
    assert refused.status_code == 422
    assert "请至少选择一个场次" in refused.text


def test_more_than_agreed_for_a_month_is_said(world: World, log_in: LogIn) -> None:
    with transaction() as writes:
        writes.get_one(Expert, world.cast["Gu"]).most_per_month = 1
    client = log_in("mei")
    page = f"/activities/{world.lectures}/experts"
    ids = [world.occurrence(n).id for n in (0, 1)]
    sent = {"expert": world.cast["Gu"], "sessions": ids}
    done = client.post(page, data=sent, follow_redirects=True)
    assert "Gu 教授现在一个月要讲2场，约定最多1场。" in done.text
    chosen = client.get(page, query_string={"expert": world.cast["Gu"]}).text
    assert "每月最多1场" in chosen
    assert chosen.count("超出每月约定场次") == 2  # of the two that are left


def test_who_is_elsewhere_cannot_be_chosen_and_a_move_says_so(world: World, log_in: LogIn) -> None:
    client = log_in("mei")
    page, expert = f"/activities/{world.lectures}/experts", world.cast["Gu"]
    world.move(1, datetime(2025, 9, 6, 10, 0), space="square")
    both = [world.occurrence(n).id for n in (0, 1)]
    client.post(page, data={"expert": expert, "sessions": both[:1]})
    chosen = client.get(page, query_string={"expert": expert}).text
    assert chosen.count("disabled") == 1
    refused = client.post(page, data={"expert": expert, "sessions": both[1:]})
    assert refused.status_code == 422
    assert "Gu 教授在该时段已有其他安排" in refused.text
    world.move(1, datetime(2025, 9, 13, 9, 0), space="square")
    client.post(page, data={"expert": expert, "sessions": both[1:]})
    assert "Gu 教授" in client.get(f"/occurrences/{both[1]}/move").text
    assert "时间冲突" not in client.get(f"/activities/{world.lectures}").text
    world.move(1, datetime(2025, 9, 6, 10, 0), space="square")
    assert client.get(f"/activities/{world.lectures}").text.count("时间冲突") == 2
    assert client.get(f"/experts/{expert}").text.count("时间冲突") == 2


def test_an_experts_page_hands_the_calendar_to_who_may_have_it(world: World, log_in: LogIn) -> None:
    client, expert = log_in("mei"), world.cast["Gu"]
    page = f"/experts/{expert}"
    assert "首次安排主讲后自动生成" in client.get(page).text
    ids = [world.occurrence(0).id]
    client.post(f"/activities/{world.lectures}/experts", data={"expert": expert, "sessions": ids})
    feed = feeds.for_subject(FeedKind.EXPERT, expert)
    assert feed is not None
    text, nonce = client.get(page).text, feed.nonce
    assert "月球讲座" in text
    assert f"/feeds/{feed.id}-" in text
    assert client.post(f"{page}/feed/reset").status_code == 303
    session().rollback()
    assert feeds.for_subject(FeedKind.EXPERT, expert).nonce != nonce  # type: ignore[union-attr]
    client.post("/account/logout")
    assert "Gu 教授" not in log_in("xu").get("/experts").text
    assert client.get(page).status_code == 404


def test_the_public_page_says_who_speaks(world: World, log_in: LogIn) -> None:
    client, ids = log_in("mei"), [world.occurrence(0).id]
    client.post(
        f"/activities/{world.lectures}/experts",
        data={"expert": world.cast["Gu"], "sessions": ids},
    )
    client.post("/account/logout")
    text = client.get(f"/c/september/a/{world.lectures}").text
    assert text.count("主讲：Gu 教授") == 1
    said = json.loads(text.split('application/ld+json">')[1].split("</script>")[0])
    speakers = [each.get("performer") for each in said["@graph"]]
    assert speakers == [[{"@type": "Person", "name": "Gu 教授"}], None, None, None]


def test_without_experts_the_pages_say_what_to_do(cast: Cast, log_in: LogIn) -> None:
    assert 'href="/imports"' in log_in("mei").get("/experts").text

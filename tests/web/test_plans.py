from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.kernel import clock
from events.kernel.db import session, transaction
from events.planning import services
from events.planning.models import PlanRun
from events.planning.states import PlanState
from events.resources.models import Expert
from tests.cast import Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]


def entry(activity_id: int, number: int = 1, **values: object) -> dict[str, object]:
    told: dict[str, object] = {
        "activity_id": activity_id,
        "number": number,
        "starts_at": None,
        "ends_at": None,
        "space_id": None,
        "team_id": None,
        "expert_ids": [],
        "kit_ids": [],
        "still_open": {"fields": [], "skills": [], "kits": [], "people": 0},
        "reasons": {},
    }
    return told | values


def planned(cast: Cast, state: PlanState = PlanState.DONE) -> None:
    """A finished search with one session placed and two of one activity left out."""
    other = season.draft(cast, "B001")
    start = clock.to_utc(season.saturday(), "Asia/Shanghai")
    with transaction() as writes:
        run = writes.query(PlanRun).one()
        services.begin(run, now=start)
        run.facts = {"by_term": {"unplaced": 200}, "faults": []}
        placed = entry(
            cast["activity"],
            starts_at=start,
            ends_at=start + timedelta(minutes=90),
            space_id=cast["hall"],
            team_id=cast["team"],
            expert_ids=[speaker(cast)],
            still_open={"fields": ["天文"], "skills": ["手语"], "kits": ["球幕"], "people": 3},
        )
        left = entry(
            other,
            reasons={
                "total": 12,
                "left": 0,
                "steps": [{"count": 12, "zh": "坐不下", "en": "are too small"}],
                "core": [{"zh": "只有一个报告厅", "en": "There is one hall"}],
                "repairs": [{"zh": "换一天", "en": "Another day"}],
            },
        )
        rows = [placed, left, left | {"number": 2}]
        services.store(run, cost=200, entries=rows, now=start)
        services.end(run, state, now=start)


def speaker(cast: Cast) -> int:
    row = Expert(organization_id=cast["office"], code="G", name="顾教授", field="航天")
    session().add(row)
    session().flush()
    return row.id


def test_a_plan_is_asked_for_watched_and_ended(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = f"/campaigns/{cast['campaign']}/plan"
    assert "还没有排期方案" in client.get(where).text
    for _ in range(2):  # pressed twice it is one search
        assert client.post(where).status_code == 303
    waiting = client.get(where).text
    assert f'hx-get="{where}" hx-trigger="every 1s"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    part = client.get(where, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "HX-Refresh" not in part.headers
    assert client.post(f"{where}/stop").status_code == 303
    ended = client.get(where, headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"
    assert "已手动结束" in ended.text


def test_the_plan_stands_beside_the_wishes_with_its_reasons(
    app: Flask, log_in: LogIn, cast: Cast
) -> None:
    client = log_in("mei")
    where = f"/campaigns/{cast['campaign']}/plan"
    assert client.get(f"{where}.json").json == []
    client.post(where)
    planned(cast)
    page = client.get(where).text
    for words in (
        "09:00–10:30",
        "示例区博物馆 · 报告厅",
        "示例科技志愿服务队",
        "顾教授",
        "待落实：天文方面的专家",
        "待落实：会手语的志愿者",
        "待落实：球幕",
        "待落实：还缺 3 名志愿者",
        "12 个可选的场地和时间中，还剩 0 个",
        "坐不下",
        "只有一个报告厅",
        "换一天",
        "尽量都排上",
    ):
        assert words in page, words
    assert page.count("只有一个报告厅") == 1  # of both sessions
    assert "<span>B001/1–2</span><span>2 个场次</span>" in page
    assert f'href="/campaigns/{cast["campaign"]}/plan"' in (
        client.get(f"/campaigns/{cast['campaign']}").text
    )
    assert "data-calendar" in client.get(f"{where}?view=calendar").text
    (shown,) = client.get(f"{where}.json").get_json()
    assert (shown["id"], shown["start"], shown["end"]) == (
        "A001",
        "2025-09-06T09:00:00",
        "2025-09-06T10:30:00",
    )


def test_a_plan_of_what_is_published_says_so(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = f"/campaigns/{cast['campaign']}/plan"
    client.post(where)
    planned(cast)
    assert "--all" not in client.get(where).text
    with transaction() as writes:
        writes.query(PlanRun).one().is_whole = True
    assert "--all" in client.get(where).text


def test_a_search_that_failed_says_what_to_do(app: Flask, log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    where = f"/campaigns/{cast['campaign']}/plan"
    client.post(where)
    with transaction() as writes:
        run = writes.query(PlanRun).one()
        run.facts = {"faults": [{"zh": "时长为负", "en": "negative"}]}
        services.end(run, PlanState.FAILED, now=clock.now())
    page = client.get(where).text
    assert "排期没有成功" in page
    assert "时长为负" in page

"""`flask --app app plan`, as a person reads it."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask

from events.campaigns import queries as campaigns
from events.campaigns.models import Activity
from events.kernel.db import release, transaction
from tests.cast import Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def plan(app: Flask, *words: str) -> tuple[int, list[str], str]:
    """Exit status, lines of standard output, standard error."""
    release()
    done = app.test_cli_runner().invoke(args=["plan", *words], catch_exceptions=False)
    release()
    return done.exit_code, done.stdout.splitlines(), done.stderr


def test_the_plan_its_figures_and_why_one_is_left_out(app: Flask, cast: Cast) -> None:
    with transaction() as writes:
        first = writes.get_one(Activity, cast["activity"])
        first.wish_from = first.wish_until = date(2025, 9, 6)
        first.wish_starts, first.wish_ends = time(10), time(12)
        first.venue_kinds = ["博物馆"]
        first.expert_fields = ["航天"]
        night = Activity(
            campaign_id=cast["campaign"],
            lead_id=cast["office"],
            code="B005",
            title="科学之夜",
            duration_min=120,
            wish_from=date(2025, 9, 6),
            wish_until=date(2025, 9, 6),
            wish_starts=time(19),
            wish_ends=time(21),
        )
        writes.add(night)
    status, lines, _ = plan(app, "september", "--seconds", "30", "--explain", "A001")
    assert status == 0
    time_, code, title, place, team, still_open = lines[0].split("\t")
    assert (time_[:11], code, title) == ("2025-09-06 ", "A001", "科普讲座")
    assert (place, team) == ("示例区博物馆 · 报告厅", "示例科技志愿服务队")
    assert still_open == "待落实：航天方面的专家"
    assert "已排好 1 场，未排上 1 场" in lines
    assert any("在比较过的场地和时间中不可能低于" in line for line in lines)
    why = lines[lines.index("B005 科学之夜") :]
    assert "  以下几条无法同时满足：" in why
    assert "  可以这样解决：" in why
    assert "A001 科普讲座" in why  # asked for, though it is placed


@pytest.mark.parametrize("name", ["nowhere", "9" * 30, "\udcff", ""])
def test_whoever_names_no_campaign_hears_which_there_are(app: Flask, cast: Cast, name: str) -> None:
    status, lines, told = plan(app, name)
    assert (status, lines) == (2, [])
    assert told.splitlines()[1:] == [
        "最近的主题活动：",
        f"  {cast['campaign']}  september  2025 全国科普月",
    ]


def test_a_database_without_a_campaign_says_so(app: Flask) -> None:
    assert plan(app, "nowhere") == (2, [], "还没有主题活动。\n")


@pytest.mark.parametrize("seconds", ["0", "-3", "3601"])
def test_a_search_lasts_a_second_to_an_hour(app: Flask, cast: Cast, seconds: str) -> None:
    told = "--seconds 应为 1 到 3600 之间的整数。用法见：flask --app app plan --help\n"
    assert plan(app, "september", "--seconds", seconds) == (2, [], told)


def test_a_campaign_without_drafts_is_not_planned(app: Flask, cast: Cast) -> None:
    season.publish(cast, season.draft(cast, "B001"))
    with transaction() as writes:
        writes.delete(writes.get_one(Activity, cast["activity"]))
    assert plan(app, "september") == (1, [], "这个主题活动没有可以排期的草稿。\n")


def test_an_unknown_code_is_one_line_and_nothing_is_left_under_way(app: Flask, cast: Cast) -> None:
    for _ in range(2):
        status, lines, told = plan(app, "september", "--explain", "Z999")
        assert (status, lines) == (2, [])
        assert told == "排期的活动中没有编号 Z999：活动编号形如 A012，单个场次形如 A012/3。\n"


def test_a_campaign_is_named_by_its_public_name_or_its_number(app: Flask, cast: Cast) -> None:
    found = [campaigns.campaign_named(name) for name in ("september", str(cast["campaign"]))]
    assert [one and one.id for one in found] == [cast["campaign"]] * 2

"""Nonsense problems: every fault names its field, and nothing raises."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from events.planner import faults
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    District,
    Expert,
    Kit,
    Lock,
    Place,
    Problem,
    Quota,
    Relation,
    Series,
    Site,
    Team,
    Tie,
    Track,
    Travel,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from tests.planner import worlds
from tests.planner.worlds import LI, MUSEUM, SATURDAY, TALK, WORLD

NONSENSE: list[tuple[dict[str, Any], str, str, str]] = [
    ({"days": ()}, "day_problems", "days", "活动周期没有一天"),
    (
        {"days": (Day(SATURDAY), Day(SATURDAY))},
        "day_problems",
        "days[1].date",
        "第2个日期应是前一天的次日",
    ),
    ({"grid": 0}, "grid_problems", "grid", "时间间隔应在1至1440分钟之间"),
    (
        {"activities": (replace(TALK, visitors=-5),)},
        "activity_problems",
        "activities[0].visitors",
        "活动“防震讲座”的预计人数不能小于0，现为-5",
    ),
    (
        {"activities": (TALK, replace(TALK, title=""))},
        "activity_problems",
        "activities[1].id",
        "第2个活动的编号“talk”重复",
    ),
    (
        {"activities": (replace(TALK, windows=(Window(0, 60), Window(60, 60))),)},
        "activity_problems",
        "activities[0].windows[1]",
        "活动“防震讲座”的可选时段在开始之前就结束了",
    ),
    (
        {"activities": (replace(TALK, places=(Place("讲解", 1), Place("讲解", 2))),)},
        "activity_problems",
        "activities[0].places[1]",
        "活动“防震讲座”的岗位“讲解”出现两次",
    ),
    (
        {"activities": (replace(TALK, venues=frozenset({"nowhere"})),)},
        "activity_problems",
        "activities[0].venues",
        "活动“防震讲座”的指定场地“nowhere”不存在",
    ),
    (
        {"activities": (TALK,) * 50_001},
        "activity_problems",
        "activities",
        "活动太多：50001条，最多50000条",
    ),
    (
        {"venues": (replace(MUSEUM, rooms=0, seats=10**5000),)},
        "venue_problems",
        "venues[0].seats",
        "场地“科技馆”的座位数不能大于1000000000，现为> 10^15",
    ),
    (
        {"sites": (Site("house", (2, 2), "大院"),)},
        "site_problems",
        "sites[0].most_per_day",
        "场所“大院”的每天最多场次应有3个数，每天一个",
    ),
    (
        {"sites": (Site("house", (2, -1, 2), "大院"),)},
        "site_problems",
        "sites[0].most_per_day[1]",
        "场所“大院”的每天最多场次不能小于0，现为-1",
    ),
    (
        {"experts": (replace(LI, district="north"),)},
        "expert_problems",
        "experts[0].district",
        "专家“李工”的区县“north”不存在",
    ),
    (
        {"volunteers": (Volunteer("lin", contract=Contract(least_run=5, most_run=3)),)},
        "volunteer_problems",
        "volunteers[0].contract.least_run",
        "志愿者“lin”的最少连续服务天数大于最多值",
    ),
    (
        {
            "volunteers": (
                Volunteer(
                    "lin",
                    windows=(Window(540, 660), Window(DAY + 540, DAY + 660)),
                    days_off=frozenset({1}),
                    contract=Contract(least_minutes=180),
                ),
            )
        },
        "volunteer_problems",
        "volunteers[0].contract.least_minutes",
        "志愿者“lin”的最少服务分钟数要求3小时，按可服务时段、休息日和每天上限最多只有2小时",
    ),
    (
        {"travel": Travel(minutes=((0, 1),))},
        "travel_problems",
        "travel.minutes",
        "路途时间表应有2行、每行2个数，与区县一一对应",
    ),
    (
        {"travel": Travel(km=((0, 1), (-1, 0)))},
        "travel_problems",
        "travel.km[1][0]",
        "路途里程表第2行第1个数应在0至1000000000之间",
    ),
    (
        {"relations": (Relation(Tie.BEFORE, "talk", "talk"),)},
        "relation_problems",
        "relations[0]",
        "第1个前后关系的前后两个活动是同一个",
    ),
    (
        {"storms": frozenset({(7, "east")})},
        "storm_problems",
        "storms[0].day",
        "第1个恶劣天气的日期序号不能大于2，现为7",
    ),
    (
        {"locks": (Lock("talk"), Lock("talk", venue="museum"))},
        "lock_problems",
        "locks[1].activity",
        "活动“talk”有两条锁定",
    ),
    (
        {"night": Window(1320, 3000)},
        "night_problems",
        "night",
        "夜间时段应从当天开始，最长24小时",
    ),
]


def test_a_sound_problem_has_no_faults() -> None:
    assert faults.find(WORLD) == ()


@pytest.mark.parametrize(("changes", "kind", "where", "said"), NONSENSE)
def test_a_fault_names_its_field(changes: dict[str, Any], kind: str, where: str, said: str) -> None:
    found = faults.find(replace(WORLD, **changes))[0]
    assert (found.kind, found.where, found.sentence.zh) == (kind, where, said)
    assert found.sentence.en


def test_too_fine_a_grid_for_so_many_venues_is_a_fault() -> None:
    many = tuple(replace(MUSEUM, id=f"v{at}") for at in range(10_000))
    days = tuple(Day(SATURDAY + dt.timedelta(days=at)) for at in range(10))
    (found,) = faults.find(replace(WORLD, venues=many, days=days, activities=(), grid=5))
    assert (found.kind, found.where) == ("grid_problems", "grid")


def test_a_hundred_faults_of_a_kind_are_told() -> None:
    wrong = tuple(replace(TALK, id=f"a{at}", visitors=-1) for at in range(1_000))
    assert len(faults.find(replace(WORLD, activities=wrong))) == 100


@settings(max_examples=30)
@given(st.integers(0, 10**9))
def test_problems_for_other_tests_have_no_faults(seed: int) -> None:
    assert faults.find(worlds.problem(seed)) == ()


_int = st.sampled_from((-(10**30), -1, 0, 1, 61, 10**30))
_name = st.sampled_from(("", "talk", "east", "x" * 100, "{row}"))
_window = st.builds(Window, _int, _int)
_ref = st.none() | _name
_named: dict[str, Any] = {"id": _name, "district": _ref, "windows": st.tuples(_window)}
_tables: dict[str, st.SearchStrategy[Any]] = {
    "days": st.builds(Day, st.sampled_from((SATURDAY, dt.date.max, dt.date.min))),
    "activities": st.builds(
        Activity,
        id=_name,
        minutes=_int,
        visitors=_int,
        venues=st.none() | st.frozensets(_name),
        wish_day=st.none() | _int,
        windows=st.tuples(_window),
        places=st.tuples(st.builds(Place, _name, _int, _int, _int)),
        audience=_ref,
    ),
    "venues": st.builds(Venue, _name, _name, _int, _int, open=st.tuples(_window)),
    "districts": st.builds(District, _name),
    "sites": st.builds(Site, _name, st.tuples(_int, _int)),
    "quotas": st.builds(Quota, _name, _ref, _int),
    "experts": st.builds(Expert, fields=st.just(frozenset()), most=_int, **_named),
    "kits": st.builds(Kit, kind=_name, loading=_int, **_named),
    "teams": st.builds(Team, size=_int, area=st.frozensets(_name), **_named),
    "volunteers": st.builds(
        Volunteer,
        team=_ref,
        days_off=st.frozensets(_int),
        contract=st.builds(
            Contract, least_minutes=_int, most_minutes=_int, least_run=_int, most_run=_int
        ),
        **_named,
    ),
    "wishes": st.builds(Wish, _name, _name, _name, points=_int),
    "series": st.builds(Series, _name, st.tuples(_name, _name), _int),
    "tracks": st.builds(Track, _name, st.tuples(_name, _name)),
    "relations": st.builds(Relation, st.sampled_from(Tie), _name, _name, _int),
    "locks": st.builds(
        Lock,
        _name,
        start=_int,
        experts=st.tuples(_name),
        volunteers=st.tuples(st.tuples(_name, _name)),
    ),
}


@st.composite
def _nonsense(draw: st.DrawFn) -> Problem:
    names = draw(st.lists(st.sampled_from(sorted(_tables)), max_size=3, unique=True))
    changed: dict[str, Any] = {
        name: tuple(draw(st.lists(_tables[name], max_size=2))) for name in names
    }
    return replace(
        WORLD,
        **changed,
        grid=draw(_int),
        night=draw(_window),
        travel=Travel(draw(st.sampled_from(((), ((),), ((-1, 10**30), (0, 0)))))),
        storms=draw(st.frozensets(st.tuples(_int, _name), max_size=1)),
    )


@settings(max_examples=40)
@given(_nonsense())
def test_nothing_raises(problem: Problem) -> None:
    for fault in faults.find(problem):
        assert fault.where
        assert fault.kind.endswith("_problems")
        assert len(fault.sentence.zh) < 400

"""The checker: what each rule says of a plan that breaks it, and a second judge's opinion."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from events.planner import candidates
from events.planner.answer import Assignment, Placement, Plan
from events.planner.check import RULES, check
from events.planner.problem import (
    Contract,
    Level,
    Lock,
    Place,
    Problem,
    Relation,
    Site,
    Term,
    Tie,
    Track,
    Volunteer,
    Window,
)
from tests.planner import judge, worlds
from tests.planner.worlds import (
    LI,
    MUSEUM,
    PLAN,
    SCHOOL,
    SHOW,
    SQUARE,
    STARS,
    TALK,
    TEAM,
    WORLD,
    at,
)

TALKING, SHOWING, WATCHING = PLAN.placements
GUIDED = replace(TALK, places=(Place("讲解", 1),))
CHEN = Volunteer("chen", "陈晨", skills=frozenset({"讲解", "主持"}))


def _with(*placements: Placement) -> Plan:
    changed = {placement.activity: placement for placement in placements}
    return Plan(tuple(changed.get(one.activity, one) for one in PLAN.placements))


def _says(problem: Problem, plan: Plan) -> list[tuple[str, str, str]]:
    return [
        (one.rule, one.sentence.say("zh"), one.sentence.say("en")) for one in check(problem, plan)
    ]


def test_a_legal_plan_has_no_violations() -> None:
    assert check(WORLD, PLAN) == []
    assert check(WORLD, Plan()) == []


def test_every_rule_from_1_to_11_is_there() -> None:
    assert list(dict.fromkeys(rule.id for rule in RULES)) == [f"H{n}" for n in range(1, 12)]


PLACES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]] = [
    (
        {},
        {"start": at(0, 16)},
        [
            (
                "H1",
                "《防震讲座》需使用科技馆 9月20日 周六 16:00–17:30（含布置和撤场），不在开放时间内",
                (
                    "“防震讲座” needs 科技馆 Sat 20 Sep 16:00–17:30 with set-up and strike, "
                    "outside its opening hours"
                ),
            )
        ],
    ),
    (
        {"venues": (replace(MUSEUM, closed=(Window(at(0, 15), at(0, 16)),)), SCHOOL, SQUARE)},
        {},
        [
            (
                "H1",
                (
                    "《防震讲座》需使用科技馆 9月20日 周六 14:00–15:30（含布置和撤场），该时段已"
                    "停用、另有安排或来不及预约"
                ),
                (
                    "“防震讲座” needs 科技馆 Sat 20 Sep 14:00–15:30 with set-up and strike, "
                    "closed, booked or too soon to ask for"
                ),
            )
        ],
    ),
    (
        {"activities": (replace(TALK, windows=(Window(at(1, 9), at(1, 12)),)), SHOW, STARS)},
        {},
        [
            (
                "H1",
                "《防震讲座》排在9月20日 周六 14:00–15:30，不在可选的日期和时间内",
                "“防震讲座” is at Sat 20 Sep 14:00–15:30, outside its own dates and times",
            )
        ],
    ),
    (
        {"activities": (replace(TALK, venues=frozenset({"school"})), SHOW, STARS)},
        {},
        [
            (
                "H1",
                "《防震讲座》不能安排在科技馆：不在指定的场地之列",
                "“防震讲座” may not be at 科技馆, which is not among its venues",
            )
        ],
    ),
    (
        {},
        {"venue": "school"},
        [
            (
                "H2",
                "实验小学有60个座位，《防震讲座》预计150人，缺90个",
                "实验小学 seats 60; “防震讲座” expects 150, 90 too many",
            ),
            (
                "H2",
                "实验小学缺少《防震讲座》需要的设施：投影",
                "实验小学 lacks what “防震讲座” needs: 投影",
            ),
        ],
    ),
    (
        {"experts": ()},
        {"experts": ()},
        [
            (
                "H4",
                "《防震讲座》需要1位专家，现安排0位",
                "Experts at “防震讲座”: 1 needed, 0 named",
            )
        ],
    ),
    (
        {"experts": (replace(LI, windows=(Window(at(0, 9), at(0, 15)),)),)},
        {},
        [
            (
                "H4",
                "李工在9月20日 周六 14:00–15:30没有空，无法参加《防震讲座》",
                "李工 is not available Sat 20 Sep 14:00–15:30, the time of “防震讲座”",
            )
        ],
    ),
    (
        {"locks": (Lock("talk", start=at(1, 9)),)},
        {},
        [
            (
                "H9",
                "《防震讲座》的时间已锁定为9月21日 周日 09:00，方案里是9月20日 周六 14:00",
                (
                    "The time of “防震讲座” is locked to Sun 21 Sep 09:00; "
                    "the plan has Sat 20 Sep 14:00"
                ),
            )
        ],
    ),
]


@pytest.mark.parametrize(("world", "changes", "said"), PLACES)
def test_a_broken_rule_says_what_is_wrong(
    world: dict[str, Any], changes: dict[str, Any], said: list[tuple[str, str, str]]
) -> None:
    assert _says(replace(WORLD, **world), _with(replace(TALKING, **changes))) == said


def test_rooms_are_held_while_they_are_set_up() -> None:
    shows = (
        SHOW,
        replace(SHOW, id="show2", title="航模"),
        replace(SHOW, id="show3", title="无人机"),
    )
    problem = replace(WORLD, activities=tuple(replace(show, kits=()) for show in shows))
    first, then, third = (Placement(show.id, "school", at(1, 10)) for show in shows)
    (found,) = check(problem, Plan((first, then, replace(third, start=at(1, 11.5)))))
    assert found.rule == "H3"
    assert found.amount == 1
    assert found.activities == ("show", "show2", "show3")
    assert found.others == ("school",)
    assert found.sentence.zh == (
        "实验小学在9月21日 周日 11:00同时有3场活动（《机器人展演》《航模》《无人机》），最多容纳2场"
    )
    assert check(problem, Plan((first, then, replace(third, start=at(1, 12))))) == []


def test_a_site_takes_so_many_a_day() -> None:
    venues = tuple(replace(one, site="house") for one in (MUSEUM, SCHOOL))
    shows = (SHOW, replace(SHOW, id="show2", title="航模"), replace(SHOW, id="show3", title="风筝"))
    problem = replace(
        WORLD,
        activities=tuple(replace(show, kits=()) for show in shows),
        venues=venues,
        sites=(Site("house", (0, 2, 2), "科普大院"),),
    )
    first, then, third = (Placement(show.id, "school", at(1, 10)) for show in shows)
    elsewhere = replace(third, venue="museum", start=at(1, 14))
    assert _says(problem, Plan((first, then, elsewhere))) == [
        (
            "H3",
            "科普大院9月21日 周日有3场活动（《机器人展演》《航模》《风筝》），当天最多接待2场",
            (
                "科普大院 has 3 activities on Sun 21 Sep (“机器人展演”, “航模” and “风筝”); "
                "it takes 2 that day"
            ),
        )
    ]
    assert check(problem, Plan((first, then, replace(elsewhere, start=at(2, 14))))) == []


def test_a_backup_is_indoors_and_takes_a_room() -> None:
    inside = replace(WATCHING, start=at(0, 14), backup="museum")
    assert [one[:2] for one in _says(WORLD, _with(inside))] == [
        ("H3", "科技馆在9月20日 周六 14:00同时有2场活动（《观星》《防震讲座》），最多容纳1场")
    ]
    outside = replace(WATCHING, backup="square")
    assert [one.rule for one in check(WORLD, _with(outside))] == ["H2", "H3"]


def test_ways_between_sessions_take_their_time() -> None:
    again = replace(TALK, id="again", title="问答", visitors=30, facilities=frozenset())
    problem = replace(WORLD, activities=(TALK, again))
    second = Placement("again", "school", at(0, 16.5), experts=("li",))
    assert [one[:2] for one in _says(problem, Plan((TALKING, second)))] == [
        (
            "H4",
            "李工来不及连续参加《防震讲座》和《问答》：中间有1小时，路途和间歇需要1小时15分钟",
        )
    ]
    assert [
        one.rule for one in check(problem, Plan((TALKING, replace(second, start=at(0, 15)))))
    ] == ["H4"]
    third = replace(second, start=at(0, 9))
    assert check(problem, Plan((TALKING, third))) == []


def test_kits_are_loaded_moved_and_set_up() -> None:
    tour = replace(SHOW, id="tour", title="巡展")
    problem = replace(WORLD, activities=(replace(SHOW, title="展演"), tour))
    there = replace(SHOWING, activity="tour", venue="museum", start=at(1, 13))
    assert [one[:2] for one in _says(problem, Plan((SHOWING, there)))] == [
        (
            "H5",
            "1号大篷车来不及从《展演》转到《巡展》：中间有1小时，装卸和路途需要1小时40分钟",
        )
    ]
    assert check(problem, Plan((SHOWING, replace(there, start=at(1, 14))))) == []


def test_a_team_serves_its_area_with_enough_people() -> None:
    small = replace(TEAM, size=4, area=frozenset({"west"}))
    assert [one[1] for one in _says(replace(WORLD, teams=(small,)), PLAN)] == [
        "青年志愿队有4人，《观星》需要6人",
        "青年志愿队不服务东区，无法参加《观星》",
    ]
    assert [one[1] for one in _says(WORLD, _with(replace(WATCHING, team=None)))] == [
        "《观星》需要一支6人的志愿队，还没有安排"
    ]


def test_nothing_stays_outdoors_in_a_storm() -> None:
    stormy = replace(WORLD, storms=frozenset({(0, "east"), (0, "west")}))
    assert _says(stormy, PLAN) == [
        (
            "H10",
            "《观星》在户外，9月20日 周六东区有恶劣天气",
            "“观星” is outdoors; Sat 20 Sep a storm is expected in 东区",
        )
    ]


def test_relations_and_tracks_bind_what_is_placed() -> None:
    problem = replace(
        WORLD,
        relations=(
            Relation(Tie.BEFORE, "show", "talk", 60),
            Relation(Tie.SAME_DAY, "talk", "show"),
            Relation(Tie.OTHER_DAY, "talk", "stars"),
            Relation(Tie.DAYS_APART, "show", "stars", 2),
        ),
        tracks=(Track("youth", ("talk", "stars")),),
    )
    early = replace(WATCHING, start=at(0, 15))
    assert [one[:2] for one in _says(problem, _with(early))] == [
        ("H8", "《防震讲座》应在《机器人展演》结束1小时后开始，现于9月20日 周六 14:00开始"),
        ("H8", "《防震讲座》和《机器人展演》应在同一天，现分别在9月20日 周六和9月21日 周日"),
        ("H8", "《防震讲座》和《观星》不应在同一天，现都在9月20日 周六"),
        ("H8", "《机器人展演》和《观星》应至少相隔2天，现在9月21日 周日和9月20日 周六"),
        ("H11", "《防震讲座》和《观星》面向同一批人，时间却重叠了30分钟"),
    ]
    assert check(problem, Plan((TALKING,))) == []


def test_locks_bind_every_field_of_what_is_placed() -> None:
    lock = Lock(
        "talk",
        venue="school",
        team="team",
        experts=(),
        kits=("caravan",),
        volunteers=(("chen", "讲解"),),
    )
    problem = replace(WORLD, locks=(lock,), volunteers=(CHEN,))
    assert [one[1] for one in _says(problem, PLAN)] == [
        "《防震讲座》的场地已锁定为实验小学，方案里是科技馆",
        "《防震讲座》的志愿队已锁定为青年志愿队，方案里是未安排",
        "《防震讲座》的专家已锁定为未安排，方案里是李工",
        "《防震讲座》的器材已锁定为1号大篷车，方案里是未安排",
        "陈晨已锁定为《防震讲座》的“讲解”，方案里没有安排",
    ]
    assert check(problem, Plan(PLAN.placements[1:])) == []


def test_what_nobody_knows_is_a_violation_and_no_error() -> None:
    plan = Plan(
        (
            Placement("ghost", "museum", -5),
            Placement("talk", "nowhere", 10**12, experts=("x",), kits=("y",), team="z", backup="w"),
            SHOWING,
            SHOWING,
        ),
        (Assignment("nobody", "ghost", "讲解"), Assignment("nobody", "show", "讲解")),
    )
    found = check(replace(WORLD, days=()), plan)
    assert [(one.rule, one.others) for one in found[:9]] == [
        ("H1", ("ghost",)),
        ("H1", ("nowhere",)),
        ("H1", ("w",)),
        ("H1", ("z",)),
        ("H1", ("x",)),
        ("H1", ("y",)),
        ("H1", ("nobody",)),
        ("H1", ("nobody",)),
        ("H1", ("nobody",)),
    ]
    assert found[9].sentence.zh == "《机器人展演》在方案里出现了2次"


VOLUNTEERS: list[tuple[dict[str, Any], str]] = [
    ({"skills": frozenset({"主持"})}, "陈晨不具备“讲解”技能，不能承担《防震讲座》的这个岗位"),
    (
        {"windows": (Window(at(0, 9), at(0, 12)),)},
        "陈晨在9月20日 周六 14:00–15:30没有空，无法参加《防震讲座》",
    ),
    ({"days_off": frozenset({0})}, "陈晨9月20日 周六休息，却被安排参加《防震讲座》"),
    ({"contract": Contract(most_minutes=60)}, "陈晨一共服务1小时30分钟，最多1小时"),
    ({"contract": Contract(least_minutes=120)}, "陈晨一共服务1小时30分钟，至少2小时"),
    (
        {"contract": Contract(most_minutes_per_day=60)},
        "陈晨9月20日 周六服务1小时30分钟，一天最多1小时",
    ),
    ({"contract": Contract(most_per_day=0)}, "陈晨9月20日 周六有1个岗位，一天最多0个岗位"),
    ({"contract": Contract(most_weekends=0)}, "陈晨有1个周末服务，最多0个"),
    ({"contract": Contract(most_by_skill={"讲解": 0})}, "陈晨承担“讲解”1次，最多0次"),
    ({"contract": Contract(most_run=0)}, "陈晨从9月20日 周六起连续服务1天，最多连续0天"),
]


@pytest.mark.parametrize(("changes", "said"), VOLUNTEERS)
def test_volunteers_serve_as_agreed(changes: dict[str, Any], said: str) -> None:
    problem = replace(WORLD, activities=(GUIDED,), volunteers=(replace(CHEN, **changes),))
    plan = Plan((TALKING,), (Assignment("chen", "talk", "讲解"),))
    assert [(one.rule, one.sentence.zh) for one in check(problem, plan)] == [("H7", said)]


def test_volunteers_rest_between_days_and_skills() -> None:
    evening = replace(STARS, team_size=0, places=(Place("讲解", 1),))
    morning = replace(SHOW, kits=(), places=(Place("主持", 1, over=2),))
    strict = replace(CHEN, contract=Contract(least_rest=12 * 60))
    problem = replace(
        WORLD,
        activities=(evening, morning),
        volunteers=(strict,),
        not_after=frozenset({("讲解", "主持")}),
    )
    plan = Plan(
        (Placement("stars", "square", at(0, 20)), Placement("show", "school", at(1, 9))),
        (Assignment("chen", "stars", "讲解"), Assignment("chen", "show", "主持")),
    )
    assert [one.sentence.zh for one in check(problem, plan)] == [
        "陈晨参加《观星》和次日的《机器人展演》之间只休息11小时，至少应休息12小时",
        "陈晨9月20日 周六承担“讲解”，次日不能承担“主持”（《机器人展演》）",
    ]


def test_minors_do_not_serve_at_night() -> None:
    evening = replace(STARS, team_size=0, places=(Place("讲解", 1),))
    problem = replace(
        WORLD,
        activities=(evening,),
        volunteers=(replace(CHEN, minor=True),),
        night=Window(1290, 1800),
    )
    plan = Plan((Placement("stars", "square", at(0, 20)),), (Assignment("chen", "stars", "讲解"),))
    assert [one.sentence.zh for one in check(problem, plan)] == [
        "陈晨未成年，不能在夜间参加《观星》（9月20日 周六 20:00–22:00）"
    ]


def test_places_take_whom_they_need() -> None:
    bo = replace(CHEN, id="bo", name="波")
    problem = replace(WORLD, activities=(GUIDED, SHOW), volunteers=(CHEN, bo))
    plan = Plan(
        (TALKING,),
        (
            Assignment("chen", "talk", "讲解"),
            Assignment("bo", "talk", "讲解"),
            Assignment("bo", "talk", "主持"),
            Assignment("bo", "show", "讲解"),
        ),
    )
    assert [one.sentence.zh for one in check(problem, plan)] == [
        "《机器人展演》没有排上，却给它安排了波",
        "《防震讲座》没有“主持”岗位，却安排了波",
        "《防震讲座》的“讲解”岗位需要1人，现安排2人",
        "波同时被安排在《防震讲座》和《防震讲座》",
    ]


def test_runs_of_days_have_a_least_length_inside_the_campaign() -> None:
    days = tuple(
        replace(WORLD.days[0], date=WORLD.days[0].date.replace(day=d)) for d in range(1, 6)
    )
    daily = tuple(replace(GUIDED, id=f"talk{day}", fields=()) for day in range(5))
    museum = replace(MUSEUM, open=tuple(Window(at(day, 9), at(day, 17)) for day in range(5)))
    rested = replace(CHEN, contract=Contract(least_run=2, least_run_off=2))
    problem = replace(WORLD, days=days, activities=daily, venues=(museum,), volunteers=(rested,))
    placements = tuple(Placement(one.id, "museum", at(day, 9)) for day, one in enumerate(daily))

    def said(*served: int) -> list[str]:
        duties = tuple(Assignment("chen", f"talk{day}", "讲解") for day in served)
        return [one.sentence.zh for one in check(problem, Plan(placements, duties))]

    assert said(1) == ["陈晨从9月2日 周二起只连续服务1天，至少连续2天"]
    assert said(0, 2, 3) == ["陈晨从9月2日 周二起只连续休息1天，至少连续2天"]
    assert said(0, 4) == said(1, 2) == said() == []


def test_seats_and_wishes_are_rules_at_must_only() -> None:
    wishing = replace(SHOW, district="east", wish_day=0, visitors=70)
    problem = replace(WORLD, activities=(wishing,))
    plan = Plan((SHOWING,))
    assert [one.rule for one in check(problem, plan)] == ["H2"]
    weights = {Term.CROWDING: Level.NORMAL, Term.TIME: Level.MUST, Term.VENUE: Level.MUST}
    assert [one[1] for one in _says(replace(problem, weights=weights), plan)] == [
        "《机器人展演》排在9月21日 周日 10:00–11:00，与“必须”满足的希望时间不符",
        "《机器人展演》安排在实验小学，不在“必须”满足的希望区县",
    ]


def test_the_judge_knows_no_solver_and_no_array() -> None:
    judging = "import sys, events.planner.check, events.planner.score, events.planner.faults\n"
    loaded = "print({'numpy', 'numba', 'ortools'} & set(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", judging + loaded], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "set()\n"


@settings(max_examples=120)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_second_judge_finds_the_same_rules_broken(world: int, laid: int) -> None:
    problem, plan = worlds.problem(world), worlds.plan(laid)
    assert {one.rule for one in check(problem, plan)} == judge.broken(problem, plan)


@settings(max_examples=12)
@given(st.integers(0, 10**9))
def test_candidates_are_what_the_checker_lets_pass(world: int) -> None:
    drawn = worlds.problem(world)
    problem = replace(drawn, volunteers=(), locks=tuple(map(_of_place, drawn.locks)))
    found = candidates.find(problem)
    index = world % len(problem.activities)
    activity = replace(problem.activities[index], fields=(), kits=(), team_size=0)
    alone = replace(problem, activities=(activity,))
    possible = found.possible(index)
    own = {lock.start for lock in problem.locks if lock.activity == activity.id}
    for venue, place in enumerate(problem.venues):
        for slot, start in enumerate(found.starts.tolist()):
            legal = not check(alone, Plan((Placement(activity.id, place.id, start),)))
            assert possible[venue, slot] == (legal and (start % 60 == 0 or start in own))


def _of_place(lock: Lock) -> Lock:
    return replace(lock, volunteers=None)

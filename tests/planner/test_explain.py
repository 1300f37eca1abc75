"""Why: waterfalls that add up, planted cores found exact and minimal, repairs that repair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from events.planner import candidates
from events.planner.answer import Core, Limits, Placement, Plan, Repair, Sentence
from events.planner.check import check
from events.planner.explain import core, explain, question
from events.planner.explain.waterfall import waterfall
from events.planner.problem import (
    Activity,
    Expert,
    Kit,
    Lock,
    Problem,
    Relation,
    Site,
    Team,
    Tie,
    Track,
    Venue,
    Window,
)
from events.planner.stop import Stop
from events.planner.wording import Names
from tests.planner import worlds
from tests.planner.worlds import MUSEUM, PLAN, SCHOOL, SQUARE, TALK, WORLD, at

HOUR = 60
HALL = Venue("hall", "east", 100, rooms=9, name="会堂", open=(Window(at(0, 9), at(0, 18)),))
LONG = Limits(seconds=600)


@pytest.fixture(autouse=True, scope="module")
def _patience() -> Iterator[None]:
    """No answer depends on how busy the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.planner.explain.MOST_SECONDS", LONG.seconds)
        yield


def _sessions(many: int, **needs: object) -> tuple[Activity, ...]:
    made = (Activity(f"a{n}", HOUR, title=f"讲座{n}") for n in range(many))
    return tuple(replace(one, **needs) for one in made)  # type: ignore[arg-type]


def _problem(activities: tuple[Activity, ...], venue: Venue = HALL, **others: object) -> Problem:
    bystander = Activity("bystander", HOUR, title="开放日", venues=frozenset({"school"}))
    made = replace(WORLD, activities=(bystander, *activities), venues=(venue, SCHOOL))
    return replace(made, **others)  # type: ignore[arg-type]


def _talks(many: int) -> tuple[Problem, str]:
    hours = (Window(at(0, 9), at(0, 9) + (many - 1) * HOUR),)
    wang = Expert("wang", frozenset({"航天"}), "王老师", windows=hours)
    talks = _sessions(many, fields=("航天",), venues=frozenset({"hall"}))
    return _problem(talks, experts=(wang,)), "H4:wang"


def _rooms(many: int) -> tuple[Problem, str]:
    open_ = (Window(at(0, 9), at(0, 9) + (many - 1) * HOUR),)
    hall = replace(HALL, rooms=1, open=open_)
    return _problem(_sessions(many, venues=frozenset({"hall"})), hall), "H3:hall"


def _kits(many: int) -> tuple[Problem, str]:
    hours = (Window(at(0, 9), at(0, 9) + (many - 1) * HOUR),)
    dome = Kit("dome", "球幕", "球幕影院", windows=hours)
    return _problem(_sessions(many, kits=("球幕",)), kits=(dome,)), "H5:dome"


def _teams(many: int) -> tuple[Problem, str]:
    hours = (Window(at(0, 9), at(0, 9) + (many - 1) * HOUR),)
    return _problem(
        _sessions(many, team_size=3), teams=(Team("team", 5, windows=hours),)
    ), "H6:team"


def _tracks(many: int) -> tuple[Problem, str]:
    span = (Window(at(0, 9), at(0, 9) + (many - 1) * HOUR),)
    sessions = _sessions(many, windows=span)
    track = Track("class", tuple(one.id for one in sessions))
    return _problem(sessions, tracks=(track,)), "H11:class"


Plant = Callable[[int], tuple[Problem, str]]
PLANTS: tuple[Plant, ...] = (_talks, _rooms, _kits, _teams, _tracks)


@pytest.mark.parametrize("many", [2, 4])
@pytest.mark.parametrize("plant", PLANTS)
def test_planted_cores_are_found_exact_and_minimal(plant: Plant, many: int) -> None:
    problem, rule = plant(many)
    found = explain(problem, limits=LONG)
    assert found.core is not None
    assert found.core.rules == (*(f"place:a{n}" for n in range(many)), rule)
    assert found.core.minimal


def test_a_conflict_says_who_competes_for_what_and_three_ways_out() -> None:
    problem, _ = _talks(2)
    found = explain(problem, limits=LONG)
    assert found.core is not None
    assert [one.zh for one in found.core.sentences] == [
        "《讲座0》要排上",
        "《讲座1》要排上",
        "王老师一次只能参加一场，可参加的时间是9月20日 周六 09:00–10:00",
    ]
    assert [(one.rules, one.sentence.zh, one.cost) for one in found.repairs] == [
        (("H4:wang",), "9月20日 周六增加1位能讲“航天”的专家", 40),
        (("place:a0",), "不排《讲座0》", 200),
        (("place:a1",), "不排《讲座1》", 200),
    ]


def test_one_way_out_is_told_once_however_many_experts_it_relieves() -> None:
    problem, _ = _talks(3)
    (wang,) = problem.experts
    morning = (Window(at(0, 9), at(0, 10)),)
    both = tuple(replace(wang, id=name, windows=morning) for name in ("wang", "zhao"))
    found = explain(replace(problem, experts=both), limits=LONG)
    assert found.core is not None
    assert found.core.rules == ("place:a0", "place:a1", "place:a2", "H4:wang+zhao")
    assert [one.sentence.zh for one in found.repairs] == [
        "9月20日 周六增加1位能讲“航天”的专家",
        "不排《讲座0》",
        "不排《讲座1》",
    ]


@pytest.mark.parametrize("plant", PLANTS)
def test_more_of_what_two_compete_for_is_among_the_ways_out(plant: Plant) -> None:
    problem, rule = plant(2)
    assert rule in [name for way in explain(problem, limits=LONG).repairs for name in way.rules]


def test_people_who_are_alike_are_one_rule() -> None:
    (wang,) = _talks(2)[0].experts
    names = ("王老师", "李老师", "赵老师", "钱老师")
    four = tuple(replace(wang, id=f"e{n}", name=name) for n, name in enumerate(names))
    talks = _sessions(5, fields=("航天",), venues=frozenset({"hall"}))
    found = explain(_problem(talks, experts=four), limits=LONG).core
    assert found is not None
    assert found.minimal
    assert found.rules == (*(f"place:a{n}" for n in range(5)), "H4:e0+e1+e2+e3")
    assert found.sentences[-1] == Sentence(
        "王老师、李老师、赵老师等4位专家每人一次只能参加一场，"
        "可参加的时间是9月20日 周六 09:00–10:00",
        "王老师, 李老师, 赵老师 and 1 more can each be at one session at a time,"
        " and are available Sat 20 Sep 09:00–10:00",
    )


def test_a_crew_that_promised_too_much_is_asked_one_by_one() -> None:
    """Two kits side by side at 9:00 in the east: none is in the west at 10:00."""
    shows = _sessions(3, kits=("球幕",))
    east, west = frozenset({"hall"}), frozenset({"school"})
    nine, ten = (Window(at(0, 9), at(0, 10)),), (Window(at(0, 10), at(0, 11)),)
    shows = (
        *(replace(one, venues=east, windows=nine) for one in shows[:2]),
        replace(shows[2], venues=west, windows=ten),
    )
    later = replace(shows[0], id="later", venues=east, windows=ten)
    kits = (Kit("k1", "球幕"), Kit("k2", "球幕"))
    found = explain(_problem((*shows, later), kits=kits), limits=LONG).core
    assert found is not None
    assert found.minimal
    assert found.rules == ("place:a0", "place:a1", "place:a2", "H5:k1", "H5:k2")


def _half_days(talks: int, halves: int) -> Problem:
    """Talks of an hour, and experts who each have time for one, three a day."""
    times = [(day, hour) for day in range(3) for hour in (9, 12, 15)]
    experts = tuple(
        Expert(f"e{n}", frozenset({"航天"}), windows=(Window(at(*time), at(*time) + 90),))
        for n, time in enumerate(times[:halves])
    )
    hall = replace(HALL, open=worlds.hours(9, 18))
    return _problem(_sessions(talks, fields=("航天",)), hall, experts=experts)


def test_a_wide_shortage_is_counted_and_made_minimal() -> None:
    found = explain(_half_days(8, 4), limits=LONG)
    assert found.core is not None
    assert found.core.minimal
    places, experts = [f"place:a{n}" for n in range(5)], [f"H4:e{n}" for n in range(4)]
    assert found.core.rules == (*places, *experts)
    assert [(one.rules, one.cost) for one in found.repairs] == [
        (("H4:e0",), 40),
        (tuple(places[:4]), 800),
    ]
    assert found.repairs[1].sentence == Sentence(
        "不排《讲座0》《讲座1》《讲座2》等4场", "leave out “讲座0”, “讲座1”, “讲座2” and 1 more"
    )


def test_where_nothing_is_shown_in_time_there_are_ways_out_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With more rules than the solver may be asked about it stays open whether both can be."""
    monkeypatch.setattr("events.planner.explain.inquiry.MOST_RULES", 2)
    problem = _half_days(2, 2)
    placed = Plan((Placement("a0", "hall", at(0, 9), experts=("e0",)),))
    found = explain(problem, placed, "a1", limits=LONG)
    assert found.core is None
    assert [one.sentence.zh for one in found.repairs] == ["不排《讲座1》"]


def test_what_stands_in_the_way_in_the_plan_joins_the_question() -> None:
    problem, rule = _rooms(3)
    placed = Plan(tuple(Placement(f"a{n}", "hall", at(0, 9 + n)) for n in range(2)))
    found = explain(problem, placed, "a2", limits=LONG)
    assert found.core is not None
    assert found.core.rules == ("place:a0", "place:a1", "place:a2", rule)
    assert found.repairs[0].sentence == Sentence(
        "允许《讲座0》使用实验小学", "allow 实验小学 for “讲座0”"
    )
    assert found.waterfall is not None
    assert [(one.rule, one.count) for one in found.waterfall.reasons][-1] == ("H3", 3)
    assert found.waterfall.left == 0


def test_a_site_that_takes_no_more_that_day_says_so() -> None:
    problem, _ = _rooms(2)
    halls = tuple(replace(one, rooms=2, site="house") for one in problem.venues)
    few = replace(problem, venues=halls, sites=(Site("house", (1,) * len(problem.days), "大院"),))
    placed = Plan((Placement("a0", "hall", at(0, 9)),))
    found = explain(few, placed, "a1", limits=LONG)
    assert found.core is not None
    assert [one.zh for one in found.core.sentences] == [
        "《讲座0》要排上",
        "《讲座1》要排上",
        "大院一天最多接待1场活动",
    ]
    more = Sentence("请大院一天多接待1场", "ask 大院 to take one more a day")
    assert more in [one.sentence for one in found.repairs]
    assert found.waterfall is not None
    assert found.waterfall.reasons[-1].sentence.zh.endswith("个场地当天已排满")


def test_a_caravan_cannot_be_far_away_the_next_morning() -> None:
    evening = Activity("here", HOUR, kits=("车",), venues=frozenset({"school"}))
    morning = Activity("there", HOUR, kits=("车",), venues=frozenset({"museum"}))
    problem = replace(
        WORLD,
        activities=(
            replace(evening, windows=(Window(at(0, 17), at(0, 18)),)),
            replace(morning, windows=(Window(at(1, 9), at(1, 10)),)),
        ),
        kits=(Kit("van", "车", "大篷车", loading=30),),
        travel=replace(WORLD.travel, minutes=((0, 900), (900, 0))),
    )
    found = explain(problem, limits=LONG)
    assert found.core is not None
    assert found.core.rules == ("place:here", "place:there", "H5:van")
    near = replace(problem, travel=replace(problem.travel, minutes=((0, 600), (600, 0))))
    assert explain(near, limits=LONG).core is None


def test_relations_that_cannot_all_hold_are_a_core() -> None:
    sessions = _sessions(3, windows=(Window(at(0, 9), at(0, 11)),))
    chain = (Relation(Tie.BEFORE, "a0", "a1"), Relation(Tie.BEFORE, "a1", "a2"))
    found = explain(_problem(sessions, relations=chain), limits=LONG)
    assert found.core is not None
    assert found.core.rules == (
        "place:a0",
        "place:a1",
        "place:a2",
        "H8:before:a0:a1",
        "H8:before:a1:a2",
    )


def test_what_fits_has_no_core() -> None:
    problem, _ = _talks(3)
    free = replace(problem, experts=(replace(problem.experts[0], windows=()),))
    found = explain(free, limits=LONG)
    assert (found.core, found.repairs) == (None, ())


def test_what_can_be_nowhere_names_the_fewest_rules() -> None:
    grand = replace(TALK, visitors=900)
    found = explain(replace(WORLD, activities=(grand,)), None, "talk", limits=LONG)
    assert found.core == Core(
        ("place:talk", "H2:too_small"),
        (
            Sentence("《防震讲座》要排上", "“防震讲座” is to be placed"),
            Sentence("座位不少于900个", "there are at least 900 seats"),
        ),
        minimal=True,
    )
    assert found.repairs == (
        Repair(
            ("H2:too_small",),
            Sentence("《防震讲座》控制在200人以内", "limit “防震讲座” to 200 visitors"),
            27,
        ),
        Repair(("place:talk",), Sentence("不排《防震讲座》", "leave “防震讲座” out"), 200),
    )


def test_nobody_for_a_field_is_said_at_once() -> None:
    found = explain(replace(WORLD, experts=()), None, "talk", limits=LONG)
    assert found.core is not None
    assert found.core.rules == ("place:talk", "H4:地震")
    assert [one.sentence.zh for one in found.repairs] == [
        "请1位能讲“地震”的专家",
        "不排《防震讲座》",
    ]


def test_broken_rules_of_the_asked_activity_are_told() -> None:
    wrong = Plan((replace(PLAN.placements[0], venue="school"), *PLAN.placements[1:]))
    found = explain(WORLD, wrong, "talk", limits=LONG)
    assert [one.rule for one in found.violations] == ["H2", "H2"]
    assert explain(WORLD, wrong, "show", limits=LONG).violations == ()
    assert explain(WORLD, wrong, "ghost", limits=LONG).waterfall is None


def test_a_waterfall_reads_from_all_to_what_is_left() -> None:
    stormy = replace(
        WORLD,
        venues=(replace(MUSEUM, closed=(Window(at(1, 9), at(1, 17)),)), SCHOOL, SQUARE),
        activities=(replace(TALK, windows=(Window(at(0, 0), at(2, 0)),)), *WORLD.activities[1:]),
    )
    other = Placement("show", "museum", at(0, 10), kits=("caravan",))
    fall = explain(stormy, Plan((other,)), "talk", limits=LONG).waterfall
    assert fall is not None
    assert (fall.total, fall.left) == (192, 9)
    assert [one.sentence.zh for one in fall.reasons] == [
        "60个座位不足",
        "84个缺少设施（投影）",
        "6个超出开放时间",
        "14个已停用、另有安排或来不及预约",
        "14个不在可选的日期和时间内",
        "5个场地已被《机器人展演》占用",
    ]


@settings(max_examples=30)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_waterfalls_add_up_and_what_is_left_is_legal(world: int, laid: int) -> None:
    drawn, plan = worlds.problem(world), worlds.plan(laid)
    problem = replace(drawn, volunteers=(), locks=tuple(map(_of_place, drawn.locks)))
    one = world % len(problem.activities)
    name = problem.activities[one].id
    rest = Plan(tuple(placed for placed in plan.placements if placed.activity != name))
    found = candidates.find(problem)
    fall = waterfall(found, Names(problem), one, rest)
    assert fall.total == sum(reason.count for reason in fall.reasons) + fall.left
    assert all(reason.count > 0 for reason in fall.reasons)
    if not check(problem, rest):
        free = sum(
            any(
                not check(problem, Plan((*rest.placements, tried)))
                for tried in _manned(problem, problem.activities[one], choice)
            )
            for choice in found.choices(one)
        )
        assert free == fall.left


def _manned(problem: Problem, activity: Activity, choice: candidates.Choice) -> list[Placement]:
    """Every way to man a venue-time."""
    place = Placement(activity.id, problem.venues[choice.venue].id, choice.start)
    experts = [(one.id,) for one in problem.experts] if activity.fields else [()]
    kits = [(one.id,) for one in problem.kits] if activity.kits else [()]
    teams = [one.id for one in problem.teams] if activity.team_size else [None]
    return [
        replace(place, experts=expert, kits=kit, team=team)
        for expert in experts
        for kit in kits
        for team in teams
    ]


def _of_place(lock: Lock) -> Lock:
    return replace(lock, volunteers=None)


@settings(max_examples=4)
@given(st.integers(0, 10**9), st.integers(2, 3), st.sampled_from(PLANTS))
def test_names_and_order_change_no_core(seed: int, many: int, plant: Plant) -> None:
    problem, rule = plant(many)
    order = worlds.shuffled(seed, problem.activities)
    renamed = {one.id: f"n{at}" for at, one in enumerate(order)}
    tracks = tuple(
        replace(one, activities=tuple(renamed[name] for name in one.activities))
        for one in problem.tracks
    )
    other = replace(
        problem,
        activities=tuple(replace(one, id=renamed[one.id]) for one in order),
        venues=worlds.shuffled(seed + 1, problem.venues),
        tracks=tracks,
    )
    found = explain(other, limits=LONG).core
    assert found is not None
    assert found.minimal
    expected = {f"place:{renamed[f'a{n}']}" for n in range(many)} | {rule}
    assert set(found.rules) == expected


def test_without_time_there_is_a_waterfall_and_no_core() -> None:
    problem, _ = _talks(2)
    found = explain(problem, None, "a0", limits=Limits(seconds=0))
    assert found.waterfall is not None
    assert found.core is None


def test_a_core_that_could_not_be_minimised_says_so() -> None:
    problem, _ = _talks(3)
    found = candidates.find(problem)
    conflict = question.ask(found, Plan(), range(1, 4), Stop(LONG))
    assert isinstance(conflict, question.Conflict)
    kept, shown = core.minimal(conflict.inquiry, conflict.core, Stop(Limits(seconds=0)))
    assert set(kept) == set(conflict.core)
    assert core.as_core(kept, shown=shown).minimal is False

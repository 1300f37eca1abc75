"""What plans cost: each term by hand, the public formats' own costs, names and order aside."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from events.planner.answer import Assignment, Placement, Plan
from events.planner.check import check
from events.planner.problem import (
    DAY,
    Activity,
    HalfDay,
    Level,
    Place,
    Priority,
    Problem,
    Quota,
    Series,
    Term,
    Track,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from events.planner.score import choice, score
from events.planner.terms import TERMS
from tests.planner import worlds
from tests.planner.worlds import DAYS, LI, MUSEUM, PLAN, SHOW, STARS, TALK, WORLD, at

NOTHING = dict.fromkeys(Term, Level.IGNORED)
TALKING, SHOWING, WATCHING = PLAN.placements


def _costs(problem: Problem, plan: Plan, *terms: Term) -> list[int]:
    found = score(problem, plan)
    assert found.total == sum(found.by_term.values())
    return [found.by_term[term] for term in terms]


def test_every_term_has_words_and_a_count() -> None:
    assert set(TERMS) == set(Term)
    assert set(score(WORLD, PLAN).by_term) == set(Term)


def test_what_is_left_out_costs_by_its_priority() -> None:
    urgent = replace(STARS, priority=Priority.HIGHEST)
    ranked = (TALK, replace(SHOW, priority=Priority.HIGH), urgent)
    found = score(replace(WORLD, activities=ranked), Plan())
    assert (found.total, found.by_term[Term.UNPLACED]) == (2800, 2800)
    assert found.by_activity == {"talk": 200, "show": 600, "stars": 2000}


def test_a_plan_costs_what_its_parts_cost() -> None:
    wishing = replace(TALK, wish_day=2, wish_half=HalfDay.MORNING, district="west", visitors=90)
    problem = replace(WORLD, activities=(wishing, SHOW, STARS))
    assert _costs(problem, PLAN, Term.TIME, Term.VENUE, Term.CROWDING, Term.BACKUP) == [
        8 + 3,
        6 + 1 + 4,
        0,
        5,
    ]
    assert score(problem, PLAN).by_activity == {"talk": 18, "show": 0, "stars": 9}
    assert choice(problem, wishing, MUSEUM, at(0, 14)) == 18


def test_sliders_multiply() -> None:
    crowded = replace(WORLD, activities=(replace(TALK, visitors=230),))
    plan = Plan((TALKING,))
    assert _costs(crowded, plan, Term.CROWDING) == [30_000]
    softer = replace(crowded, weights={Term.CROWDING: Level.IMPORTANT, Term.UNPLACED: Level(0)})
    assert _costs(softer, plan, Term.CROWDING) == [90]
    assert score(softer, Plan()).total == 0


def test_quotas_count_what_is_missing_and_the_largest_gap() -> None:
    youth = replace(TALK, audience="youth")
    quotas = (Quota("youth", "east", 3), Quota("youth", None, 2), Quota("youth", "west", 0))
    problem = replace(WORLD, activities=(youth,), quotas=quotas)
    assert _costs(problem, Plan((TALKING,)), Term.COVERAGE) == [10 * (2 + 1) + 3 * 2]


def test_experts_tire_from_the_third_session_and_on_the_road() -> None:
    talks = tuple(replace(TALK, id=f"t{n}", visitors=10, facilities=frozenset()) for n in range(3))
    problem = replace(WORLD, activities=talks, experts=(replace(LI, most_per_day=None),))
    plan = Plan(
        (
            Placement("t0", "school", at(0, 8), experts=("li",)),
            Placement("t1", "school", at(0, 10), experts=("li",)),
            Placement("t2", "museum", at(0, 14), experts=("li",)),
        )
    )
    assert _costs(problem, plan, Term.EXPERTS) == [5 + 2 * (60 + 0 + 60 + 10) // 60]


def test_kits_travel_from_home_and_back() -> None:
    assert _costs(WORLD, PLAN, Term.KIT_TRAVEL) == [140 // 50]


def test_volunteers_wish_and_share() -> None:
    places = replace(TALK, places=(Place("讲解", 3, under=7), Place("引导", 1, over=4)))
    people = tuple(Volunteer(name) for name in ("lin", "bo", "an"))
    wishes = (
        Wish("lin", "talk", "讲解"),
        Wish("bo", "talk", "讲解", wanted=False, points=5),
        Wish("an", "talk", "讲解", points=9),
    )
    problem = replace(
        WORLD,
        activities=(places,),
        volunteers=people,
        wishes=wishes,
        weights={Term.FAIRNESS: Level.NORMAL},
    )
    taken = (
        Assignment("lin", "talk", "讲解"),
        Assignment("bo", "talk", "讲解"),
        Assignment("lin", "talk", "引导"),
        Assignment("bo", "talk", "引导"),
    )
    plan = Plan((TALKING,), taken)
    assert _costs(problem, plan, Term.PLACES, Term.WISHES, Term.FAIRNESS) == [
        7 + 4,
        5 + 9,
        (1 + 1) + 4 * 1,
    ]
    assert _costs(problem, Plan(), Term.PLACES) == [3 * 7 + 20]


PERIODS = 4
MATH, ART = ("math0", "math1", "math2"), ("art0", "art1")
WEEK = tuple(Window(day * DAY, day * DAY + PERIODS * 60) for day in range(3))
TIMETABLE = Problem(
    days=DAYS,
    activities=tuple(Activity(name, 60, visitors=30) for name in (*MATH, *ART)),
    venues=(Venue("r1", "", 28, open=WEEK), Venue("r2", "", 40, open=WEEK)),
    grid=60,
    series=(Series("math", MATH, least_days=2), Series("art", ART, least_days=2)),
    tracks=(Track("both", (*MATH, *ART), compact=True), Track("one", MATH, compact=True)),
    weights={
        **NOTHING,
        Term.CROWDING: Level.NORMAL,
        Term.SPREAD: Level.NORMAL,
        Term.COMPACT: Level.NORMAL,
        Term.ONE_VENUE: Level.NORMAL,
    },
)
"""Lectures of two courses, a curriculum of both and one of the first, as in ITC-2007 track 3."""


def _itc_cost(plan: Plan) -> int:
    """The competition's own cost, from its description: seats, days, compactness, rooms."""
    period = {one.activity: (one.start // DAY, one.start % DAY // 60) for one in plan.placements}
    room = {one.activity: one.venue for one in plan.placements}
    cost = sum(max(30 - {"r1": 28, "r2": 40}[venue], 0) for venue in room.values())
    for course in TIMETABLE.series:
        placed = [one for one in course.activities if one in period]
        cost += 5 * max(2 - len({period[one][0] for one in placed}), 0)
        cost += max(len({room[one] for one in placed}) - 1, 0)
    for curriculum in TIMETABLE.tracks:
        times = [period[one] for one in curriculum.activities if one in period]
        for day, at_period in times:
            if (day, at_period - 1) not in times and (day, at_period + 1) not in times:
                cost += 2
    return cost


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(("r1", "r2")), st.integers(0, 2), st.integers(0, PERIODS - 1)),
        min_size=5,
        max_size=5,
    )
)
def test_timetables_cost_what_the_competition_says(slots: list[tuple[str, int, int]]) -> None:
    plan = Plan(
        tuple(
            Placement(name, room, day * DAY + period * 60)
            for name, (room, day, period) in zip((*MATH, *ART), slots, strict=True)
        )
    )
    assert score(TIMETABLE, plan).total == _itc_cost(plan)
    different = len({(day, period) for _, day, period in slots}) == len(slots)
    assert (check(TIMETABLE, plan) == []) == different


@settings(max_examples=30)
@given(st.frozensets(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=9))
def test_rosters_cost_what_their_benchmark_says(worked: frozenset[tuple[int, int]]) -> None:
    shifts = tuple(
        Activity(f"d{day}", 480, places=(Place("D", 1, under=100, over=1),)) for day in range(3)
    )
    hall = Venue("hall", "", 0, rooms=9, open=(Window(0, 3 * DAY),))
    wishes = (Wish("p0", "d0", "D", points=3), Wish("p1", "d2", "D", wanted=False, points=2))
    problem = Problem(
        days=DAYS,
        activities=shifts,
        venues=(hall,),
        volunteers=tuple(Volunteer(f"p{n}", skills=frozenset({"D"})) for n in range(3)),
        wishes=wishes,
        weights={**NOTHING, Term.PLACES: Level.NORMAL, Term.WISHES: Level.NORMAL},
    )
    plan = Plan(
        tuple(Placement(f"d{day}", "hall", day * DAY) for day in range(3)),
        tuple(Assignment(f"p{who}", f"d{day}", "D") for who, day in sorted(worked)),
    )
    cover = [sum(1 for _, on in worked if on == day) for day in range(3)]
    expected = sum(100 * max(1 - many, 0) + max(many - 1, 0) for many in cover)
    expected += 3 * ((0, 0) not in worked) + 2 * ((1, 2) in worked)
    assert score(problem, plan).total == expected
    assert check(problem, plan) == []


@settings(max_examples=30)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_totals_add_up_whatever_the_plan(world: int, laid: int) -> None:
    found = score(worlds.problem(world), worlds.plan(laid))
    assert found.total == sum(found.by_term.values())
    alone = (Term.UNPLACED, Term.TIME, Term.VENUE, Term.CROWDING, Term.BACKUP, Term.PLACES)
    assert sum(found.by_activity.values()) == sum(found.by_term[term] for term in alone)


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_names_and_order_change_nothing(world: int, laid: int) -> None:
    problem, plan = worlds.problem(world), worlds.plan(laid)
    other = worlds.renamed(worlds.mixed(world + 1, problem))
    mixed = worlds.renamed(worlds.mixed(laid + 1, plan))
    assert score(other, mixed).by_term == score(problem, plan).by_term
    assert _broken(other, mixed) == _broken(problem, plan)


def _broken(problem: Problem, plan: Plan) -> list[tuple[str, int]]:
    return sorted((one.rule, one.amount) for one in check(problem, plan))

"""The bound at Lagrange multipliers: never above a plan, exact where experts decide everything."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner import candidates, plan, score
from events.planner.answer import Limits, Status
from events.planner.bound import Relaxation
from events.planner.instance import Instance
from events.planner.problem import (
    DAY,
    Activity,
    Day,
    District,
    Expert,
    Kit,
    Level,
    Problem,
    Relation,
    Series,
    Term,
    Tie,
    Travel,
    Venue,
    Window,
)
from events.planner.stop import Stop
from events.planner.tally import laid_cost
from tests.planner.test_solve import small

VILLAGE = Size(24, 4, 12, 3, 6, 4, 4, 48, side_km=90)
DATES = tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=d)) for d in range(2))
OPEN = tuple(Window(d * DAY + 540, d * DAY + 1080) for d in range(2))
SERIES = Series("S", ("A0", "A1"), least_days=2)
ONE_DAY = Relation(Tie.SAME_DAY, "A0", "A1")


def bound(problem: Problem, upper: int) -> int:
    instance = Instance(problem, candidates.find(problem))
    return Relaxation(instance).bound(upper, Stop(Limits(seconds=300)))


def talks(*wished: int) -> Problem:
    """Talks in the south, an hour and a half from the only expert's home."""
    return Problem(
        days=DATES,
        districts=(District("N"), District("S")),
        activities=tuple(
            Activity(f"A{n}", 60, fields=("stars",), wish_day=day) for n, day in enumerate(wished)
        ),
        venues=(Venue("hall", "S", 50, open=OPEN),),
        experts=(Expert("E", frozenset({"stars"}), district="N"),),
        travel=Travel(((10, 90), (90, 10))),
    )


@pytest.mark.parametrize(
    ("wished", "least"),
    [
        ((0,), 6),
        ((0, 0), 6),
        ((0, 1), 10),
        ((0, 0, 0), 11),
    ],
)
def test_days_of_one_expert_are_bounded_exactly(wished: tuple[int, ...], least: int) -> None:
    """Six points a day on the road; a day from the wish costs four, a third session five."""
    assert bound(talks(*wished), 20) == least


def test_the_way_between_two_houses_of_a_district_is_charged_and_none_within_one() -> None:
    """Out, ten minutes over, and home again is a point; of one house twenty minutes are none."""
    at_home = replace(talks(0, 0), experts=(Expert("E", frozenset({"stars"}), district="S"),))
    school = Venue("school", "S", 50, open=OPEN)
    apart = tuple(
        replace(talk, venues=frozenset({venue}))
        for talk, venue in zip(at_home.activities, ("hall", "school"), strict=True)
    )
    assert bound(at_home, 20) == 0
    assert bound(replace(at_home, activities=apart, venues=(*at_home.venues, school)), 20) == 1


def test_what_is_outdoors_while_all_houses_are_shut_has_no_shelter() -> None:
    shut = Venue("hall", "S", 50, open=OPEN[1:])
    square = Venue("square", "S", 50, outdoor=True, open=OPEN)
    on_saturday = replace(talks(0), venues=(square, shut), travel=Travel())
    assert bound(on_saturday, 20) == 4


def test_nobody_is_tired_where_the_slider_rests() -> None:
    rested = replace(talks(0, 0), series=(SERIES,), weights={Term.EXPERTS: Level.IGNORED})
    assert bound(rested, 20) == 4


def test_a_need_that_nobody_fills_costs_as_much_as_leaving_out() -> None:
    assert bound(replace(talks(0, 1), experts=()), 1000) == 400


def shows(*wished: int) -> Problem:
    """The same without experts and ways."""
    told = talks(*wished)
    activities = tuple(replace(one, fields=()) for one in told.activities)
    return replace(told, activities=activities, experts=(), travel=Travel())


def test_nobody_fills_two_needs_of_one_activity() -> None:
    """Two experts who could fill both drive six points each; one would have driven for both."""
    talk, both = talks(0), frozenset({"stars", "rocks"})
    problem = replace(
        talk,
        activities=(replace(talk.activities[0], fields=("stars", "rocks")),),
        experts=tuple(Expert(name, both, district="N") for name in ("E", "F")),
    )
    assert bound(problem, 50) == 12


def test_a_series_moves_by_a_day_where_that_costs_less_than_a_day_missing() -> None:
    assert bound(replace(shows(0, 0), series=(SERIES,)), 20) == 4
    assert bound(replace(shows(0, 0, 0), series=(Series("S", ("A0", "A1", "A2"), 3),)), 20) == 9


def test_a_series_goes_to_one_venue_where_that_costs_nothing() -> None:
    both = replace(shows(0, 0), series=(replace(SERIES, least_days=1),))
    school = Venue("school", "S", 50, open=OPEN)
    first, second = both.activities
    apart = (
        replace(first, venues=frozenset({"hall"})),
        replace(second, venues=frozenset({"school"})),
    )
    wider = replace(both, venues=(*both.venues, school))
    assert bound(wider, 20) == 0
    assert bound(replace(wider, activities=apart), 20) == 1


def test_what_is_tied_to_one_day_pays_for_one_of_its_wishes() -> None:
    assert bound(replace(shows(0, 1), relations=(ONE_DAY,)), 20) == 4


def test_points_count_once_in_a_series_and_a_relation() -> None:
    apart = replace(ONE_DAY, kind=Tie.OTHER_DAY)
    assert bound(replace(shows(0, 0), series=(SERIES,), relations=(apart,)), 20) == 4


def test_a_series_and_its_expert_want_to_agree() -> None:
    """On one day: two points of way, five of the series. On two: four of ways, four of the wish.

    Between them lies what half a day of each would cost.
    """
    near = replace(talks(0, 0), series=(SERIES,), travel=Travel(((10, 30), (30, 10))))
    assert bound(near, 20) in {6, 7}


def test_what_hangs_together_with_something_impossible_costs_nothing_more() -> None:
    """One of two talks can be nowhere and is left out: the other one is free."""
    told = shows(0, 1)
    nowhere = replace(told.activities[0], facilities=frozenset({"pool"}))
    problem = replace(
        told,
        activities=(nowhere, told.activities[1]),
        series=(SERIES,),
        relations=(ONE_DAY,),
    )
    assert bound(problem, 1000) == 200


def test_nothing_that_hangs_together_costs_more_than_leaving_out() -> None:
    never = replace(ONE_DAY, kind=Tie.DAYS_APART, amount=5)
    assert bound(replace(shows(0, 0), relations=(never,)), 1000) == 200


@pytest.mark.parametrize(("kits", "least"), [(1, 7), (2, 10), (3, 9)])
def test_kits_tour_once_and_serve_so_many_a_day(kits: int, least: int) -> None:
    """Three sessions wished on a day, 75 km away: a kit's way is three points, another day four.

    One kit has to come on both days, and so has one of two that serve once a day.
    """
    asked = shows(0, 0, 0)
    one = Kit("K0", "dome", district="N", most_per_day=2 if kits == 1 else 1)
    problem = replace(
        asked,
        activities=tuple(replace(show, kits=("dome",)) for show in asked.activities),
        kits=tuple(replace(one, id=f"K{n}") for n in range(kits)),
        travel=Travel(km=((5, 75), (75, 5))),
    )
    assert bound(problem, 50) == least


@pytest.mark.parametrize(("seed", "level"), [(0, Level.NORMAL), (1, Level.VERY_IMPORTANT)])
def test_no_planted_plan_costs_less(seed: int, level: Level) -> None:
    drawn, legal = planted(VILLAGE, seed)
    problem = replace(drawn, weights={Term.EXPERTS: level})
    cost = laid_cost(score(problem, legal))
    assert 0 < bound(problem, cost) <= cost


@pytest.mark.parametrize("seed", range(2))
def test_no_best_plan_costs_less_and_all_that_it_uses_is_left(seed: int) -> None:
    problem = small(random.Random(seed))
    best = plan(problem, limits=Limits(seconds=300, work=12))
    assert best.status is Status.OPTIMAL
    instance = Instance(problem, candidates.find(problem))
    relaxed = Relaxation(instance)
    cost = best.score.total
    assert relaxed.bound(cost, Stop(Limits(seconds=300))) <= cost
    left = relaxed.left(cost + 1)
    for one in best.plan.placements:
        activity = instance.place[one.activity]
        where = instance.venue_place[one.venue], one.start
        assert where in {choice[:2] for choice in left.choices(activity)}
        may = {instance.resources[who].id for crew in left.crews(activity) for who in crew}
        assert may >= set(one.experts)


def test_what_costs_more_than_a_known_plan_is_not_left() -> None:
    """Two talks at home, each wished on another day: only plans without any cost are better."""
    instance = Instance(at_home := replace(talks(0, 1), travel=Travel()), candidates.find(at_home))
    relaxed = Relaxation(instance)
    assert relaxed.bound(1, Stop(Limits(seconds=300))) == 0
    days = [{start // DAY for _, start, _ in relaxed.left(1).choices(n)} for n in range(2)]
    assert days == [{0}, {1}]

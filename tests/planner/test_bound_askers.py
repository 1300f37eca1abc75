"""Who looks at a campaign for a bound: each finds its best by itself, as trying everything does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from events.planner import candidates, plan
from events.planner.answer import Limits, Status
from events.planner.bound import Relaxation, touring
from events.planner.bound.copies import Asker, Floats, alone
from events.planner.bound.country import Country
from events.planner.bound.groups import gatherings
from events.planner.bound.touring import tourings
from events.planner.bound.weeks import Weeks
from events.planner.instance import Instance
from events.planner.problem import (
    DAY,
    Activity,
    District,
    Expert,
    HalfDay,
    Kit,
    Problem,
    Relation,
    Series,
    Tie,
    Travel,
    Venue,
)
from events.planner.stop import Stop
from tests.planner.test_bound import DATES, OPEN, bound

FIELDS = ("stars", "rocks")
ROADS = ((5, 75, 120), (75, 5, 95), (120, 95, 5))
SEEDS = range(6)


def fair(**changes: object) -> Problem:
    """Three shows in three districts with a kit, in a series, two tied; two of them with talks."""
    asked = {"kits": ("dome",), "wish_day": 0}
    problem = Problem(
        days=DATES,
        districts=tuple(District(one) for one in "NSW"),
        activities=(
            Activity("A0", 60, fields=("stars",), district="N", **asked),  # type: ignore[arg-type]
            Activity("A1", 60, fields=("stars",), district="S", **asked),  # type: ignore[arg-type]
            Activity("A2", 60, district="W", **asked),  # type: ignore[arg-type]
        ),
        venues=tuple(Venue(f"hall {one}", one, 50, open=OPEN) for one in "NSW"),
        experts=(Expert("E", frozenset({"stars"}), district="N"),),
        kits=(Kit("K", "dome", district="S", most_per_day=2),),
        series=(Series("S", ("A0", "A1", "A2"), least_days=2),),
        relations=(Relation(Tie.OTHER_DAY, "A0", "A1"),),
        travel=Travel(ROADS, ROADS),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def instance_of(problem: Problem) -> Instance:
    return Instance(problem, candidates.find(problem))


def charges_for(asker: Asker, instance: Instance, chance: np.random.Generator) -> Floats:
    """Random charges for what is possible; of those who may leave rows, mostly pay."""
    charges = np.full((len(asker.rows), asker.size), np.inf)
    for row, (activity, _) in enumerate(asker.rows):
        cells = np.unique(asker.cells(alone(instance, activity)))
        charges[row, cells] = chance.integers(0, 40, len(cells)) / 4 - 8 * asker.is_free
    return charges


def days_of(asker: Asker, cells: tuple[int, ...], days: int = 2) -> list[int]:
    return [cell * days // asker.size for cell in cells]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_series_finds_the_best_days_and_venues(seed: int) -> None:
    instance = instance_of(fair())
    (series,) = (one for one in gatherings(instance) if len(one.rows) == 3)
    charges = charges_for(series, instance, np.random.default_rng(seed))

    def points(cells: tuple[int, ...]) -> float:
        venues = {cell % len(instance.problem.venues) for cell in cells}
        missing = 2 - len(set(days_of(series, cells)))
        tolls = sum(charges[row, cell] for row, cell in enumerate(cells))
        return float(tolls + 5 * max(0, missing) + len(venues) - 1)

    every = itertools.product(range(series.size), repeat=3)
    found = series.best(charges)
    assert found.points == pytest.approx(min(map(points, every)))
    assert found.points == pytest.approx(points(tuple(cell for _, cell in sorted(found.used))))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_relation_finds_the_best_starts(seed: int) -> None:
    instance = instance_of(fair())
    (pair,) = (one for one in gatherings(instance) if len(one.rows) == 2)
    charges = charges_for(pair, instance, np.random.default_rng(seed))
    starts = instance.candidates.starts
    kept = [
        charges[0, one] + charges[1, two]
        for one, two in itertools.product(range(pair.size), repeat=2)
        if starts[one] // DAY != starts[two] // DAY
    ]
    found = pair.best(charges)
    assert found.points == pytest.approx(min(kept))
    assert found.points == pytest.approx(sum(charges[one] for one in found.used))


def tours(rows: int, days: int, districts: int, per_day: int) -> Iterator[list[tuple[int, int]]]:
    """All tours as rows and cells, in order, no row twice."""
    cells = range(days * districts)
    for size in range(rows + 1):
        for order in itertools.permutations(range(rows), size):
            for where in itertools.product(cells, repeat=size):
                on = [cell // districts for cell in where]
                if on == sorted(on) and all(on.count(day) <= per_day for day in on):
                    yield list(zip(order, where, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kit_finds_the_tour_that_earns_most(seed: int) -> None:
    instance = instance_of(fair())
    (kits,) = tourings(instance)
    charges = charges_for(kits, instance, np.random.default_rng(seed))

    def points(calls: list[tuple[int, int]]) -> float:
        way = [1, *(cell % 3 for _, cell in calls), 1]
        km = sum(ROADS[a][b] if a != b else 0 for a, b in itertools.pairwise(way))
        home = 5 * ((way[1] == 1) + (way[-2] == 1)) if calls else 0
        return sum(float(charges[call]) for call in calls) + (km + home) // 50

    found = kits.best(charges)
    assert not found.missing
    assert found.points == pytest.approx(min(map(points, tours(3, 2, 3, 2))))
    assert found.points == pytest.approx(points(found.used))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kit_with_too_many_tours_says_by_how_much_it_may_be_wrong(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = instance_of(fair())
    (kits,) = tourings(instance)
    charges = charges_for(kits, instance, np.random.default_rng(seed))
    best = kits.best(charges).points
    monkeypatch.setattr(touring, "TOURS", 1)
    found = tourings(instance)[0].best(charges)
    assert found.points - found.missing <= best + 1e-9
    assert found.points >= best - 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_an_expert_finds_the_week_that_earns_most(seed: int) -> None:
    """Who is worth it is served on several days: a relaxation."""
    instance = instance_of(fair())
    weeks = Weeks(instance, Country(instance))
    for row, (activity, _) in enumerate(weeks.rows):
        weeks.tell(row, alone(instance, activity), share=1)
    charges = charges_for(weeks, instance, np.random.default_rng(seed))
    places = len(instance.problem.venues)

    def points(served: list[tuple[int, int]]) -> float:
        minutes = 0
        for day in range(2):
            there = [cell % places for _, cell in served if cell // places == day]
            way = [0, *there, 0]
            minutes += sum(ROADS[a][b] for a, b in itertools.pairwise(way)) if there else 0
            minutes -= 5 * (len(there) == 2 and there[0] == there[1])
        return sum(float(charges[one]) for one in served) + 2 * minutes // 60

    found = weeks.best(charges)
    days = [list(itertools.permutations(range(2), size)) for size in range(3)]
    every = [
        [(row, day * places + place) for (day, row), place in zip(rows, where, strict=True)]
        for first, second in itertools.product(itertools.chain(*days), repeat=2)
        for rows in [[(0, row) for row in first] + [(1, row) for row in second]]
        for where in itertools.product(range(places), repeat=len(rows))
    ]
    assert found.points == pytest.approx(min(map(points, every)))
    assert found.points == pytest.approx(points(found.used))


@pytest.mark.parametrize(("minutes", "points"), [(60, 0), (240, 3), (300, 4)])
def test_two_talks_of_an_expert_are_one_after_the_other(minutes: int, points: int) -> None:
    """Both are wished for one morning: short ones fit; others need an afternoon, or a day each."""
    told = fair(kits=(), series=(), relations=())
    talk = Activity("A0", minutes, fields=("stars",), venues=frozenset({"hall N"}), wish_day=0)
    talk = replace(talk, wish_half=HalfDay.MORNING)
    problem = replace(
        told,
        activities=(talk, replace(talk, id="A1")),
        experts=(Expert("E", frozenset({"stars"}), district="N"),),
        venues=tuple(replace(one, rooms=2) for one in told.venues),
    )
    assert bound(problem, 50) == points


def test_each_field_that_an_activity_asks_for_has_its_own_expert() -> None:
    """One lives there; the other one has three hours on the road, six points."""
    told = fair(kits=(), series=(), relations=())
    show = Activity("A0", 60, fields=FIELDS, venues=frozenset({"hall N"}))
    near = Expert("E", frozenset({"stars"}), district="N")
    far = Expert("F", frozenset({"rocks"}), district="S")
    assert bound(replace(told, activities=(show,), experts=(near, far)), 50) == 5


def test_experts_of_one_activity_meet() -> None:
    """Each could stay at home; wherever they meet, one has two ways of 75 minutes: five points."""
    told = fair(kits=(), series=(), relations=())
    show = Activity("A0", 60, fields=FIELDS, venues=frozenset({"hall N", "hall S"}))
    near = Expert("E", frozenset({"stars"}), district="N")
    far = Expert("F", frozenset({"rocks"}), district="S")
    assert bound(replace(told, activities=(show,), experts=(near, far)), 50) == 5


def test_an_expert_and_a_kit_meet() -> None:
    """The expert's way to the kit is five points, the kit's to the expert three."""
    told = fair(series=(), relations=())
    show = replace(told.activities[0], district=None, venues=frozenset({"hall N", "hall S"}))
    assert bound(replace(told, activities=(show,)), 50) == 3


@pytest.mark.parametrize("wished", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_all_that_a_best_plan_uses_is_left(wished: tuple[int, int]) -> None:
    """With experts, a kit, a series and a relation."""
    told = fair()
    first, second, third = told.activities
    problem = replace(
        told,
        activities=(
            first,
            replace(second, wish_day=wished[0]),
            replace(third, wish_day=wished[1]),
        ),
    )
    best = plan(problem, limits=Limits(seconds=300, work=12))
    assert best.status is Status.OPTIMAL
    instance = instance_of(problem)
    relaxed = Relaxation(instance)
    cost = best.score.total
    assert cost - 3 <= relaxed.bound(cost, Stop(Limits(seconds=60))) <= cost
    left = relaxed.left(cost + 1)
    for one in best.plan.placements:
        where = instance.venue_place[one.venue], one.start
        choices = left.choices(instance.place[one.activity])
        assert where in {choice[:2] for choice in choices}
        assert len(choices) < instance.count(instance.place[one.activity])

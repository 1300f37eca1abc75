"""The search over venues and times: always legal, counts as the score does, the same again."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from bench.planner import ctt
from events.planner import candidates
from events.planner.answer import Limits, Placement, Plan
from events.planner.check import check
from events.planner.problem import Problem, Term
from events.planner.score import score
from events.planner.stop import Stop
from tests.planner import worlds
from tests.planner.test_ctt import TINY

ROOT = Path(__file__).resolve().parents[2]
COUNTED = (
    Term.UNPLACED,
    Term.TIME,
    Term.VENUE,
    Term.CROWDING,
    Term.SPREAD,
    Term.COMPACT,
    Term.ONE_VENUE,
)


@pytest.fixture(scope="module")
def search(plain: None) -> ModuleType:
    """The search as plain Python."""
    return importlib.import_module("events.planner.layout.search")


def without_volunteers(problem: Problem) -> Problem:
    """The same venues and times; nobody to assign, no lock on people, no most a day of a site."""
    locks = tuple(replace(lock, volunteers=None) for lock in problem.locks)
    return replace(problem, volunteers=(), wishes=(), sites=(), locks=locks)


def work(rounds: int) -> Stop:
    """So much and no clock."""
    return Stop(Limits(seconds=600, work=rounds))


def improved(
    search: ModuleType, problem: Problem, placements: tuple[Placement, ...] = (), rounds: int = 12
) -> tuple[Placement, ...]:
    """What the search makes of a layout."""
    found: tuple[Placement, ...] = search.improve(
        problem,
        candidates.find(problem),
        placements,
        work(rounds),
        seed=1,
        on_better=lambda _: None,
        workers=1,
    )
    return found


def test_a_tiny_timetable_comes_out_optimal(search: ModuleType) -> None:
    problem = ctt.read(TINY)
    plan = Plan(improved(search, problem))
    assert check(problem, plan) == []
    # five stand at music; one lecture of maths and that of sport have no neighbour
    assert score(problem, plan).total == 5 + 2 + 2


@pytest.mark.parametrize("seed", range(40))
def test_every_layout_is_legal_and_costs_what_the_score_says(search: ModuleType, seed: int) -> None:
    problem = without_volunteers(worlds.problem(seed))
    found = candidates.find(problem)
    walker = search._Walker(search.build(problem, found), seed)
    for temperature in (30.0, 3.0, 0.3):
        walker.anneal(search._losses(temperature))
        plan = Plan(walker.best())
        assert check(problem, plan) == []
        terms = score(problem, plan).by_term
        assert walker.points() == sum(terms[term] for term in COUNTED)


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_improving_keeps_the_people_and_never_costs_more(search: ModuleType, seed: int) -> None:
    problem = without_volunteers(worlds.problem(seed))
    found = candidates.find(problem)
    first = search.construct(problem, found, work(3), seed=seed)
    better = improved(search, problem, first)
    assert check(problem, Plan(better)) == []
    assert people(first).items() <= people(better).items()
    assert points(problem, better) <= points(problem, first)


def test_an_activity_whose_expert_is_still_open_stays_out(search: ModuleType) -> None:
    second = replace(worlds.LI, id="wang")
    problem = replace(worlds.WORLD, experts=(worlds.LI, second))
    assert {one.activity for one in improved(search, problem)} == {"show", "stars"}
    carried = Placement("talk", "museum", worlds.at(0, 14), experts=("wang",))
    placements = improved(search, problem, (carried,))
    assert people(placements)["talk"] == (None, ("wang",), ())
    assert {one.activity for one in placements} == {"talk", "show", "stars"}


def test_a_kept_backup_stays_free_and_its_activity_stays(search: ModuleType) -> None:
    hall = replace(worlds.MUSEUM, open=worlds.hours(9, 22))
    problem = replace(worlds.WORLD, venues=(hall, worlds.SCHOOL, worlds.SQUARE))
    stars = Placement("stars", "square", worlds.at(0, 19), team="team", backup="museum")
    placements = improved(search, problem, (stars,))
    assert stars in placements
    assert check(problem, Plan(placements)) == []


def test_the_same_seed_and_work_give_the_same_layout(search: ModuleType) -> None:
    problem = ctt.read(TINY)
    assert improved(search, problem, rounds=2) == improved(search, problem, rounds=2)


def test_the_first_layout_is_told_and_a_stopped_search_returns_it(search: ModuleType) -> None:
    problem = ctt.read(TINY)
    found = candidates.find(problem)
    first = search.construct(problem, found, work(20), seed=1)
    told: list[tuple[Placement, ...]] = []
    stop = Stop(Limits(seconds=600), should_stop=lambda: bool(told))
    last = search.improve(problem, found, first, stop, seed=1, on_better=told.append)
    assert told == [first, last]
    assert points(problem, last) <= points(problem, first)


def people(placements: tuple[Placement, ...]) -> dict[str, tuple[object, ...]]:
    """Whom each activity carries."""
    return {one.activity: (one.team, one.experts, one.kits) for one in placements}


def points(problem: Problem, placements: tuple[Placement, ...]) -> int:
    """What the search looks at."""
    terms = score(problem, Plan(placements)).by_term
    return sum(terms[term] for term in COUNTED)

"""What holds of every problem: plans pass the checker, more never costs more, names mean nothing.

Of waterfalls and cores see test_explain.py, of planted repairs test_repair.py, of killed processes
tests/planning/test_runs.py.
"""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings, strategies as st

from events.planner import check, plan, replan, score
from events.planner.answer import Limits, Result, Status
from events.planner.changes import VenueDeclines, apply_all
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    District,
    Expert,
    Kit,
    Place,
    Problem,
    Team,
    Venue,
    Volunteer,
    Window,
)
from events.planner.repair import Mode
from tests.planner import judge, worlds
from tests.planner.test_solve import PROOF, small

pytestmark = pytest.mark.usefixtures("plain")
ONE_ROUND = Limits(seconds=300, work=1)
SEEDS = st.integers(0, 10**9)


@settings(max_examples=12)
@given(SEEDS)
def test_every_plan_passes_both_judges(seed: int) -> None:
    problem = _without_volunteers(worlds.problem(seed))
    result = plan(problem, limits=ONE_ROUND, seed=seed)
    assert check(problem, result.plan) == []
    assert judge.broken(problem, result.plan) == set()
    assert result.score == score(problem, result.plan)
    placed = {placement.activity for placement in result.plan.placements}
    assert set(result.unplaced) == {one.id for one in problem.activities} - placed


@settings(max_examples=4)
@given(SEEDS, st.integers(0, 12))
def test_whenever_it_is_stopped_a_plan_passes_the_checker(seed: int, looks: int) -> None:
    problem = small(random.Random(seed))

    def asked() -> Callable[[], bool]:
        left = iter(range(looks))
        return lambda: next(left, None) is None

    result = plan(problem, limits=Limits(seconds=300), should_stop=asked(), seed=seed)
    assert check(problem, result.plan) == []
    changes = [VenueDeclines("hall")]
    mended, _ = replan(
        problem, result.plan, changes, limits=Limits(seconds=300), mode="best", should_stop=asked()
    )
    after = apply_all(problem, changes)
    assert check(after, mended.plan) == []
    assert mended.score == score(after, mended.plan)


@pytest.mark.parametrize("mode", ["least", "balanced", "best"])
def test_a_found_plan_under_no_change_stays_as_it_is(mode: Mode) -> None:
    problem, found = _tiny(1), _solved(1).plan
    result, diff = replan(problem, found, (), limits=ONE_ROUND, mode=mode)
    assert result.plan is found
    assert (diff.changes, diff.disturbance) == ((), 0)


MORE: dict[str, Callable[[Problem], Problem]] = {
    "venue": lambda told: replace(
        told, venues=(replace(told.venues[0], id="new", seats=100), *told.venues)
    ),
    "expert": lambda told: replace(
        told, experts=(*told.experts, Expert("E3", frozenset({"stars"}), district="S"))
    ),
    "kit": lambda told: replace(told, kits=(*told.kits, Kit("K2", "dome", district="N"))),
    "team": lambda told: replace(told, teams=(*told.teams, Team("T3", 9, district="S"))),
    "volunteer": lambda told: replace(told, volunteers=(*told.volunteers, _guide("Wei"))),
}


@pytest.mark.parametrize("kind", MORE)
def test_one_more_never_costs_more_once_proved(kind: str) -> None:
    is_roster = kind == "volunteer"
    problem = _roster() if is_roster else _tiny(1)
    result = plan(problem, limits=PROOF) if is_roster else _solved(1)
    richer = plan(MORE[kind](problem), limits=PROOF)
    assert (result.status, richer.status) == (Status.OPTIMAL, Status.OPTIMAL)
    assert richer.score.total <= result.score.total


def test_neither_order_nor_names_matter_once_proved() -> None:
    problem, result = _tiny(1), _solved(1)
    tables = [getattr(problem, field.name) for field in fields(problem)]
    rows = [one for table in tables if isinstance(table, tuple) for one in table]
    ids = {one.id for one in rows if hasattr(one, "id")}
    other = worlds.renamed(worlds.mixed(2, problem), ids)
    again = plan(other, limits=PROOF, seed=5)
    assert (result.status, again.status) == (Status.OPTIMAL, Status.OPTIMAL)
    assert result.score.total == again.score.total


@functools.cache
def _solved(seed: int) -> Result:
    """Its best plan, proved."""
    return plan(_tiny(seed), limits=PROOF)


def _without_volunteers(problem: Problem) -> Problem:
    """The first stage alone: rosters have their own tests of legality."""
    locks = tuple(replace(one, volunteers=None) for one in problem.locks)
    return replace(problem, volunteers=(), wishes=(), locks=locks)


def _tiny(seed: int) -> Problem:
    """Four activities of a small world, proved at once."""
    problem = small(random.Random(seed))
    return replace(problem, activities=problem.activities[:4], relations=())


def _guide(name: str) -> Volunteer:
    return Volunteer(name, skills=frozenset({"guide"}), contract=Contract(most_per_day=1))


def _roster() -> Problem:
    """Two days with two sessions each that cannot move; one guide is too few."""
    windows = [Window(day * DAY + 540, day * DAY + 600) for day in range(2)]
    return Problem(
        days=tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=day)) for day in range(2)),
        districts=(District("N"),),
        venues=(Venue("hall", "N", 100, rooms=2, open=tuple(windows)),),
        activities=tuple(
            Activity(f"A{n}", 60, windows=(windows[n % 2],), places=(Place("guide", 1),))
            for n in range(4)
        ),
        volunteers=(_guide("Lin"),),
    )

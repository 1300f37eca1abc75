from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import itertools
import random as dice
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from events.planner import compiled
from events.planner.answer import Assignment, Limits, Placement, Plan
from events.planner.check import check
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    District,
    Lock,
    Place,
    Problem,
    Travel,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from events.planner.score import score
from events.planner.staff import (
    anneal,
    book,
    dive,
    exchange,
    fill,
    kinds,
    limits,
    line,
    master,
    pattern,
    pricing,
    roster,
    runs,
    search,
    tables,
)
from events.planner.stop import Stop

MODULES = (
    compiled,
    line,
    kinds,
    tables,
    runs,
    pattern,
    limits,
    fill,
    pricing,
    exchange,
    anneal,
    master,
    dive,
    roster,
    search,
)
MONDAY = dt.date(2025, 9, 1)
ALWAYS = (Window(0, 10 * DAY),)


@pytest.fixture(scope="module", autouse=True)
def plain() -> Iterator[None]:
    """Volunteers are searched in plain Python: compiling takes longer than the tests."""
    with pytest.MonkeyPatch.context() as without:
        without.setenv("KEPU_WITHOUT_NUMBA", "1")
        for module in MODULES:
            importlib.reload(module)
        without.setattr(search, "MOVES", 2000)
        yield
    for module in MODULES:
        importlib.reload(module)


def _roster(chance: dice.Random, days: int, volunteers: int) -> Problem:
    """Two shifts a day, random contracts, needs and wishes."""
    minutes = {"early": 480, "late": 600}
    return Problem(
        days=tuple(Day(MONDAY + dt.timedelta(days=3 + day)) for day in range(days)),
        venues=(Venue("hall", "town", 0, rooms=2, open=ALWAYS),),
        districts=(District("town"),),
        activities=tuple(
            Activity(
                f"{day} {skill}",
                minutes[skill],
                places=(Place(skill, chance.randint(0, 2), chance.randint(5, 50), 3),),
            )
            for day in range(days)
            for skill in minutes
        ),
        volunteers=tuple(
            Volunteer(
                f"v{one}",
                skills=frozenset(minutes),
                days_off=frozenset({chance.randrange(days)}),
                contract=Contract(
                    least_minutes=chance.choice([None, 480, 960]),
                    most_minutes=chance.choice([None, 2100]),
                    most_per_day=1,
                    least_run=chance.randint(1, 2),
                    most_run=chance.choice([None, 3]),
                    least_run_off=chance.randint(1, 2),
                    most_weekends=chance.choice([None, 1, 0]),
                    most_by_skill=chance.choice([{}, {"late": 1}]),
                ),
            )
            for one in range(volunteers)
        ),
        wishes=tuple(
            Wish(
                f"v{chance.randrange(volunteers)}",
                f"{day} early",
                "early",
                chance.random() < 0.5,
                chance.randint(1, 4),
            )
            for day in range(0, days, 2)
        ),
        not_after=frozenset({("late", "early")}),
    )


def _placed(problem: Problem) -> tuple[Placement, ...]:
    return tuple(
        Placement(one.id, "hall", int(one.id.split()[0]) * DAY + 60) for one in problem.activities
    )


def _stop(work: int) -> Stop:
    return Stop(Limits(seconds=600, work=work))


def _deaf(_: tuple[Assignment, ...]) -> None:
    """Nobody listens."""


def _all_lines(question: book.Question, volunteer: int) -> list[tuple[int, ...]]:
    """Every legal line of a volunteer, by trying all."""
    here = question.book
    taken = np.zeros(here.most_by_skill.shape[1], dtype=np.int32)
    choices = [
        [-1]
        + [
            post
            for post in range(here.first[day], here.first[day + 1])
            if here.price[volunteer, post] < book.FORBIDDEN
        ]
        for day in range(len(here.weekend))
    ]
    return [
        posts
        for posts in itertools.product(*choices)
        if not line.excess(here, volunteer, np.array(posts, dtype=np.int32)[:, None], taken)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_cheapest_line_is_the_cheapest_of_all(seed: int) -> None:
    chance = dice.Random(seed)
    problem = _roster(chance, 6, 2)
    question = book.open_book(problem, _placed(problem))
    prices = np.array([float(chance.randint(-30, 30)) for _ in question.posts])
    lines = pricing.Pricing(question.book, 1)
    for volunteer in range(2):
        own = prices + question.book.price[volunteer]
        best = min(
            sum(own[[post for post in one if post >= 0]]) for one in _all_lines(question, volunteer)
        )
        (found,) = lines.cheapest([volunteer], -prices, {}, {}, tries=30)
        assert found.bound <= best <= found.price
        if not problem.volunteers[volunteer].contract.most_by_skill:
            assert found.price == best


@pytest.mark.parametrize("seed", range(4))
def test_a_roster_is_legal_and_its_bound_holds(seed: int) -> None:
    problem = _roster(dice.Random(seed), 5, 2)
    placements = _placed(problem)
    found, bound = search.assign(problem, placements, _stop(6), seed=1, on_better=_deaf)
    assert check(problem, Plan(placements, found)) == []
    question = book.open_book(problem, placements)
    best = min(
        book.cost(question, np.array(both, dtype=np.int32)[:, :, None])
        for both in itertools.product(*(_all_lines(question, one) for one in range(2)))
    )
    cost = score(problem, Plan(placements, found)).total
    assert cost == best
    assert bound is not None
    assert bound <= best


@pytest.mark.parametrize("seed", range(3))
def test_small_moves_know_what_they_did(seed: int) -> None:
    problem = _roster(dice.Random(seed), 14, 4)
    here = book.open_book(problem, _placed(problem)).book
    options = exchange.open_options(here)
    nothing = np.full((4, 14), -1, dtype=np.int32)
    sheet = exchange.open_sheet(here, options, nothing.copy())
    exchange.exchange(here, options, sheet, 600, 20.0, 5.0, np.random.default_rng(seed))
    again = exchange.open_sheet(here, options, sheet.lines.copy())
    assert (sheet.lines != nothing).any()
    for kept, counted in zip(sheet[:-1], again[:-1], strict=True):
        assert kept.tolist() == counted.tolist()
    taken = np.zeros(here.most_by_skill.shape[1], dtype=np.int32)
    assert sheet.broken.tolist() == [
        line.excess(here, one, days[:, None], taken) for one, days in enumerate(sheet.lines)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_small_moves_of_a_cold_search_lower_the_points(seed: int) -> None:
    problem = _roster(dice.Random(seed), 14, 4)
    question = book.open_book(problem, _placed(problem))
    options = exchange.open_options(question.book)
    sheet = exchange.open_sheet(question.book, options, book.empty_lines(question)[:, :, 0])
    points = [book.cost(question, sheet.lines[:, :, None]) + 9 * sheet.broken.sum()]
    for turn in range(5):
        chance = np.random.default_rng(turn)
        exchange.exchange(question.book, options, sheet, 60, 1e-9, 9.0, chance)
        points.append(book.cost(question, sheet.lines[:, :, None]) + 9 * sheet.broken.sum())
    assert points == sorted(points, reverse=True)
    assert points[-1] < points[0]


def test_the_same_seed_and_work_give_the_same_roster() -> None:
    problem = _roster(dice.Random(9), 7, 4)
    answers = [
        search.assign(problem, _placed(problem), _stop(3), seed=5, on_better=_deaf)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


def test_a_search_goes_on_from_the_roster_it_is_given() -> None:
    problem = _roster(dice.Random(3), 7, 4)
    placements = _placed(problem)
    first, _ = search.assign(problem, placements, _stop(4), seed=5, on_better=_deaf)
    again, _ = search.assign(problem, placements, _stop(1), seed=6, start=first, on_better=_deaf)
    costs = [score(problem, Plan(placements, one)).total for one in (again, first)]
    assert costs == sorted(costs)


def _festival(volunteers: int, **contract: Any) -> tuple[Problem, tuple[Placement, ...]]:
    """Each day two sessions at nine in towns an hour apart, one at 10:30 east, one at 12 west."""
    begins = (540, 540, 630, 720)
    venues = "EWEW"
    names = [f"{day}{at}" for day in range(2) for at in range(4)]
    problem = Problem(
        days=(Day(MONDAY), Day(MONDAY + dt.timedelta(days=1))),
        districts=(District("east"), District("west")),
        travel=Travel(((0, 60), (60, 0))),
        venues=(Venue("E", "east", 50, open=ALWAYS), Venue("W", "west", 50, open=ALWAYS)),
        activities=tuple(Activity(name, 60, places=(Place("guide", 2),)) for name in names),
        volunteers=tuple(
            Volunteer(f"v{one}", skills=frozenset({"guide"}), contract=Contract(**contract))
            for one in range(volunteers)
        ),
        wishes=(Wish("v0", "01", "guide"), Wish("v1", "01", "guide")),
    )
    return problem, tuple(
        Placement(name, venues[int(name[1])], int(name[0]) * DAY + begins[int(name[1])])
        for name in names
    )


def test_places_are_filled_with_ways_between_towns_and_wishes_granted() -> None:
    problem, placements = _festival(6)
    found, bound = search.assign(problem, placements, _stop(8), seed=1, on_better=_deaf)
    plan = Plan(placements, found)
    assert check(problem, plan) == []
    assert (score(problem, plan).total, bound) == (0, 0)


def test_contracts_hold_where_posts_are_filled_one_by_one() -> None:
    problem, placements = _festival(4, most_minutes=120, most_minutes_per_day=60, least_rest=600)
    found, _ = search.assign(problem, placements, _stop(8), seed=1, on_better=_deaf)
    assert check(problem, Plan(placements, found)) == []
    assert len(found) == 8


def test_who_finds_no_place_to_serve_as_long_as_they_must_leaves_the_rest_its_roster() -> None:
    for volunteers, owed in ((12, 0), (20, 4)):
        problem, placements = _festival(volunteers, most_per_day=1, least_minutes=60)
        found, _ = search.assign(problem, placements, _stop(8), seed=1, on_better=_deaf)
        broken = check(problem, Plan(placements, found))
        assert (len(found), len(broken)) == (16, owed)
        assert all(one.is_owed for one in broken)


def test_who_owes_minutes_in_the_roster_it_is_given_costs_nobody_a_place() -> None:
    problem, placements = _festival(20, most_per_day=1, least_minutes=60)
    first, _ = search.assign(problem, placements, _stop(4), seed=1, on_better=_deaf)
    given = first[:-1]
    again, _ = search.assign(problem, placements, _stop(2), seed=2, start=given, on_better=_deaf)
    assert len(again) == 16
    assert {one.volunteer for one in given} < {one.volunteer for one in again}


@pytest.mark.parametrize("most_per_day", [1, None])
def test_minutes_owed_count_before_wishes(most_per_day: int | None) -> None:
    """All would rather have the day off, one of them does not serve in the roster it is given."""
    problem, placements = _festival(8, most_per_day=most_per_day, least_minutes=120)
    day_off = tuple(
        Wish(f"v{n}", one, "guide", False, 90) for n in range(8) for one in ("02", "03")
    )
    unwilling = dataclasses.replace(problem, wishes=day_off)
    assert len(check(problem, Plan(placements))) == 8
    found, _ = search.assign(unwilling, placements, _stop(2), seed=1, on_better=_deaf)
    assert check(unwilling, Plan(placements, found)) == []
    again, _ = search.assign(
        unwilling, placements, _stop(2), seed=1, start=found[1:], on_better=_deaf
    )
    assert check(unwilling, Plan(placements, again)) == []


def test_a_line_that_stays_broken_loses_posts_and_the_others_keep_theirs() -> None:
    """Minutes are promised and days come in twos: at any time some line holds a single day."""
    problem = _roster(dice.Random(1), 10, 6)
    pairs = Contract(least_minutes=960, least_run=2, least_run_off=2)
    paired = tuple(dataclasses.replace(one, contract=pairs) for one in problem.volunteers)
    in_pairs = dataclasses.replace(problem, volunteers=paired)
    placements = _placed(in_pairs)
    found, _ = search.assign(in_pairs, placements, _stop(2), seed=1, on_better=_deaf)
    assert check(in_pairs, Plan(placements, found)) == []
    assert (len(found), sum(one.places[0].need for one in in_pairs.activities)) == (20, 21)


def test_locked_volunteers_stay() -> None:
    problem, placements = _festival(5)
    lock = Lock("00", volunteers=(("v0", "guide"), ("v1", "guide")))
    locked = dataclasses.replace(problem, locks=(lock,))
    found, _ = search.assign(locked, placements, _stop(8), seed=1, on_better=_deaf)
    assert check(locked, Plan(placements, found)) == []
    assert {one.volunteer for one in found if one.activity == "00"} == {"v0", "v1"}


def test_what_a_start_can_no_longer_hold_is_dropped() -> None:
    problem, placements = _festival(5)
    start = (
        Assignment("v0", "00", "guide"),
        Assignment("v0", "01", "guide"),
        Assignment("v9", "01", "guide"),
        Assignment("v1", "gone", "guide"),
    )
    found, _ = search.assign(problem, placements, _stop(1), seed=1, start=start, on_better=_deaf)
    assert check(problem, Plan(placements, found)) == []


def test_nobody_and_nothing_to_fill_is_an_answer() -> None:
    problem, placements = _festival(0)
    nobody = dataclasses.replace(problem, wishes=())
    assert search.assign(nobody, placements, _stop(1), seed=1, on_better=_deaf) == ((), None)
    assert search.assign(_festival(3)[0], (), _stop(1), seed=1, on_better=_deaf) == ((), None)

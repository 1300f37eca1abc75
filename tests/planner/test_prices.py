"""What the second stage asks of the first before it begins: never more than a roster must pay."""

from __future__ import annotations

import datetime as dt

import pytest

from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner import candidates
from events.planner.answer import Limits, Plan, Status
from events.planner.instance import HALF_DAY, Instance
from events.planner.prices import floors, forgone, together
from events.planner.problem import (
    DAY,
    Activity,
    Day,
    District,
    Place,
    Problem,
    Term,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from events.planner.score import score
from events.planner.solve import plan

DATES = tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=d)) for d in range(2))


def floors_of(problem: Problem) -> dict[int, dict[tuple[int, int], int]]:
    return floors(Instance(problem, candidates.find(problem)))


def test_days_on_which_wishers_and_the_skilled_are_away_have_floors() -> None:
    """The wish is missed on Saturday, two of two guides are on Sunday, and neither is a host."""
    problem = Problem(
        days=DATES,
        activities=(Activity("A", 60, places=(Place("guide", 2, 20), Place("host", 1, 7))),),
        venues=(Venue("hall", "", 50, open=(Window(0, 2 * DAY),)),),
        volunteers=(
            Volunteer("P", skills=frozenset({"guide"}), days_off=frozenset({0})),
            Volunteer("Q", skills=frozenset({"guide"}), windows=(Window(DAY + 540, DAY + 900),)),
        ),
        wishes=(Wish("P", "A", "guide", points=3), Wish("Q", "A", "guide", wanted=False)),
    )
    saturday = 3 + 2 * 20 + 7
    assert floors_of(problem) == {0: {(0, 0): saturday, (0, 1): saturday, (0, 2): 7, (0, 3): 7}}


def test_who_leaves_an_activity_out_grants_no_wish_for_it_and_fills_no_place() -> None:
    problem = Problem(
        days=DATES,
        activities=(Activity("A", 60, places=(Place("guide", 1, 20),)), Activity("B", 60)),
        venues=(),
        volunteers=(Volunteer("P", skills=frozenset({"guide"})),),
        wishes=(Wish("P", "A", "guide", points=3),),
    )
    instance = Instance(problem, candidates.find(problem))
    plain = instance.drop
    left_out = score(problem, Plan())
    lost = left_out.by_term[Term.WISHES] + left_out.by_term[Term.PLACES]
    assert forgone(instance) == (plain[0] + lost, plain[1])


@pytest.mark.parametrize(
    ("rooms", "points", "status"),
    [(2, 11 * 20, Status.OPTIMAL), (1, 11 * 20 + 200 + 20, Status.GOOD)],
)
def test_a_roster_is_a_proof_unless_something_else_could_lie_there(
    rooms: int, points: int, status: Status
) -> None:
    """Nobody can guide the tour, which comes first; in one room the talk would be the better."""
    problem = Problem(
        days=DATES,
        activities=(
            Activity("tour", 60, places=(Place("guide", 11),)),
            Activity("talk", 60, places=(Place("host", 1),)),
        ),
        districts=(District("N"),),
        venues=(Venue("hall", "N", 50, rooms=rooms, open=(Window(540, 600),)),),
        volunteers=(Volunteer("P", skills=frozenset({"host"})),),
    )
    found = plan(problem, limits=Limits(seconds=300, work=2))
    assert (found.score.total, found.status) == (points, status)


def test_a_planted_plan_that_misses_no_wish_and_no_place_pays_none() -> None:
    problem, legal = planted(Size(24, 4, 12, 3, 6, 4, 4, 48, side_km=90), 1)
    instance = Instance(problem, candidates.find(problem))
    least = floors(instance)
    assert least
    assert not any(
        least.get(n, {}).get((instance.district[instance.venue_place[x.venue]], half), 0)
        for x in legal.placements
        for n, half in [(instance.place[x.activity], x.start // HALF_DAY)]
    )


def test_prices_of_one_place_add_up() -> None:
    one, other = {0: {(0, 0): 2}, 1: {(0, 1): 1}}, {0: {(0, 0): 3, (1, 0): 4}}
    assert together(one, other) == {0: {(0, 0): 5, (1, 0): 4}, 1: {(0, 1): 1}}

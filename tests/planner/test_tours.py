"""What a model of everything knows of a kit's way through a campaign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.planner import candidates
from events.planner.answer import Limits, Placement
from events.planner.board import Board
from events.planner.engine import Engine
from events.planner.instance import Instance
from events.planner.offers import Breadth, offer
from events.planner.problem import Activity, District, Kit, Problem, Travel, Venue
from events.planner.tally import Tally
from events.planner.windows import Window as Model
from tests.planner.worlds import DAYS, at, hours

WORK = Limits(seconds=300, work=1000)
ONLY = Breadth(choices=1, people=1, teams=1, asked=1)
KM = ((5, 30, 40), (30, 5, 20), (40, 20, 5))
HOUSES = (
    Venue("h", "home", 50, open=hours()),
    Venue("w", "west", 50, open=hours()),
    Venue("w2", "west", 50, open=hours()),
    Venue("e", "east", 50, open=hours()),
)
WORLD = Problem(
    days=DAYS,
    activities=(),
    venues=HOUSES,
    districts=tuple(District(name) for name in ("home", "west", "east")),
    kits=(Kit("dome", "dome", district="home", most_per_day=2),),
    travel=Travel(km=KM),
)


def shows(*houses: tuple[int, str]) -> tuple[Problem, list[Placement]]:
    """Sessions with the kit on these days, in this order, at these houses."""
    asked = tuple(Activity(f"a{n}", 60, 30, kits=("dome",)) for n in range(len(houses)))
    placed = [
        Placement(f"a{n}", house, at(day, 9 + 3 * (n % 2)), kits=("dome",))
        for n, (day, house) in enumerate(houses)
    ]
    return replace(WORLD, activities=asked), placed


@pytest.mark.parametrize(
    ("houses", "km"),
    [
        (((0, "w"), (1, "e"), (2, "w")), 30 + 20 + 20 + 30),
        (((0, "e"), (1, "w")), 40 + 20 + 30),
        (((0, "w"), (1, "h"), (2, "e")), 30 + 30 + 40 + 40),
        (((0, "w"), (0, "w2"), (1, "w"), (1, "w2")), 30 + 5 + 5 + 5 + 30),
        (((0, "w"), (0, "w"), (1, "e"), (1, "e")), 30 + 20 + 40),
        ((), 0),
    ],
)
def test_a_way_is_charged_as_it_is_driven(houses: tuple[tuple[int, str], ...], km: int) -> None:
    problem, placed = shows(*houses)
    board = Board(Instance(problem, candidates.find(problem)))
    assert all(board.try_to_place(one) for one in placed)
    cost = Tally(board).cost()
    old = {n: board.take(n) for n in range(len(placed))}
    offers = [
        offer(board, n, spot, [(spot.venue, spot.start, 0)], ONLY)
        for n, spot in old.items()
        if spot
    ]
    solution = Model(board, offers, old, most_pairs=None).solve(Engine(WORK, 1), 60)
    assert solution.bound == cost == km // 50
    assert solution.spots == old

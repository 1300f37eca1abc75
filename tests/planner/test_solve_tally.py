"""What the general search counts for itself equals what the one score counts."""

from __future__ import annotations

import random

import pytest

from events.planner import candidates, check, score
from events.planner.answer import Limits, Plan
from events.planner.board import Board, Spot
from events.planner.dice import Dice
from events.planner.engine import Engine, Outcome
from events.planner.greedy import construct, push_in, reserve
from events.planner.instance import Instance
from events.planner.offers import Breadth, offer
from events.planner.stop import Stop
from events.planner.tally import Tally, laid_cost
from events.planner.windows import Window
from tests.planner.test_solve import small

EVERYTHING = Breadth(choices=1000, people=100, teams=100, asked=100, dry=100)
WORK = Limits(seconds=300, work=1000)


def first_plan(seed: int) -> tuple[Board, Tally]:
    problem = small(random.Random(seed), activities=12)
    board = Board(Instance(problem, candidates.find(problem)))
    tally = Tally(board)
    construct(board, Dice(seed), Stop(WORK))
    push_in(board, Dice(seed), Stop(WORK))
    reserve(board)
    return board, tally


@pytest.mark.parametrize("seed", range(8))
def test_the_running_tally_equals_the_score_while_things_move(seed: int) -> None:
    board, tally = first_plan(seed)
    problem, dice = board.instance.problem, random.Random(seed)
    for _ in range(12):
        moved = dice.randrange(len(board.spots))
        board.take(moved)
        for venue, start, _ in board.instance.pool(moved, Dice(seed))[dice.randrange(9) :]:
            crew = board.crew(moved, venue, start) if board.fits(moved, venue, start) else None
            if crew is not None:
                board.put(moved, Spot(venue, start, crew))
                break
        plan = Plan(board.placements())
        assert check(problem, plan) == []
        assert tally.cost() == laid_cost(score(problem, plan))


def test_a_plan_laid_down_again_is_the_same() -> None:
    board, tally = first_plan(1)
    again = Board(board.instance)
    assert all(again.try_to_place(placement) for placement in board.placements())
    assert again.placements() == board.placements()
    assert Tally(again).cost() == tally.cost()


def test_the_model_of_a_window_charges_no_more_than_the_score() -> None:
    """Its bound is a bound: of its own best solution, and of the plan that was there."""
    board, tally = first_plan(1)
    before = tally.cost()
    old = {activity: board.take(activity) for activity in range(len(board.spots))}
    offers = [
        offer(board, n, spot, board.instance.all_choices(n), EVERYTHING) for n, spot in old.items()
    ]
    solution = Window(board, offers, old, most_pairs=None).solve(Engine(WORK, 1), 1.0)
    assert solution.outcome in (Outcome.OPTIMAL, Outcome.FEASIBLE)
    for activity, spot in solution.spots.items():
        if spot is not None:
            board.put(activity, spot)
    plan = Plan(board.placements())
    assert check(board.instance.problem, plan) == []
    assert solution.bound is not None
    assert solution.bound <= min(before, tally.cost())

"""Campaigns annealed whole: legal at every moment, counted right, never worse, the same again."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from events.planner import candidates, check, score
from events.planner.answer import Limits, Placement, Plan
from events.planner.board import Board
from events.planner.dice import Dice
from events.planner.greedy import construct, reserve
from events.planner.instance import Instance
from events.planner.moves import build, improve, search, tables
from events.planner.people import Kind
from events.planner.problem import (
    DAY,
    Activity,
    Day,
    District,
    Problem,
    Relation,
    Term,
    Tie,
    Venue,
    Window,
)
from events.planner.roadbook import Roadbook
from events.planner.stop import Stop
from events.planner.tally import Tally, laid_cost
from events.planner.terms import PER_HOUR_OF_TRAVEL, UNIT_KM, level
from tests.planner.test_solve import small

WORK = Limits(seconds=300, work=12)


def campaign(seed: int) -> Board:
    problem = small(random.Random(seed), activities=30)
    return Board(Instance(problem, candidates.find(problem)))


def unrounded(board: Board, soft: int) -> int:
    """What annealing counts on top of the tally: of ways, so many parts are not rounded down."""
    road, problem = Roadbook(board), board.instance.problem
    parts = 0
    for who, one in enumerate(board.instance.resources):
        if one.kind is Kind.EXPERT:
            ways = PER_HOUR_OF_TRAVEL * sum(road.day_minutes(who).values())
            parts += level(problem, Term.EXPERTS) * (soft * ways // 60 - soft * (ways // 60))
        if one.kind is Kind.KIT and board.duties[who]:
            km = road.kilometres(who)
            parts += level(problem, Term.KIT_TRAVEL) * (
                soft * km // UNIT_KM - soft * (km // UNIT_KM)
            )
    return parts


@pytest.mark.parametrize("seed", range(6))
def test_while_everything_moves_no_rule_is_broken_and_points_are_those_of_the_tally(
    seed: int,
) -> None:
    board = campaign(seed)
    construct(board, Dice(seed), Stop(WORK))
    reserve(board)
    instance = board.instance
    made = build.build(instance, board.spots, np.random.default_rng(seed))
    walker = search.Walker(made, board.spots, seed)
    for heat, soft in ((30.0, 8), (3.0, 4), (0.3, 0)):
        walker.turn(heat * tables.SCALE, soft)
        board.lay(dict(enumerate(walker.spots())))
        assert check(instance.problem, Plan(board.placements())) == []
        assert walker.points == tables.SCALE * Tally(board).cost() + unrounded(board, soft)


@pytest.mark.parametrize("seed", range(4))
def test_the_board_ends_legal_and_no_worse_and_from_nothing_as_well(seed: int) -> None:
    board = campaign(seed)
    tally = Tally(board)
    told = [tally.cost()]
    improve(board, tally, Stop(WORK), dice=Dice(1), on_better=lambda: told.append(tally.cost()))
    plan = Plan(board.placements())
    assert check(board.instance.problem, plan) == []
    assert tally.cost() == laid_cost(score(board.instance.problem, plan)) == told[-1]
    assert told == sorted(set(told), reverse=True)
    assert len(told) > 1


def test_the_same_dice_and_work_give_the_same_board() -> None:
    found = []
    for _ in range(2):
        board = campaign(3)
        improve(board, Tally(board), Stop(WORK), dice=Dice(7), on_better=lambda: None)
        found.append(board.placements())
    assert found[0] == found[1]


def test_a_campaign_of_nothing_stays_so() -> None:
    nothing = Problem(days=(Day(dt.date(2025, 9, 20)),), activities=(), venues=())
    board = Board(Instance(nothing, candidates.find(nothing)))
    improve(board, Tally(board), Stop(WORK), dice=Dice(1), on_better=lambda: None)
    assert board.placements() == ()


def test_what_is_set_up_before_the_first_day_or_ends_after_the_last_stays_legal() -> None:
    days = tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=day)) for day in range(2))
    venues = tuple(
        Venue(name, "N", 9, outdoor=name == "park", open=(Window(-DAY, 3 * DAY),))
        for name in ("hall", "park")
    )
    nights = tuple(Activity(f"A{n}", 360, setup=120, strike=60, outdoor=True) for n in range(9))
    problem = Problem(days, nights, venues, 60, (District("N"),))
    board = Board(Instance(problem, candidates.find(problem)))
    improve(board, Tally(board), Stop(WORK), dice=Dice(1), on_better=lambda: None)
    assert check(problem, Plan(board.placements())) == []
    assert any(spot and spot.start < 120 for spot in board.spots)


def test_those_that_must_be_on_one_day_move_to_another_one_together() -> None:
    """Three talks, each wished on the first day and tied to the next one, begin on the second."""
    days = tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=day)) for day in range(2))
    open_hours = tuple(Window(day * DAY + 540, day * DAY + 1080) for day in range(2))
    talks = tuple(Activity(f"A{n}", 60, wish_day=0) for n in range(3))
    ties = tuple(Relation(Tie.SAME_DAY, f"A{n}", f"A{n + 1}") for n in range(2))
    problem = Problem(days, talks, (Venue("hall", "N", 9, open=open_hours),), relations=ties)
    board = Board(Instance(problem, candidates.find(problem)))
    for n, talk in enumerate(talks):
        assert board.try_to_place(Placement(talk.id, "hall", DAY + 600 + 60 * n))
    tally = Tally(board)
    assert tally.cost() == 12
    improve(board, tally, Stop(WORK), dice=Dice(1), on_better=lambda: None)
    assert tally.cost() == 0
    assert {one.start // DAY for one in board.placements()} == {0}

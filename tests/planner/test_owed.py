"""What is promised and not given (H7, least minutes) ranks before points, wherever plans meet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from events.planner import check, score
from events.planner.answer import Assignment, Limits, Placement, Plan, Progress, Status
from events.planner.assembly import Assembly
from events.planner.changes import VenueDeclines
from events.planner.check import owed
from events.planner.problem import (
    Activity,
    Contract,
    Day,
    District,
    Place,
    Problem,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from events.planner.repair import replan
from events.planner.solve import plan
from events.planner.stop import Stop

LIMITS = Limits(seconds=600, work=3)
TALK, LECTURE = Placement("talk", "room", 540), Placement("lecture", "hall", 540)
IDLE, AT_TALK = Plan((TALK, LECTURE)), Plan((TALK, LECTURE), (Assignment("lin", "talk", "guide"),))
AT_LECTURE = Plan((LECTURE,), (Assignment("lin", "lecture", "guide"),))


def town(most_per_day: int = 1) -> Problem:
    """A talk and a lecture at once; Lin has promised an hour, and would rather not lecture."""
    morning = (Window(540, 600),)
    guides = (Place("guide", 1),)
    hour = Contract(least_minutes=60, most_per_day=most_per_day)
    return Problem(
        days=(Day(dt.date(2025, 9, 20)),),
        districts=(District("N"),),
        activities=(
            Activity("talk", 60, places=guides, venues=frozenset({"room"})),
            Activity("lecture", 60, places=guides, venues=frozenset({"hall"})),
        ),
        venues=(Venue("room", "N", 80, open=morning), Venue("hall", "N", 80, open=morning)),
        volunteers=(Volunteer("lin", "Lin", frozenset({"guide"}), contract=hour),),
        wishes=(Wish("lin", "lecture", "guide", wanted=False, points=50),),
    )


def test_what_is_owed_is_what_the_checker_says() -> None:
    assert (owed(town(), AT_TALK), owed(town(), IDLE)) == (0, 60)
    assert sum(one.amount for one in check(town(), IDLE)) == 60


def test_of_a_block_s_plans_the_one_that_owes_less_is_kept_and_none_is_told_that_owes() -> None:
    told: list[Progress] = []
    parts = Assembly([town()], Stop(LIMITS), told.append)
    parts.begin([0], until=100)
    for found, phase in ((IDLE, "done"), (AT_LECTURE, "solution"), (IDLE, "done")):
        points = score(town(), found).total
        event = Progress(0, 0.0, "improve", 50, cost=points, plan=found, owed=owed(town(), found))
        parts.hear(0, replace(event, phase=phase))  # type: ignore[arg-type]
    assert parts.plans == [AT_LECTURE]
    assert [(one.phase, one.cost, one.owed, one.plan) for one in told] == [
        ("improve", 40, 60, None),
        ("solution", 270, 0, AT_LECTURE),
        ("improve", 270, 0, None),
    ]


def test_two_blocks_are_no_solution_while_one_of_them_owes() -> None:
    told: list[Progress] = []
    parts = Assembly([town(), town()], Stop(LIMITS), told.append)
    parts.begin([0, 1], until=100)
    parts.hear(0, Progress(0, 0.0, "solution", 50, cost=20, plan=AT_TALK))
    assert [(one.phase, one.owed, one.plan) for one in told] == [("improve", 60, None)]


@pytest.mark.parametrize("most_per_day", [1, 2])
def test_the_best_repair_is_the_one_that_owes_least_whatever_it_costs(most_per_day: int) -> None:
    """The talk falls with its room; nobody but Lin is left to lecture, who would rather not."""
    problem, change = town(most_per_day), VenueDeclines("room")
    least, _ = replan(problem, AT_TALK, [change], limits=LIMITS)
    assert least.plan == Plan((LECTURE,))
    told: list[Progress] = []
    best, _ = replan(problem, AT_TALK, [change], limits=LIMITS, mode="best", on_event=told.append)
    assert best.plan == AT_LECTURE
    assert [one.plan for one in told if one.phase == "solution"] == [AT_LECTURE]


def test_nobody_says_optimal_where_somebody_owes() -> None:
    """Nothing costs less than nothing; that Lin finds no place to serve is not proved by it."""
    idle = replace(town(), activities=(Activity("talk", 60),), wishes=())
    found = plan(idle, limits=LIMITS)
    assert (found.score.total, found.bound, found.status) == (0, 0, Status.GOOD)
    free = replace(idle, volunteers=())
    assert plan(free, limits=LIMITS).status is Status.OPTIMAL

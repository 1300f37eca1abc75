"""Events while nothing happens, searches that will not stop, and prices of empty places."""

from __future__ import annotations

import datetime as dt
import random
import time
from concurrent.futures import Future
from dataclasses import replace

import pytest

from events.planner import candidates, check, progress
from events.planner.answer import Assignment, Limits, Placement, Plan, Progress
from events.planner.best import Best
from events.planner.instance import Instance
from events.planner.prices import prices
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    District,
    Place,
    Problem,
    Venue,
    Volunteer,
    Window,
)
from events.planner.progress import Herald
from events.planner.solve import plan
from events.planner.stop import Stop
from tests.planner.test_solve import small

LONG = Limits(seconds=300)


def test_something_is_said_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "BEAT", 0)
    job: Future[None] = Future()
    heard: list[Progress] = []

    def hear(event: Progress) -> None:
        heard.append(event)
        if len(heard) == 3:
            job.set_result(None)

    Herald(Stop(LONG), LONG, hear).tell(job, lambda: None, lambda: False)
    assert [(event.seq, event.phase) for event in heard] == [
        (1, "filter"),
        (2, "filter"),
        (3, "filter"),
    ]


def test_a_search_that_will_not_stop_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PROMPT", 0)
    told: list[bool] = []
    never: Future[None] = Future()
    herald = Herald(Stop(LONG), LONG, lambda _: None)
    herald.tell(never, lambda: told.append(True), lambda: True)
    assert told == [True]
    assert not never.done()


def test_empty_places_make_their_district_and_half_day_dearer() -> None:
    problem = small(random.Random(1))
    guided = tuple(
        replace(one, places=(Place("guide", 2),)) if one.id in {"A0", "A1", "A2"} else one
        for one in problem.activities
    )
    instance = Instance(replace(problem, activities=guided), candidates.find(problem))
    staffed = Plan(
        (
            Placement("A0", "hall", 600),
            Placement("A1", "hall", 600),
            Placement("A2", "school", DAY + 600),
        ),
        (Assignment("P0", "A0", "guide"), *(Assignment(p, "A2", "guide") for p in ("P1", "P2"))),
    )
    price = {(0, 0): 30}
    """Three of four places in the north are empty: 2 places x 20 points x 3/4."""
    assert prices(instance, staffed) == {0: price, 1: price, 2: price}


def test_a_plan_heard_too_soon_is_judged_once_it_is_asked_for() -> None:
    problem = small(random.Random(1))
    whole = plan(problem, limits=Limits(seconds=60, work=1)).plan
    best = Best(problem, lambda _: None)
    best.hear(Plan(whole.placements[:1]))
    best.hear(Plan(whole.placements[:2]))
    for _ in range(5_000):
        best.catch_up()
        if best.found.plan.placements == whole.placements[:2]:
            break
        time.sleep(0.001)
    assert best.found.plan.placements == whole.placements[:2]


def test_a_plan_that_owes_less_is_better_and_only_one_that_owes_nothing_is_told() -> None:
    problem = small(random.Random(1))
    whole = plan(problem, limits=Limits(seconds=60, work=1)).plan
    first = whole.placements[0]
    guided = tuple(
        replace(one, places=(Place("guide", 1),)) if one.id == first.activity else one
        for one in problem.activities
    )
    lin = Volunteer("lin", skills=frozenset({"guide"}), contract=Contract(least_minutes=60))
    told: list[object] = []
    best = Best(replace(problem, activities=guided, volunteers=(lin,)), told.append, hears_all=True)
    assert best.found.owed == 60
    best.hear(whole)
    assert (best.found.plan, best.found.owed, told) == (whole, 60, [])
    served = Plan(whole.placements[:1], (Assignment("lin", first.activity, "guide"),))
    best.hear(served)
    best.hear(whole)
    assert (best.found.plan, best.found.owed, told) == (served, 0, [best.found])


def test_minutes_that_nobody_can_give_are_owed_by_the_best_plan() -> None:
    """Two have promised an hour, and there is one place."""
    hour = Contract(least_minutes=60)
    two = [Volunteer(name, name, frozenset({"guide"}), contract=hour) for name in ("Bo", "Lin")]
    problem = Problem(
        days=(Day(dt.date(2025, 9, 20)),),
        districts=(District("N"),),
        activities=(Activity("talk", 60, places=(Place("guide", 1),)),),
        venues=(Venue("hall", "N", 80, open=(Window(540, 600),)),),
        volunteers=tuple(two),
    )
    found = plan(problem, limits=Limits(seconds=300, work=1)).plan
    assert found.placements == (Placement("talk", "hall", 540),)
    one = found.assignments[0].volunteer
    assert found.assignments == (Assignment(one, "talk", "guide"),)
    other = {"Bo": "Lin", "Lin": "Bo"}[one]
    assert [broken.sentence.en for broken in check(problem, found)] == [
        f"{other} serves 0 min in all; 1 h at least"
    ]

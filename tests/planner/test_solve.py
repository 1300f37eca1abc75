"""`plan`: legal whatever ends it, the best partial plan, progress as promised, the same again."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from events.planner import check, plan, score
from events.planner.answer import Limits, Plan, Progress, Status
from events.planner.problem import (
    DAY,
    Activity,
    Audience,
    Day,
    District,
    Expert,
    Kit,
    Lock,
    Priority,
    Problem,
    Quota,
    Relation,
    Series,
    Site,
    Team,
    Tie,
    Track,
    Travel,
    Venue,
    Window,
)

PROOF = Limits(seconds=300, work=12)
"""Enough rounds for a small problem to be proved, on any machine."""
SHORT = Limits(seconds=300, work=2)


def small(rng: random.Random, *, activities: int = 6) -> Problem:
    """Two days, two districts, three venues, experts, a kit and teams; not all need fit."""
    days = tuple(Day(dt.date(2025, 9, 20) + dt.timedelta(days=d)) for d in range(2))

    def window(first: int, last: int) -> tuple[Window, ...]:
        return tuple(Window(d * DAY + first * 60, d * DAY + last * 60) for d in range(2))

    def activity(n: int) -> Activity:
        return Activity(
            id=f"A{n}",
            minutes=rng.choice((60, 90, 120)),
            visitors=rng.choice((20, 60)),
            audience=rng.choice(("youth", "elderly")),
            district=rng.choice(("N", "S", None)),
            outdoor=rng.random() < 0.2,
            wish_day=rng.choice((0, 1, None)),
            priority=rng.choice((Priority.NORMAL, Priority.HIGH)),
            fields=rng.choice(((), ("stars",), ("health",))),
            kits=("dome",) if rng.random() < 0.2 else (),
            team_size=rng.choice((0, 0, 5)),
        )

    return Problem(
        days=days,
        grid=60,
        districts=(District("N"), District("S")),
        audiences=(Audience("youth"), Audience("elderly")),
        quotas=(Quota("youth", "N", 1), Quota("elderly", None, 2)),
        activities=tuple(activity(n) for n in range(activities)),
        venues=(
            Venue("hall", "N", seats=80, site="house", open=window(9, 12)),
            Venue("school", "S", seats=40, open=window(9, 12)),
            Venue("square", "S", seats=200, outdoor=True, open=window(9, 11)),
        ),
        experts=(
            Expert("E1", frozenset({"stars"}), district="N", most_per_day=2, buffer=15),
            Expert("E2", frozenset({"stars", "health"}), district="S", most=2),
        ),
        kits=(Kit("K1", "dome", district="S", loading=30),),
        teams=(Team("T1", 6, district="N"), Team("T2", 5, area=frozenset({"S"}))),
        series=(Series("S1", ("A0", "A1"), least_days=2),),
        tracks=(Track("H1", ("A2", "A3")),),
        relations=(Relation(Tie.BEFORE, "A4", "A5", amount=30),),
        travel=Travel(((15, 45), (45, 15)), ((4, 30), (30, 4))),
        storms=frozenset({(1, "S")}),
        sites=(Site("house", (1, 2)),),
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_plan_passes_the_checker_and_says_what_it_leaves_out(seed: int) -> None:
    problem = small(random.Random(seed), activities=8)
    result = plan(problem, limits=SHORT, seed=seed)
    assert check(problem, result.plan) == []
    assert result.score == score(problem, result.plan)
    placed = {placement.activity for placement in result.plan.placements}
    assert set(result.unplaced) == {one.id for one in problem.activities} - placed


def test_more_than_fits_gives_the_most_important() -> None:
    """One room, two hours, three talks of an hour: the least important one stays out."""
    day = (Window(540, 660),)
    talks = [Activity(f"A{n}", 60, priority=Priority.HIGH) for n in range(2)]
    problem = Problem(
        days=(Day(dt.date(2025, 9, 20)),),
        grid=60,
        districts=(District("N"),),
        activities=(Activity("least", 60), *talks),
        venues=(Venue("room", "N", seats=10, open=day),),
    )
    result = plan(problem, limits=PROOF)
    assert result.unplaced == ("least",)
    assert (result.status, result.bound, result.score.total) == (Status.OPTIMAL, 200, 200)


def test_a_problem_without_activities_has_the_empty_plan() -> None:
    empty = Problem(days=(Day(dt.date(2025, 9, 20)),), activities=(), venues=())
    result = plan(empty, limits=PROOF)
    assert (result.status, result.plan, result.score.total) == (Status.OPTIMAL, Plan(), 0)


def test_a_problem_with_faults_is_unusable() -> None:
    problem = small(random.Random(1))
    wrong = replace(problem, activities=(replace(problem.activities[0], minutes=-5),))
    result = plan(wrong, limits=SHORT)
    assert result.status is Status.UNUSABLE
    assert result.plan == Plan()
    assert "activity_problems" in {fault.kind for fault in result.faults}


@pytest.mark.parametrize("looks", [0, 2, 9])
def test_a_cancelled_search_gives_a_checked_plan(looks: int) -> None:
    problem = small(random.Random(2), activities=20)
    left = iter(range(looks))
    result = plan(problem, limits=Limits(seconds=300), should_stop=lambda: next(left, None) is None)
    assert check(problem, result.plan) == []
    assert result.score == score(problem, result.plan)


def test_events_rise_and_end_with_the_plan() -> None:
    heard: list[Progress] = []
    problem = small(random.Random(3))
    result = plan(problem, limits=PROOF, on_event=heard.append)
    assert [event.seq for event in heard] == list(range(1, len(heard) + 1))
    assert [event.pct for event in heard] == sorted(event.pct for event in heard)
    costs = [event.cost or 0 for event in heard if event.phase == "solution"]
    assert costs == sorted(costs, reverse=True)
    assert all(check(problem, event.plan) == [] for event in heard if event.plan is not None)
    assert all((event.plan is not None) == (event.phase in {"solution", "done"}) for event in heard)
    last = heard[-1]
    assert (last.phase, last.pct, last.plan, last.cost) == (
        "done",
        100,
        result.plan,
        result.score.total,
    )
    assert result.trace == tuple(replace(event, plan=None) for event in heard)


def test_the_same_seed_and_work_give_the_same_plan() -> None:
    problem = small(random.Random(4), activities=8)
    first, again = (plan(problem, limits=SHORT, seed=7).plan for _ in range(2))
    assert first == again


def test_locks_are_kept() -> None:
    problem = small(random.Random(5))
    locked = replace(problem, locks=(Lock("A0", venue="hall", start=DAY + 600),))
    result = plan(locked, limits=PROOF)
    found = {placement.activity: placement for placement in result.plan.placements}
    assert (found["A0"].venue, found["A0"].start) == ("hall", DAY + 600)


def test_an_old_plan_is_where_a_search_begins() -> None:
    problem = small(random.Random(6))
    best = plan(problem, limits=PROOF)
    again = plan(problem, limits=Limits(seconds=300, work=1), start=best.plan)
    assert again.score.total <= best.score.total

"""A campaign planned block by block: nothing is lost, and what is shared is never torn apart."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from multiprocessing import Pipe, active_children
from threading import Semaphore, Thread

import pytest

from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner import check, score
from events.planner.allot import allot
from events.planner.answer import Limits, Plan, Progress
from events.planner.blocks import join, split
from events.planner.blockwise import plan_blocks
from events.planner.jobs import Each, Job, in_turn, patiently
from events.planner.problem import DAY, Activity, Priority, Problem, Quota, Relation, Tie
from events.planner.processes import ALONE, LOADED, Processes, answer

PROVINCES = Size(
    *(24, 5, 12, 6, 9, 6, 6, 48),
    side_km=60,
    provinces=2,
    shared_experts=6,
    shared_kits=6,
)


def part(plan: Plan, block: Problem) -> Plan:
    ids = {one.id for one in block.activities}
    return Plan(
        tuple(one for one in plan.placements if one.activity in ids),
        tuple(one for one in plan.assignments if one.activity in ids),
    )


def without_volunteers(seed: int) -> Problem:
    return replace(planted(PROVINCES, seed)[0], volunteers=(), wishes=())


def test_every_province_is_a_block_with_all_that_is_its_own() -> None:
    problem, _ = planted(PROVINCES, 1)
    blocks = split(problem)
    assert [{venue.district for venue in block.venues} for block in blocks] == [
        {"D000", "D001", "D002"},
        {"D003", "D004", "D005"},
    ]
    for table in ("activities", "venues", "teams", "volunteers", "quotas", "series", "relations"):
        rows = [row for block in blocks for row in getattr(block, table)]
        assert sorted(rows, key=repr) == sorted(getattr(problem, table), key=repr)


def test_a_legal_plan_is_legal_in_every_block() -> None:
    problem, plan = planted(PROVINCES, 2)
    blocks = split(problem)
    assert [check(block, part(plan, block)) for block in blocks] == [[], []]
    assert check(problem, join(part(plan, block) for block in blocks)) == []


def test_whatever_ties_two_provinces_makes_them_one_block() -> None:
    problem, _ = planted(PROVINCES, 2)
    first, last = problem.activities[0], problem.activities[-1]
    assert {first.audience} < {one.audience for one in split(problem)[1].activities}
    tied = [
        replace(problem, relations=(Relation(Tie.OTHER_DAY, first.id, last.id),)),
        replace(problem, activities=(replace(first, venues=None), *problem.activities[1:])),
        replace(problem, quotas=(Quota(str(first.audience), None, 1),)),
        replace(
            problem,
            teams=(replace(problem.teams[0], area=frozenset({"D000", "D005"})), *problem.teams[1:]),
        ),
    ]
    assert [len(split(one)) for one in (problem, *tied)] == [2, 1, 1, 1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_allotted_to_two_blocks_on_one_day(seed: int) -> None:
    problem, _ = planted(PROVINCES, seed)
    blocks = allot(split(problem))
    for one, other in combinations(blocks, 2):
        for mine, its in ((one.experts, other.experts), (one.kits, other.kits)):
            days = {
                x.id: {window.start // DAY for window in x.windows} for x in its if x.most_per_day
            }
            for x in mine:
                if x.most_per_day and x.id in days:
                    assert days[x.id].isdisjoint(window.start // DAY for window in x.windows)


def test_what_can_be_held_nowhere_takes_nobody_s_day() -> None:
    problem = without_volunteers(1)
    shared = {field for one in problem.experts for field in one.fields}
    assert shared
    nowhere = Activity(
        "nowhere",
        60,
        venues=frozenset(),
        priority=Priority.HIGHEST,
        fields=tuple(sorted(shared)),
        kits=tuple(sorted({one.kind for one in problem.kits})),
    )
    blocks = split(replace(problem, activities=(nowhere, *problem.activities)))
    assert [len(block.venues) for block in blocks[:1]] == [0]
    assert allot(blocks)[1:] == allot(split(problem))


def test_a_plan_keeps_its_days_and_only_what_it_leaves_out_claims_more() -> None:
    problem = without_volunteers(1)
    blocks = split(problem)
    found = plan_blocks(problem, limits=Limits(seconds=300, work=1)).plan
    short = Plan(found.placements[1:])
    plans = [part(short, block) for block in blocks]
    owned = allot(blocks, plans)
    assert [check(block, plan) for block, plan in zip(owned, plans, strict=True)] == [[], []]
    assert check(owned[0], part(found, blocks[0])) == []


def test_a_plan_made_block_by_block_is_legal_as_a_whole_and_told_as_one() -> None:
    problem = without_volunteers(1)
    told: list[Progress] = []
    result = plan_blocks(problem, limits=Limits(seconds=300, work=1), on_event=told.append)
    assert check(problem, result.plan) == []
    assert result.score == score(problem, result.plan)
    assert result.unplaced == ()
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert [event.pct for event in told] == sorted(event.pct for event in told)
    assert [replace(event, plan=None) for event in told] == list(result.trace)
    last = told[-1]
    assert (last.phase, last.pct, last.plan) == ("done", 100, result.plan)
    assert (last.cost, last.placed, last.unplaced) == (result.score.total, 24, 0)
    said = {event.sentence.en for event in told}
    assert {"Part 2 of 2 (1 done): Done", "Part 1 of 2 (2 done): Done"} <= said


@pytest.mark.parametrize("each", [in_turn, Processes(1)])
def test_who_stops_gets_the_best_plans_so_far(each: Each) -> None:
    problem = without_volunteers(1)
    told: list[Progress] = []
    result = plan_blocks(
        problem,
        limits=Limits(seconds=300),
        on_event=told.append,
        should_stop=lambda: any(event.placed for event in told),
        each=each,
    )
    assert result.plan == next(event.plan for event in reversed(told[:-1]) if event.plan)
    assert check(problem, result.plan) == []
    assert 0 < len(result.unplaced) < 24
    assert active_children() == []


def test_a_block_whose_process_is_killed_keeps_its_best_plan() -> None:
    problem = without_volunteers(1)

    def kill(event: Progress) -> None:
        for process in active_children() if event.placed else ():
            process.kill()

    limits = Limits(seconds=300, work=1)
    result = plan_blocks(problem, limits=limits, on_event=kill, each=Processes(1))
    assert check(problem, result.plan) == []
    assert result.plan.placements


def test_while_something_takes_long_others_are_looked_after() -> None:
    looks = Semaphore(0)
    assert patiently(lambda: [looks.acquire(timeout=60) for _ in range(3)], looks.release) == [
        True,
        True,
        True,
    ]


def test_who_stops_while_processes_are_loaded_begins_none() -> None:
    jobs = iter([Job(0, without_volunteers(1), Limits(), Plan(), 1)])
    Processes(1)(jobs, lambda *_: None, lambda: True)
    assert len(list(jobs)) == 1


def test_a_process_loads_no_application() -> None:
    """It ends for want of a job, with everything loaded but the engines."""
    script = f"""
import runpy, sys
try:
    runpy.run_path({ALONE!r}, {{"asked": b"", "wire": None}}, "__main__")
except EOFError:
    print(sorted({{"events.planner.solve", "flask", "sqlalchemy"}} & set(sys.modules)))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout == "['events.planner.solve']\n"
    assert not any(name.startswith("events") for name in LOADED)


def test_a_search_ends_with_the_one_who_asked() -> None:
    problem = without_volunteers(1)
    ours, theirs = Pipe()
    job = Job(0, split(problem)[0], Limits(seconds=300), Plan(), 1)
    search = Thread(target=answer, args=(job, theirs), daemon=True)
    search.start()
    assert ours.recv().phase == "filter"
    ours.close()
    search.join(timeout=60)
    assert not search.is_alive()
    assert theirs.closed

"""A campaign planned block by block: nothing is lost, and what is shared is never torn apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner import check, score, spans
from events.planner.allot import allot
from events.planner.answer import Limits, Plan
from events.planner.blocks import join, split
from events.planner.blockwise import plan_blocks
from events.planner.problem import DAY, Problem, Quota, Relation, Tie, Window
from events.planner.sharing import left_over

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


def test_what_others_took_is_left_to_nobody_else() -> None:
    problem, plan = planted(PROVINCES, 1)
    first, second = split(problem)
    taken = part(plan, second).placements
    rest = left_over(first, problem, taken)
    for x in rest.experts:
        duties = [one for one in taken if x.id in one.experts]
        days = {one.start // DAY for one in duties}
        assert not any(
            x.most_per_day and spans.overlap(w, Window(day * DAY, day * DAY + DAY))
            for w in x.windows
            for day in days
        )


def test_a_plan_made_block_by_block_is_legal_as_a_whole() -> None:
    problem = replace(planted(PROVINCES, 1)[0], volunteers=(), wishes=())
    result = plan_blocks(problem, limits=Limits(seconds=300, work=1))
    assert check(problem, result.plan) == []
    assert result.score == score(problem, result.plan)
    assert result.unplaced == ()

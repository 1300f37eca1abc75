"""Campaigns with known answers: planted plans and repairs are legal, cores lie apart."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import pytest

from bench.planner import generate
from bench.planner.broken import broken
from bench.planner.disturbed import EVENTS, disturbed
from bench.planner.planted import planted
from bench.planner.sizes import SIZES, Size
from events.planner import disturbance
from events.planner.answer import Plan
from events.planner.changes import apply_all
from events.planner.check import check

VILLAGE = Size(24, 4, 12, 3, 6, 4, 4, 48, side_km=30)
TWO_PROVINCES = Size(
    *(60, 5, 24, 6, 12, 8, 8, 96),
    side_km=60,
    provinces=2,
    shared_experts=2,
    shared_kits=2,
)


@pytest.mark.parametrize("size", [VILLAGE, TWO_PROVINCES, SIZES["county"]])
@pytest.mark.parametrize("seed", range(4))
def test_a_planted_plan_is_legal_and_leaves_nothing_out(size: Size, seed: int) -> None:
    problem, plan = planted(size, seed)
    assert check(problem, plan) == []
    assert [x.activity for x in plan.placements] == [x.id for x in problem.activities]
    places = sum(place.need for x in problem.activities for place in x.places)
    assert len(plan.assignments) == places


def test_the_same_seed_draws_the_same_campaign() -> None:
    assert planted(VILLAGE, 7) == planted(VILLAGE, 7)
    assert planted(VILLAGE, 7) != planted(VILLAGE, 8)


def test_a_county_has_the_counts_of_the_press() -> None:
    problem, plan = planted(SIZES["county"], 1)
    told = generate.figures(problem, plan)
    assert [told[name] for name in ("activities", "venues", "experts", "volunteers")] == [
        *(60, 20, 12, 150)
    ]
    assert 220 <= int(str(told["places"])) <= 240
    assert 0.6 <= float(str(told["peak_share"])) <= 0.85


def test_provinces_share_nothing_but_touring_experts_and_kits() -> None:
    problem, plan = planted(TWO_PROVINCES, 1)
    of_venue = {x.id: int(x.district[1:]) // 3 for x in problem.venues}
    provinces: dict[str, set[int]] = {}
    for placement in plan.placements:
        for who in (*placement.experts, *placement.kits, placement.team or ""):
            provinces.setdefault(who, set()).add(of_venue[placement.venue])
    touring = {who for who, where in provinces.items() if len(where) > 1} - {""}
    assert touring <= {"E0000", "E0001", "K000", "K001"}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_planted_repair_is_legal_and_costs_what_it_says(event: str, seed: int) -> None:
    found = disturbed(VILLAGE, seed, event)
    after = apply_all(found.problem, found.changes)
    assert check(found.problem, found.plan) == []
    assert check(after, found.repaired) == []
    assert found.touched == len(_differing(found.plan, found.repaired))
    assert found.disturbance == disturbance.between(after, found.plan, found.repaired)


def test_every_event_breaks_the_plan_that_it_meets() -> None:
    harmless = []
    for event in EVENTS:
        found = disturbed(SIZES["county"], 1, event)
        if not check(apply_all(found.problem, found.changes), found.plan):
            harmless.append(event)
    assert harmless == []


def test_planted_cores_are_disjoint_and_of_two_to_six_activities() -> None:
    problem, cores = broken(VILLAGE, 3, cores=7)
    known = {x.id for x in problem.activities}
    assert len(cores) == 7
    assert all(2 <= len(core.activities) <= 6 for core in cores)
    assert all(known.issuperset(core.activities) for core in cores)
    assert not any(
        set(one.activities) & set(other.activities) for one, other in combinations(cores, 2)
    )


def test_what_is_broken_leaves_the_planted_plan_legal() -> None:
    problem, _ = broken(VILLAGE, 3, cores=5)
    _, plan = planted(VILLAGE, 3)
    assert check(problem, plan) == []


def test_the_command_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["disturbed", "--size", "county", "--seed", "2", "--event", "storm"]
    assert generate.main(argv) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["mode"], line["event"], line["seed"]) == ("disturbed", "storm", 2)
    assert line["touched"] > 0


def _differing(one: Plan, other: Plan) -> set[str]:
    """Activities whose people or placement differ, apart from a reserved backup."""
    placements = {replace(x, backup=None) for x in one.placements}
    placements ^= {replace(x, backup=None) for x in other.placements}
    assignments = set(one.assignments) ^ set(other.assignments)
    return {x.activity for x in placements} | {x.activity for x in assignments}

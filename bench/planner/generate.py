"""`python -m bench.planner generate`: campaigns of realistic size whose answers are known.

Three modes. Planted: a legal plan is drawn first, so its cost bounds the best from above. Broken:
so many disjoint sets of activities that cannot all be placed. Disturbed: something happens to a
planted plan, and a legal repair is known with what it touches. The same size, mode and seed give
the same campaign on every machine.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from bench.planner.broken import broken
from bench.planner.disturbed import EVENTS, disturbed
from bench.planner.planted import planted
from bench.planner.sizes import SIZES, Size
from events.planner.answer import Plan
from events.planner.problem import DAY, Problem


def main(argv: Sequence[str]) -> int:
    """Prints one line of JSON about the campaign that the arguments name."""
    parser = argparse.ArgumentParser(prog="bench.planner generate", description=__doc__)
    parser.add_argument("mode", choices=("planted", "broken", "disturbed"))
    parser.add_argument("--size", choices=tuple(SIZES), default="city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=3, help="sets that cannot be placed")
    parser.add_argument("--event", choices=tuple(EVENTS), default="venue_declines")
    asked = parser.parse_args(argv)
    told = {"mode": asked.mode, "size": asked.size, "seed": asked.seed}
    print(json.dumps(told | _about(asked, SIZES[asked.size]), ensure_ascii=False))
    return 0


def _about(asked: argparse.Namespace, size: Size) -> dict[str, object]:
    if asked.mode == "planted":
        return figures(*planted(size, asked.seed))
    if asked.mode == "broken":
        problem, cores = broken(size, asked.seed, cores=asked.cores)
        return {"activities": len(problem.activities), "cores": [asdict(core) for core in cores]}
    found = disturbed(size, asked.seed, asked.event)
    return figures(found.problem, found.plan) | {
        "event": asked.event,
        "changes": len(found.changes),
        "touched": found.touched,
        "disturbance": found.disturbance,
    }


def figures(problem: Problem, plan: Plan) -> dict[str, object]:
    """The counts by which a campaign compares with those of the press."""
    peak = {0, *(d for d, day in enumerate(problem.days) if not day.working)}
    on_peak = sum(placement.start // DAY in peak for placement in plan.placements)
    return {
        "activities": len(problem.activities),
        "days": len(problem.days),
        "venues": len(problem.venues),
        "districts": len(problem.districts),
        "experts": len(problem.experts),
        "kits": len(problem.kits),
        "teams": len(problem.teams),
        "volunteers": len(problem.volunteers),
        "places": sum(place.need for x in problem.activities for place in x.places),
        "peak_share": round(on_peak / len(plan.placements), 2),
        "with_experts": sum(bool(x.fields) for x in problem.activities),
        "with_kits": sum(bool(x.kits) for x in problem.activities),
        "with_team": sum(bool(x.team_size) for x in problem.activities),
    }

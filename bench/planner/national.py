"""python -m bench.planner national [--seconds 300] [--seed 1] [--size national] [--processes 2]

Plans a national week province by province with `plan_blocks`, two at a time, each in a process of
its own, so that nothing of one search weighs on the next, and prints a line of JSON: activities,
provinces, placed, legal (all of it as one problem), illegal_provinces (each by itself), shared
(experts and kits that serve several), cost, planted cost, seconds of planning, of drawing and of
judging, peak memory in MB of this process and of the largest other.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.planner.planted import planted
from bench.planner.sizes import SIZES
from events.planner import check, score
from events.planner.answer import Limits, Plan
from events.planner.blocks import split
from events.planner.blockwise import plan_blocks
from events.planner.problem import Problem


def main(argv: Sequence[str]) -> int:
    """Prints one line of JSON about the week that the arguments name."""
    asked = _asked(argv)
    began = time.monotonic()
    problem, legal = planted(SIZES[asked.size], asked.seed)
    drawn = time.monotonic()
    spawn = get_context("spawn")
    with ProcessPoolExecutor(asked.processes, mp_context=spawn, max_tasks_per_child=1) as pool:
        result = plan_blocks(
            problem,
            limits=Limits(seconds=asked.seconds),
            seed=asked.seed,
            each=pool.map,
            at_once=asked.processes,
        )
    planned = time.monotonic()
    line = _told(problem, result.plan) | {
        "cost": result.score.total,
        "planted": score(problem, legal).total,
        "seconds": round(planned - drawn, 1),
        "drawing_s": round(drawn - began, 1),
        "judging_s": round(time.monotonic() - planned, 1),
        "memory_mb": _megabytes(resource.RUSAGE_SELF),
        "memory_of_a_province_mb": _megabytes(resource.RUSAGE_CHILDREN),
    }
    print(json.dumps(line))
    return 0


def _told(problem: Problem, plan: Plan) -> dict[str, object]:
    """What the checker says of the whole and of each province, and how much they share."""
    provinces = split(problem)
    at = {one.id: n for n, block in enumerate(provinces) for one in block.activities}
    seen = {(who, at[x.activity]) for x in plan.placements for who in (*x.experts, *x.kits)}
    touring = Counter(who for who, _ in seen)
    broken = [bool(check(block, _part(plan, block))) for block in provinces]
    return {
        "activities": len(problem.activities),
        "provinces": len(provinces),
        "placed": len(plan.placements),
        "filled": len(plan.assignments),
        "legal": not check(problem, plan),
        "illegal_provinces": sum(broken),
        "shared": sum(provinces > 1 for provinces in touring.values()),
    }


def _part(plan: Plan, block: Problem) -> Plan:
    """What of a plan concerns one block."""
    ids = {one.id for one in block.activities}
    return Plan(
        tuple(one for one in plan.placements if one.activity in ids),
        tuple(one for one in plan.assignments if one.activity in ids),
    )


def _megabytes(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.planner national", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=tuple(SIZES), default="national")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args(argv)

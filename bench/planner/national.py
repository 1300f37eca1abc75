"""python -m bench.planner national [--seconds 300] [--seed 1] [--provinces 32] [--processes 2]

Plans a national week province by province with `plan_blocks`, two at a time, each in a process of
its own, tells how it goes on standard error, and prints a line of JSON: activities, provinces,
placed, legal (all of it as one problem), illegal_provinces (each by itself), shared (experts and
kits that serve several), cost, planted cost, seconds of planning, of drawing and of judging, the
longest time without an event, peak memory in MB of this process and of the largest other.
Interrupted (Ctrl-C), it goes on with the best plan so far.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from bench.planner.measures import warm
from bench.planner.planted import planted
from bench.planner.sizes import SIZES, Size
from events.planner import check, score
from events.planner.answer import Limits, Plan, Progress
from events.planner.blocks import split
from events.planner.blockwise import plan_blocks
from events.planner.problem import Problem
from events.planner.processes import Processes

EVERY = 5.0
"""Seconds between two lines of progress."""


def main(argv: Sequence[str]) -> int:
    """Prints one line of JSON about the week that the arguments name."""
    asked = _asked(argv)
    warm()
    began = time.monotonic()
    problem, legal = planted(_size(asked), asked.seed)
    drawn = time.monotonic()
    processes = Processes(asked.processes)
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    result = plan_blocks(
        problem,
        limits=Limits(seconds=asked.seconds),
        on_event=_teller(),
        should_stop=interrupted.is_set,
        seed=asked.seed,
        each=processes,
        at_once=asked.processes,
    )
    planned = time.monotonic()
    line = _told(problem, result.plan) | {
        "cost": result.score.total,
        "planted": score(problem, legal).total,
        "seconds": round(planned - drawn, 1),
        "drawing_s": round(drawn - began, 1),
        "judging_s": round(time.monotonic() - planned, 1),
        "silence_s": max(round(b.t - a.t, 1) for a, b in pairwise(result.trace)),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "memory_of_a_province_mb": processes.peak,
    }
    print(json.dumps(line))
    return 0


def _size(asked: argparse.Namespace) -> Size:
    """Of so many provinces, if that is asked: the first ones, each as large as ever."""
    size = SIZES[asked.size]
    if asked.provinces is None:
        return size
    share = asked.provinces / size.provinces
    counts = ("activities", "venues", "districts", "experts", "kits", "teams", "volunteers")
    counts += ("shared_experts", "shared_kits")
    fewer = {name: round(getattr(size, name) * share) for name in counts}
    return replace(size, **fewer, provinces=asked.provinces)


def _teller() -> Callable[[Progress], None]:
    """Writes an event to standard error now and then."""
    spoke = [-EVERY]

    def tell(event: Progress) -> None:
        if event.t - spoke[0] >= EVERY or event.phase == "done":
            spoke[0] = event.t
            figures = f"{event.t:6.1f} s {event.pct:3} % cost {event.cost} placed {event.placed}"
            print(f"{figures}: {event.sentence.en}", file=sys.stderr, flush=True)

    return tell


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


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.planner national", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=tuple(SIZES), default="national")
    parser.add_argument("--provinces", type=int, help="a part of the week, to see how cost grows")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args(argv)

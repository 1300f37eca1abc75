"""python -m bench.planner compare FILE... --peer COMMAND [--seconds 60] [--seeds 1]

Solves each instance with a peer and right after it with the planner, both by our scorer and with
as many seconds, and prints a table: costs (median of the seeds), their ratio, seconds on the clock
and of the processor. COMMAND is any program that writes a solution in the instance's format, told
with the fields {instance}, {solution}, {seconds} and {seed}, e.g.
    --peer 'java -cp SOLVER.jar Main ctt {instance} {solution} {seconds} {seed}'
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.planner.measures import warm
from bench.planner.peers import PLANNER, Outcome, run
from bench.planner.table import table

HEADS = (
    *("instance", "peer", "planner", "ratio"),
    *("peer s", "planner s", "peer processor s", "planner processor s", "without solution"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What both made of one instance, a seed at each position."""

    name: str
    peer: tuple[Outcome, ...]
    planner: tuple[Outcome, ...]


def main(argv: Sequence[str]) -> int:
    """Tells each run on standard error as it ends, and prints the table at the end."""
    parser = argparse.ArgumentParser(
        prog="bench.planner compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--peer", required=True, metavar="COMMAND")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args(argv)
    seeds = range(1, asked.seeds + 1)
    warm()
    pairs = [pair(file, asked.peer, asked.seconds, seeds) for file in asked.files]
    print(table(HEADS, [_cells(one) for one in pairs]))
    return 0


def pair(file: Path, peer: str, seconds: float, seeds: Sequence[int]) -> Pair:
    """Peer, then planner, seed after seed."""
    outcomes: dict[str, list[Outcome]] = {"peer": [], "planner": []}
    for seed in seeds:
        for name, command in (("peer", peer), ("planner", PLANNER)):
            outcome = run(command, file, seconds=seconds, seed=seed)
            outcomes[name].append(outcome)
            said = outcome.why_not or f"cost {outcome.cost}"
            words = f"{file.stem} seed {seed} {name}: {said}, {outcome.seconds:.1f} s"
            print(words, file=sys.stderr, flush=True)
    return Pair(file.stem, tuple(outcomes["peer"]), tuple(outcomes["planner"]))


def median_cost(outcomes: Sequence[Outcome]) -> float:
    """Infinite where half of the runs or more brought no legal solution."""
    return statistics.median(math.inf if one.cost is None else float(one.cost) for one in outcomes)


def _cells(one: Pair) -> list[str]:
    peer, planner = median_cost(one.peer), median_cost(one.planner)
    ratio = f"{planner / peer:.2f}" if 0 < peer < math.inf else ""
    without = [
        f"{name}: {outcome.why_not}"
        for name, outcomes in (("peer", one.peer), ("planner", one.planner))
        for outcome in outcomes
        if outcome.cost is None
    ]
    times = [
        f"{statistics.median(getattr(outcome, kind) for outcome in outcomes):.1f}"
        for kind in ("seconds", "processor")
        for outcomes in (one.peer, one.planner)
    ]
    return [one.name, f"{peer:g}", f"{planner:g}", ratio, *times, "; ".join(without)]

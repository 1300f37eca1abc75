"""python -m bench.planner solve FILE [--seconds 60] [--seed 1] [--workers 2] [--out SOLUTION]

Solves one instance of a public set with `plan` and prints a line of JSON: cost, legal,
first_legal_s (after the start of `plan`), seconds, bound, placed, unplaced. The suffix tells the
format: .ctt (timetables of ITC-2007, track 3) or .txt (rosters of T. Curtois). Cost and legality
are what the independent scorer of the format says.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from bench.planner import ctt, ctt_score, nrp, nrp_score
from events.planner import plan
from events.planner.answer import Limits, Progress
from events.planner.problem import Problem

FORMATS: dict[str, tuple[ModuleType, ModuleType]] = {
    ".ctt": (ctt, ctt_score),
    ".txt": (nrp, nrp_score),
}
"""Of each suffix the adapter and the scorer."""


def main(argv: Sequence[str]) -> int:
    """Prints one line of JSON about the instance that the arguments name."""
    asked = _asked(argv)
    text = asked.file.read_text("utf-8")
    adapter, scorer = FORMATS[asked.file.suffix]
    problem = adapter.read(text)
    began = time.monotonic()
    first_legal: list[float] = []

    def hear(event: Progress) -> None:
        if event.plan is None or first_legal:
            return
        if not scorer.cost(text, adapter.write(problem, event.plan))[1]:
            first_legal.append(round(event.t, 2))

    result = plan(
        problem,
        limits=Limits(seconds=asked.seconds, workers=asked.workers),
        on_event=hear,
        seed=asked.seed,
    )
    solution = adapter.write(problem, result.plan)
    cost, broken = scorer.cost(text, solution)
    if asked.out:
        asked.out.write_text(solution, "utf-8")
    line = {
        "cost": cost,
        "legal": not broken,
        "first_legal_s": first_legal[0] if first_legal else None,
        "seconds": round(time.monotonic() - began, 1),
        "bound": result.bound,
        "placed": len(result.plan.placements),
        "unplaced": len(result.unplaced),
    }
    print(json.dumps(line))
    return 0


def read(file: Path) -> Problem:
    """The problem that a file of a public set states."""
    adapter, _ = FORMATS[file.suffix]
    problem: Problem = adapter.read(file.read_text("utf-8"))
    return problem


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.planner solve", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    return parser.parse_args(argv)

"""python -m bench.planner solve FILE [--seconds 60] [--seed 1] [--workers 2] [--out SOLUTION]

Solves one instance of a public set with `plan` and prints a line of JSON: cost, legal,
first_legal_s, seconds, bound, placed, unplaced. The suffix tells the format: .ctt (timetables of
ITC-2007, track 3) or .txt (rosters of T. Curtois). Cost and legality are what the independent
scorer of the format says.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from types import ModuleType

from bench.planner import ctt, ctt_score, nrp, nrp_score
from events.planner import plan
from events.planner.answer import Limits, Progress

FORMATS: dict[str, tuple[ModuleType, ModuleType]] = {
    ".ctt": (ctt, ctt_score),
    ".txt": (nrp, nrp_score),
}


def main() -> None:
    """Read the command line, do what it says."""
    arguments = _arguments()
    began = time.monotonic()
    text = arguments.file.read_text("utf-8")
    adapter, scorer = FORMATS[arguments.file.suffix]
    problem = adapter.read(text)
    first_legal: list[float] = []

    def hear(event: Progress) -> None:
        if event.plan is None or first_legal:
            return
        if not scorer.cost(text, adapter.write(problem, event.plan))[1]:
            first_legal.append(round(time.monotonic() - began, 2))

    result = plan(
        problem,
        limits=Limits(seconds=arguments.seconds, workers=arguments.workers),
        on_event=hear,
        seed=arguments.seed,
    )
    solution = adapter.write(problem, result.plan)
    cost, broken = scorer.cost(text, solution)
    if arguments.out:
        arguments.out.write_text(solution, "utf-8")
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.planner", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    solve = verbs.add_parser("solve")
    solve.add_argument("file", type=Path)
    solve.add_argument("--seconds", type=float, default=60.0)
    solve.add_argument("--seed", type=int, default=1)
    solve.add_argument("--workers", type=int, default=2)
    solve.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

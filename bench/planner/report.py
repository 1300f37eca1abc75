"""python -m bench.planner report [--only NAME ...] [--seconds 60] [--seeds 3] [--json FILE]

Measures what is reached of every target, one search at a time: must, ambitious, extremely
ambitious, reached, verdict, seconds, the machine's load. What is being measured is told on standard
error; a row is printed as soon as it is there, and FILE, if told, holds all rows so far with their
figures. --only takes beginnings of the rows' names. Rows for which something is not told or not
there are passed over with the reason: instances are looked for in --instances (or, without it, in
the folder of the benchmarks beside the repository), the timetables' peer is the command --peer of
`compare`, SlotMachine's interpreter the --slotmachine of `conference`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.planner.ledger import Absent, Asked, Ledger
from bench.planner.measures import PUBLIC, warm
from bench.planner.reached import Reached
from bench.planner.targets import ROWS, Row

HEADS = (
    *("what", "must", "ambitious", "extremely ambitious"),
    *("reached", "verdict", "seconds", "load"),
)
FAILED = "failed"


def main(argv: Sequence[str]) -> int:
    """Measures the rows that were asked for; status 1 when a measurement failed."""
    given = _given(argv)
    warm()
    asked = Asked(given.seconds, given.seeds, given.instances, given.peer, given.slotmachine)
    ledger = Ledger(asked)
    rows = [row for row in ROWS if row.name.startswith(tuple(given.only))]
    told: list[dict[str, object]] = []
    print(f"{given.seconds:g} s a search, median of seeds 1-{given.seeds}\n")
    print(_line(HEADS))
    print(_line(["---"] * len(HEADS)), flush=True)
    for number, row in enumerate(rows, start=1):
        print(f"{number} of {len(rows)}: {row.what}", file=sys.stderr, flush=True)
        began = time.monotonic()
        reached, verdict = _measured(row, ledger)
        took, load = time.monotonic() - began, os.getloadavg()[0]
        cells = (row.what, *row.degrees, reached.words, verdict, f"{took:.0f}", f"{load:.1f}")
        print(_line(cells), flush=True)
        told.append(dict(zip(HEADS, cells, strict=True)) | {"figures": reached.figures})
        if given.json:
            given.json.write_text(_json({"asked": vars(given), "rows": told}), "utf-8")
    return 1 if any(row["verdict"] == FAILED for row in told) else 0


def _given(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.planner report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"rows: {', '.join(row.name for row in ROWS)}",
    )
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--instances", type=Path, default=PUBLIC, metavar="FOLDER")
    parser.add_argument("--peer", metavar="COMMAND")
    parser.add_argument("--slotmachine", metavar="PYTHON")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args(argv)


def _measured(row: Row, ledger: Ledger) -> tuple[Reached, str]:
    """What a row reached and its verdict; a failure is told and leaves the other rows alone."""
    try:
        reached = row.measure(ledger)
    except Absent as reason:
        return Reached(str(reason), ()), "not measured"
    except Exception as error:  # noqa: BLE001 - whatever a measurement dies of
        return Reached(f"{type(error).__name__}: {error}", ()), FAILED
    return reached, reached.verdict


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _json(told: object) -> str:
    return json.dumps(_finite(told), indent=1, default=str) + "\n"


def _finite(told: object) -> object:
    """With nothing in place of what never came: JSON knows no infinity."""
    if isinstance(told, Mapping):
        return {key: _finite(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and math.isinf(told) else told

"""python -m bench.planner conference [--talks 50 150 400] [--seed 1] [--seconds 30] [--peer PYTHON]

Draws a conference of each size, lays it out with `plan` and, where PYTHON is an interpreter in
which EMF's SlotMachine is installed, with that right before, each in a process of its own and with
as many seconds. One judge counts for both: talks placed, people turned away (and of them: for want
of a seat, and torn between two talks at once), rules broken; seconds are those of the search, on
the clock and of the processor. The programme that the conference was drawn around stands beside
them. SlotMachine ends within half a percent of its bound, the planner when time is up or the
plan is proved. PYTHON may also stand in KEPU_SLOTMACHINE.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.planner.conference import ours, theirs
from bench.planner.conference.judge import Judged, judge
from bench.planner.conference.talks import Conference, draw
from bench.planner.measures import apart, warm
from bench.planner.table import table
from events.planner import plan
from events.planner.answer import Limits

RUNNER = Path(__file__).with_name("peer.py")
HEADS = (
    *("talks", "by", "placed", "turned away", "no seat", "torn", "rules broken"),
    *("seconds", "processor s", "ended"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One programme of one conference, and what it took."""

    talks: int
    by: str
    judged: Judged
    seconds: float = 0.0
    processor: float = 0.0
    ended: str = ""


def main(argv: Sequence[str]) -> int:
    """Prints a table; status 1 when a programme breaks a rule."""
    parser = argparse.ArgumentParser(prog="bench.planner conference", description=__doc__)
    parser.add_argument("--talks", type=int, nargs="+", default=[50, 150, 400])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--peer", metavar="PYTHON", default=os.environ.get("KEPU_SLOTMACHINE"))
    asked = parser.parse_args(argv)
    lines = []
    for talks in asked.talks:
        for line in compared(talks, asked.seed, asked.seconds, asked.peer):
            words = f"{line.talks} talks {line.by}: {line.judged.turned_away} turned away"
            print(f"{words}, {line.seconds:.1f} s", file=sys.stderr, flush=True)
            lines.append(line)
    print(table(HEADS, [_cells(line) for line in lines]))
    return 1 if any(line.judged.broken for line in lines) else 0


def compared(talks: int, seed: int, seconds: float, peer: str | None) -> Iterator[Line]:
    """The drawn programme, the peer's where one is told, the planner's."""
    conference, drawn = draw(talks, seed)
    yield Line(talks, "as drawn", judge(conference, drawn))
    warm()
    if peer:
        yield _by_peer(conference, seconds, peer)
    yield apart(planned, conference, seed, seconds)


def planned(conference: Conference, seed: int, seconds: float) -> Line:
    """The planner's programme."""
    problem = ours.problem(conference)
    began, work = time.monotonic(), time.process_time()
    result = plan(problem, limits=Limits(seconds=seconds), seed=seed)
    return Line(
        talks=len(conference.talks),
        by="planner",
        judged=judge(conference, ours.programme(result.plan)),
        seconds=time.monotonic() - began,
        processor=time.process_time() - work,
        ended=str(result.status),
    )


def _by_peer(conference: Conference, seconds: float, python: str) -> Line:
    done = subprocess.run(
        [python, str(RUNNER), str(seconds)],
        input=json.dumps(theirs.question(conference)),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    return Line(
        talks=len(conference.talks),
        by="SlotMachine",
        judged=judge(conference, theirs.programme(answer["talks"])),
        seconds=answer["seconds"],
        processor=answer["processor"],
        ended=answer["status"].lower(),
    )


def _cells(line: Line) -> list[str]:
    judged = line.judged
    counts = (judged.placed, judged.turned_away, judged.seatless, judged.torn, len(judged.broken))
    times = [f"{line.seconds:.1f}", f"{line.processor:.1f}"] if line.seconds else ["", ""]
    return [str(line.talks), line.by, *map(str, counts), *times, line.ended]

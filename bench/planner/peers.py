"""Other people's programs on public instances, and the planner beside them, by one scorer.

A peer is a command of words and the fields {instance}, {solution}, {seconds}, {seed}; it writes a
solution in the instance's own format. Where it lives is told, never known here.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.planner.solve import FORMATS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds above its limit after which a command is ended."""
PLANNER = shlex.join([sys.executable, "-m", "bench.planner", "solve"]) + (
    " {instance} --seconds {seconds} --seed {seed} --out {solution}"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command made of an instance; no cost where it wrote no legal solution."""

    cost: int | None
    why_not: str
    seconds: float
    """On the clock, with the command's start."""
    processor: float


def run(command: str, instance: Path, *, seconds: float, seed: int) -> Outcome:
    """Solves an instance by a command and scores what it writes."""
    with tempfile.TemporaryDirectory() as folder:
        solution = Path(folder) / "solution.out"
        fields = {
            "instance": str(instance.resolve()),
            "solution": str(solution),
            "seconds": f"{seconds:g}",
            "seed": str(seed),
        }
        words = [word.format(**fields) for word in shlex.split(command)]
        began, work = time.monotonic(), _spent_by_children()
        why_not = _called(words, seconds + PATIENCE)
        took, worked = time.monotonic() - began, _spent_by_children() - work
        cost, broken = _scored(instance, solution)
    return Outcome(cost, why_not if cost is None and why_not else broken, took, worked)


def _called(words: list[str], limit: float) -> str:
    """Why a command failed; nothing where it did not."""
    try:
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"no end after {limit:g} s"
    except OSError as error:
        return f"cannot be run: {error.strerror}"
    except subprocess.CalledProcessError as error:
        return f"status {error.returncode}: {error.stderr.strip().rpartition(chr(10))[2]}"
    return ""


def _scored(instance: Path, solution: Path) -> tuple[int | None, str]:
    """The cost of a legal solution, else why it is none."""
    if not solution.is_file():
        return None, "no solution"
    _, scorer = FORMATS[instance.suffix]
    try:
        cost, broken = scorer.cost(instance.read_text("utf-8"), solution.read_text("utf-8"))
    except (KeyError, ValueError):
        return None, "not a whole solution"
    return (None, f"{len(broken)} rules broken: {broken[0]}") if broken else (cost, "")


def _spent_by_children() -> float:
    times = os.times()
    return times.children_user + times.children_system

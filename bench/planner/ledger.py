"""Every measurement of one report: made when a row first asks for it, read by several rows.

Searches run one at a time, each in a process of its own. What is being measured is told on
standard error.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench.planner import measures
from bench.planner.compare import median_cost
from bench.planner.conference.run import Line, compared
from bench.planner.measures import Explained, Repaired, Run, apart
from bench.planner.peers import Outcome, run
from bench.planner.solve import FORMATS

CONFERENCES = (50, 150, 400)
SHORT = 160
"""Characters of an answer that are told."""

_Answer = TypeVar("_Answer")


class Absent(Exception):
    """Something outside of the project that a row needs was not told, or is not there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How long each search may take, how many seeds are drawn, and where things are.

    `instances` holds folders ctt and nrp and a README with the best known values; `peer` is a
    command as `compare` takes it, `slotmachine` an interpreter as `conference` does.
    """

    seconds: float
    seeds: int
    instances: Path
    peer: str | None = None
    slotmachine: str | None = None


@dataclass(frozen=True, slots=True)
class Solved:
    """A public instance, seed after seed: what `solve` printed, and the peer's outcomes."""

    lines: tuple[dict[str, object], ...]
    peers: tuple[Outcome, ...]

    @property
    def cost(self) -> float:
        return median(_number(line["cost"] if line["legal"] else None) for line in self.lines)

    @property
    def first(self) -> float:
        return median(_number(line["first_legal_s"]) for line in self.lines)


class Ledger:
    """The measurements that `asked` describes."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._seeds = range(1, asked.seeds + 1)
        self._instances = cache(self._solved)
        self.searches = cache(self._searches)
        self.repairs = cache(self._repairs)

    @cached_property
    def best_known(self) -> dict[str, int]:
        return measures.best_known(self._asked.instances)

    @cached_property
    def conferences(self) -> tuple[Line, ...]:
        """One seed: the drawn programme, the peer's, the planner's, of each number of talks."""
        python = self._asked.slotmachine
        if not python:
            raise Absent("not told where SlotMachine is")
        return tuple(
            _told(f"conference of {talks}, {line.by}", line)
            for talks in CONFERENCES
            for line in compared(talks, 1, self._asked.seconds, python)
        )

    def costs(self, folder: str) -> dict[str, float]:
        """Median cost of each instance, infinite where it was not solved legally."""
        return {name: solved.cost for name, solved in self._instances(folder).items()}

    def peer_costs(self) -> dict[str, float]:
        """The peer's, of each timetable."""
        if not self._asked.peer:
            raise Absent("not told how the peer is run")
        return {name: median_cost(one.peers) for name, one in self._instances("ctt").items()}

    def firsts(self, folder: str) -> dict[str, float]:
        """Median seconds to the first legal plan of each instance."""
        return {name: solved.first for name, solved in self._instances(folder).items()}

    def cancels(self, size: str) -> list[float]:
        return self._each(f"cancel {size}", lambda seed: apart(measures.cancelled, size, seed))

    def cores(self, size: str) -> list[Explained]:
        told = self._each(f"cores {size}", lambda seed: apart(measures.explained, size, seed))
        return [one for several in told for one in several]

    def _solved(self, folder: str) -> dict[str, Solved]:
        """Of each different instance; files that differ in their first line alone are one."""
        inside = (self._asked.instances / folder).glob("*")
        files = sorted(file for file in inside if file.suffix in FORMATS)
        if not files:
            raise Absent(f"no instances in {folder}")
        different = {file.read_text("utf-8").partition("\n")[2]: file for file in reversed(files)}
        peer = self._asked.peer if folder == "ctt" else None
        return {file.stem: self._both(file, peer) for file in sorted(different.values())}

    def _both(self, file: Path, peer: str | None) -> Solved:
        """The peer right before the planner, seed after seed."""
        lines, outcomes = [], []
        for seed in self._seeds:
            if peer:
                outcome = run(peer, file, seconds=self._asked.seconds, seed=seed)
                outcomes.append(_told(f"{file.stem} seed {seed}, peer", outcome))
            line = measures.solved(file, self._asked.seconds, seed)
            lines.append(_told(f"{file.stem} seed {seed}", line))
        return Solved(tuple(lines), tuple(outcomes))

    def _searches(
        self, size: str, *, with_places: bool = True, most: float = math.inf
    ) -> list[Run]:
        """Of each seed; `most`: so many seconds at most."""
        seconds = min(most, self._asked.seconds)
        search = partial(measures.searched, size, seconds=seconds, with_places=with_places)
        what = f"{size}{'' if with_places else ' without places'}, {seconds:g} s,"
        return self._each(what, lambda seed: apart(search, seed))

    def _repairs(self, size: str, events: tuple[str, ...]) -> list[Repaired]:
        return [one for event in events for one in self._repaired(size, event)]

    def _repaired(self, size: str, event: str) -> list[Repaired]:
        seconds = self._asked.seconds
        return self._each(
            f"{event} {size}", lambda seed: apart(measures.repaired, size, seed, event, seconds)
        )

    def _each(self, what: str, measure: Callable[[int], _Answer]) -> list[_Answer]:
        return [_told(f"{what} seed {seed}", measure(seed)) for seed in self._seeds]


def _number(told: object) -> float:
    return math.inf if told is None else float(str(told))


def _told(what: str, answer: _Answer) -> _Answer:
    """The answer, once it was told on standard error in short."""
    print(f"  {what}: {str(answer)[:SHORT]}", file=sys.stderr, flush=True)
    return answer

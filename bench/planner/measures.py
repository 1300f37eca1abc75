"""What a report measures: one search, repair or explanation each, in a process of its own."""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from bench.planner.broken import PlantedCore, broken
from bench.planner.disturbed import disturbed
from bench.planner.planted import planted
from bench.planner.sizes import SIZES
from events.planner import plan
from events.planner.ahead import prepare
from events.planner.answer import Limits, Progress, Status
from events.planner.changes import apply_all
from events.planner.check import check
from events.planner.explain import explain
from events.planner.problem import Problem
from events.planner.repair import replan
from events.planner.score import score

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT.parent / "shared" / "bench"
"""Public instances, with a README that names the best known values; may be absent."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a search; `t` seconds after its start."""

    t: float
    pct: int
    cost: int | None
    bound: int | None
    has_plan: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One search over a drawn campaign; times in seconds."""

    cost: int
    planted: int
    bound: int | None
    is_optimal: bool
    is_legal: bool
    unplaced: int
    filled: float
    seconds: float
    megabytes: int
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def first(self) -> float:
        """Until the first checked plan that places anything."""
        return min((step.t for step in self.steps if step.has_plan), default=math.inf)

    @property
    def bounded(self) -> float:
        """Until a bound was told."""
        return min((step.t for step in self.steps if step.bound is not None), default=math.inf)

    @property
    def silence(self) -> float:
        """The longest time without an event."""
        return max(b - a for a, b in pairwise([0.0, *(step.t for step in self.steps)]))

    @property
    def pct_error(self) -> float:
        """The most that `pct` was away from the share of the time that had really passed."""
        return max(abs(step.pct - 100 * step.t / self.seconds) for step in self.steps)

    def gap(self, t: float = math.inf) -> float:
        """How far the cost reached by `t` lies above the last bound, as a share of it."""
        costs = [step.cost for step in self.steps if step.t <= t and step.cost is not None]
        if not costs or self.bound is None:
            return math.inf
        cost = costs[-1] if t < math.inf else self.cost
        return (cost - self.bound) / max(1, self.bound)


@dataclass(frozen=True, slots=True)
class Repaired:
    """One repair of a drawn campaign, beside the planted one."""

    event: str
    seconds: float
    is_legal: bool
    unplaced: int
    hit: int
    others: int
    """Changed activities that the world did not hit."""
    touched: int
    disturbance: int
    planted_touched: int
    planted_disturbance: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A planted core: found exactly and minimal, its relaxation among the repairs offered."""

    is_exact: bool
    is_helped: bool
    seconds: float


def apart(work: Callable[..., _Answer], *args: object) -> _Answer:
    """What a function answers in a process of its own: peaks of memory do not add up."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


def warm() -> None:
    """Compiles the loops, which are kept, so that no measurement does."""
    apart(prepare, _quietly)


def _quietly() -> None:
    """Nobody is told that they are compiled."""


def solved(file: Path, seconds: float, seed: int) -> dict[str, object]:
    """The line that `solve` prints; one without a legal plan where it died of something."""
    command = [sys.executable, "-m", "bench.planner", "solve", str(file)]
    command += ["--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return {"cost": None, "legal": False, "first_legal_s": None, "status": done.returncode}
    line: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return line


def best_known(folder: Path) -> dict[str, int]:
    """From the tables of the instances' README: `| comp01 | ... | 5 |`, the first number."""
    found: dict[str, int] = {}
    column = None
    readme = folder / "README.md"
    for line in readme.read_text("utf-8").splitlines() if readme.is_file() else ():
        cells = [cell.strip() for cell in line.split("|")]
        if "best known" in cells:
            column = cells.index("best known")
        elif column is not None and len(cells) > column and cells[column][:1].isdigit():
            number = cells[column].replace("-", " ").split()[0]
            found[cells[1].rstrip(" *")] = int(number)
    return found


def without_places(problem: Problem) -> Problem:
    """The same activities without volunteers."""
    return replace(
        problem,
        activities=tuple(replace(one, places=()) for one in problem.activities),
        volunteers=(),
        wishes=(),
        not_after=frozenset(),
    )


def searched(size: str, seed: int, seconds: float, *, with_places: bool = True) -> Run:
    """Plans a planted campaign."""
    problem, legal = planted(SIZES[size], seed)
    if not with_places:
        problem, legal = without_places(problem), replace(legal, assignments=())
    steps: list[Step] = []

    def hear(event: Progress) -> None:
        has_plan = event.plan is not None and event.placed > 0
        steps.append(Step(event.t, event.pct, event.cost, event.bound, has_plan))

    began = time.monotonic()
    result = plan(problem, limits=Limits(seconds=seconds), on_event=hear, seed=seed)
    took = time.monotonic() - began
    places = sum(place.need for x in problem.activities for place in x.places)
    return Run(
        cost=result.score.total,
        planted=score(problem, legal).total,
        bound=result.bound,
        is_optimal=result.status is Status.OPTIMAL,
        is_legal=not check(problem, result.plan),
        unplaced=len(result.unplaced),
        filled=len(result.plan.assignments) / places if places else 1.0,
        seconds=took,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        steps=tuple(steps),
    )


def repaired(size: str, seed: int, event: str, seconds: float) -> Repaired:
    """Repairs a disturbed campaign."""
    given = disturbed(SIZES[size], seed, event)
    began = time.monotonic()
    limits = Limits(seconds=seconds)
    result, diff = replan(given.problem, given.plan, given.changes, limits=limits, seed=seed)
    took = time.monotonic() - began
    after = apply_all(given.problem, given.changes)
    changed = [x for x in diff.changes if x.disturbance]
    return Repaired(
        event=event,
        seconds=took,
        is_legal=not check(after, result.plan),
        unplaced=len(result.unplaced),
        hit=sum(x.hit for x in changed),
        others=sum(not x.hit for x in changed),
        touched=len(changed),
        disturbance=diff.disturbance,
        planted_touched=given.touched,
        planted_disturbance=given.disturbance,
    )


def explained(size: str, seed: int) -> list[Explained]:
    """What is said of each planted core."""
    problem, cores = broken(SIZES[size], seed, cores=10)
    _, legal = planted(SIZES[size], seed)
    answers = []
    for core in cores:
        began = time.monotonic()
        answer = explain(_with_one(problem, cores, core), legal, limits=Limits(seconds=10))
        took = time.monotonic() - began
        rules = set(answer.core.rules) if answer.core else set()
        places = {f"place:{activity}" for activity in core.activities}
        named = {x for x in rules if x.startswith("place:")}
        others = {x for x in rules if x.startswith(f"{core.rule}:")}
        is_minimal = answer.core is not None and answer.core.minimal
        is_exact = named == places and named | others == rules and is_minimal
        relaxed = {rule for repair in answer.repairs for rule in repair.rules}
        answers.append(Explained(is_exact, bool(relaxed & (places | others)), took))
    return answers


def cancelled(size: str, seed: int) -> float:
    """Seconds from a wish to stop, three seconds after the start, to the answer."""
    problem, _ = planted(SIZES[size], seed)
    began = time.monotonic()
    wished: list[float] = []

    def should_stop() -> bool:
        now = time.monotonic()
        if now - began > 3 and not wished:
            wished.append(now)
        return bool(wished)

    plan(problem, limits=Limits(seconds=30), should_stop=should_stop, seed=seed)
    return time.monotonic() - wished[0] if wished else 0.0


def _with_one(problem: Problem, cores: Iterable[PlantedCore], kept: PlantedCore) -> Problem:
    """Without the activities of all other cores."""
    gone = {activity for core in cores if core is not kept for activity in core.activities}
    return replace(
        problem,
        activities=tuple(x for x in problem.activities if x.id not in gone),
        relations=tuple(x for x in problem.relations if not {x.first, x.second} & gone),
    )

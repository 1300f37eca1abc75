"""`python -m bench.planner report`: what is reached of every target, one measurement at a time.

Prints a row as soon as it is measured: must, ambitious, extremely ambitious, reached, with seeds,
seconds and the machine's load. Public instances and their best known values are read from the
folder of the benchmarks beside the repository; where it is absent the row says so. Every
measurement is a process of its own. Peers are not run here.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from bench.planner.disturbed import EVENTS
from bench.planner.measures import (
    PUBLIC,
    Repaired,
    Run,
    apart,
    best_known,
    cancelled,
    explained,
    repaired,
    searched,
    solved,
)

ABSENT = "no instances beside the repository"


@dataclass(frozen=True, slots=True)
class Asked:
    """How long each search may take, and how many seeds are drawn."""

    seconds: float
    seeds: int


@dataclass(frozen=True, slots=True)
class Row:
    """A target in its three degrees, and what measures it."""

    name: str
    what: str
    degrees: tuple[str, str, str]
    measure: Callable[[Asked], str]


def main(argv: Sequence[str]) -> int:
    """Measures the rows whose names begin with what `--only` says; all of them without it."""
    parser = argparse.ArgumentParser(prog="bench.planner report", description=__doc__)
    parser.add_argument("--only", default="", help=", ".join(row.name for row in ROWS))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args(argv)
    asked = Asked(given.seconds, given.seeds)
    print("| what | must | ambitious | extremely ambitious | reached | seconds | load |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for row in ROWS:
        if row.name.startswith(given.only):
            began = time.monotonic()
            cells = [row.what, *row.degrees, row.measure(asked)]
            took = f"{time.monotonic() - began:.0f}"
            print("|", " | ".join([*cells, took, f"{os.getloadavg()[0]:.1f}"]), "|", flush=True)
    return 0


def _sum(folder: str) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        pairs = _costs(folder, asked)
        if not pairs:
            return ABSENT
        ratio = sum(cost for cost, _ in pairs) / sum(best for _, best in pairs)
        return f"{ratio:.2f} on {len(pairs)} that may be seen, {_how(asked)}"

    return measure


def _geomean(folder: str, more: int) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        pairs = _costs(folder, asked)
        if not pairs:
            return ABSENT
        logs = [math.log((cost + more) / (best + more)) for cost, best in pairs]
        ratio = math.exp(statistics.mean(logs))
        return f"{ratio:.2f} on {len(pairs)} that may be seen, {_how(asked)}"

    return measure


def _first(folder: str) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        lines = _public(folder, asked)
        if not lines:
            return ABSENT
        illegal = sum(not line["legal"] for several in lines.values() for line in several)
        firsts = [
            statistics.median(float(str(line["first_legal_s"] or math.inf)) for line in several)
            for several in lines.values()
        ]
        return f"worst {max(firsts):.1f} s, {illegal} illegal, {_how(asked)}"

    return measure


def _drawn(size: str, told: Callable[[list[Run]], str]) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        runs = _runs(size, asked)
        broken_rules = sum(not run.is_legal for run in runs)
        return f"{told(runs)}, {broken_rules} illegal, {_how(asked)}"

    return measure


def _optimal(runs: list[Run]) -> str:
    proved = [run.seconds for run in runs if run.is_optimal]
    if len(proved) < len(runs):
        gaps = [(run.cost - (run.bound or 0)) / max(1, run.cost) for run in runs]
        first = max(run.first for run in runs)
        return (
            f"{len(proved)} of {len(runs)} proved, gap {statistics.median(gaps):.1%}, "
            f"legal after {first:.1f} s"
        )
    return f"all proved, median {statistics.median(proved):.1f} s"


def _against_planted(runs: list[Run]) -> str:
    ratio = statistics.median(run.cost / run.planted for run in runs)
    first, out = max(run.first for run in runs), max(run.unplaced for run in runs)
    return f"{ratio:.2f} x planted, {out} left out, legal after {first:.1f} s"


def _filled(runs: list[Run]) -> str:
    return f"{statistics.median(run.filled for run in runs):.1%}"


def _silence(runs: list[Run]) -> str:
    return f"longest silence {max(run.silence for run in runs):.1f} s"


def _memory(runs: list[Run]) -> str:
    return f"{max(run.megabytes for run in runs)} MB"


def _declined(size: str) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        repairs = _repairs(size, ("venue_declines",), asked)
        return f"median {statistics.median(x.seconds for x in repairs):.1f} s, {_judged(repairs)}"

    return measure


def _planted_met(size: str) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        repairs = _repairs(size, tuple(EVENTS), asked)
        per_hit = sum(x.others for x in repairs) / max(1, sum(x.hit for x in repairs))
        within = sum(x.touched <= x.planted_touched for x in repairs)
        cheap = sum(x.disturbance <= x.planted_disturbance for x in repairs)
        ratio = sum(x.disturbance for x in repairs) / sum(x.planted_disturbance for x in repairs)
        return (
            f"{per_hit:.2f} others a hit one; at most m in {within}, D at most planted in {cheap} "
            f"of {len(repairs)}; D {ratio:.2f} x planted, {_judged(repairs)}"
        )

    return measure


def _judged(repairs: Sequence[Repaired]) -> str:
    illegal, out = sum(not x.is_legal for x in repairs), sum(x.unplaced for x in repairs)
    return f"{illegal} illegal, {out} left out in {len(repairs)} runs"


def _cores(size: str) -> Callable[[Asked], str]:
    def measure(asked: Asked) -> str:
        found = [x for seed in _seeds(asked) for x in apart(explained, size, seed)]
        exact = sum(is_exact for is_exact, _, _ in found) / len(found)
        helped = sum(is_helped for _, is_helped, _ in found) / len(found)
        slow = max(seconds for _, _, seconds in found)
        return f"{exact:.0%} of {len(found)} exact, repair named {helped:.0%}, worst {slow:.1f} s"

    return measure


def _cancelled(asked: Asked) -> str:
    waits = [apart(cancelled, "city", seed) for seed in _seeds(asked)]
    return f"worst {max(waits):.2f} s after the wish, {_how(asked)}"


def _how(asked: Asked) -> str:
    return f"median of seeds 1-{asked.seeds}, {asked.seconds:g} s"


@cache
def _public(folder: str, asked: Asked) -> dict[str, list[dict[str, object]]]:
    """The lines that `solve` prints, of each different instance; files but for a name are one."""
    found: dict[str, list[dict[str, object]]] = {}
    seen = set()
    for file in sorted((PUBLIC / folder).glob("*.*")):
        content = file.read_text("utf-8").partition("\n")[2]
        if content not in seen:
            seen.add(content)
            found[file.stem] = [solved(file, asked.seconds, seed) for seed in _seeds(asked)]
    return found


def _costs(folder: str, asked: Asked) -> list[tuple[float, int]]:
    """Median cost and best known value of each instance that has one."""
    best = best_known()
    return [
        (statistics.median(int(str(line["cost"])) for line in lines), best[name])
        for name, lines in _public(folder, asked).items()
        if name in best
    ]


@cache
def _runs(size: str, asked: Asked) -> list[Run]:
    return [apart(searched, size, seed, asked.seconds) for seed in _seeds(asked)]


@cache
def _repairs(size: str, events: tuple[str, ...], asked: Asked) -> list[Repaired]:
    return [
        apart(repaired, size, seed, event, asked.seconds)
        for seed in _seeds(asked)
        for event in events
    ]


def _seeds(asked: Asked) -> range:
    return range(1, asked.seeds + 1)


ROWS = (
    Row(
        "ctt-sum",
        "timetables: sum cost / sum best",
        ("<= 1.75", "<= 1.31", "<= 1.12"),
        _sum("ctt"),
    ),
    Row(
        "ctt-geomean",
        "timetables: geomean (cost+10)/(best+10)",
        ("<= 2.0", "<= 1.45", "<= 1.20"),
        _geomean("ctt", 10),
    ),
    Row("ctt-first", "timetables: first legal plan", ("5 s", "2 s", "1 s"), _first("ctt")),
    Row(
        "nrp-geomean",
        "rosters: geomean cost/best",
        ("<= 1.35", "<= 1.10", "<= 1.03"),
        _geomean("nrp", 0),
    ),
    Row("nrp-first", "rosters: first legal roster", ("10 s", "5 s", "2 s"), _first("nrp")),
    Row(
        "county",
        "county, 60 activities",
        ("optimal in 5 s", "2 s", "1 s"),
        _drawn("county", _optimal),
    ),
    Row(
        "city",
        "city, 400 activities",
        ("legal 2 s, 3 % of bound", "legal 1 s, 1 % in 30 s", "optimal in 10 s"),
        _drawn("city", _optimal),
    ),
    Row(
        "province",
        "province, 2,000 activities",
        ("legal 10 s, 1.20 x planted", "5 s, 1.05", "3 s, 1.00"),
        _drawn("province", _against_planted),
    ),
    Row(
        "places",
        "places filled when planted full, province",
        ("97 %", "99 %", "100 %"),
        _drawn("province", _filled),
    ),
    Row(
        "replan-city",
        "the busiest venue declines, city",
        ("10 s", "4 s", "2 s"),
        _declined("city"),
    ),
    Row(
        "replan-province",
        "the busiest venue declines, province",
        ("30 s", "10 s", "5 s"),
        _declined("province"),
    ),
    Row(
        "replan-planted",
        "six events on a city, against the planted repair",
        ("0.5 others a hit one", "0.1", "changes <= m, D <= planted"),
        _planted_met("city"),
    ),
    Row(
        "explain",
        "planted cores of a county",
        ("95 % exact, 10 s", "100 %, 3 s", "1 s, repair among three"),
        _cores("county"),
    ),
    Row(
        "progress",
        "events of a city's search",
        ("1 a second", "bound from second 5", "pct within 15 %"),
        _drawn("city", _silence),
    ),
    Row("cancel", "a cancelled search answers", ("1 s", "1 s", "0.5 s"), _cancelled),
    Row(
        "memory",
        "peak of a province's search",
        ("2 GB", "1 GB", "700 MB"),
        _drawn("province", _memory),
    ),
)
"""The table of targets of docs/planner.md, without the peers."""

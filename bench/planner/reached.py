"""What a row of the targets has reached: figures, words, and which of the three degrees they meet.

Every plan must be legal by the independent checker: one that is not misses all degrees of its row.
Searches are judged by the median of their seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import mean, median

from bench.planner.disturbed import EVENTS
from bench.planner.ledger import Absent, Ledger
from bench.planner.measures import Repaired, Run

DEGREES = ("missed", "must", "ambitious", "extremely ambitious")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a row measured, in words and figures; `met` is empty where there is no target."""

    words: str
    met: tuple[bool, ...]
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The highest degree such that all below are met as well."""
        return DEGREES[[*self.met, False].index(False)] if self.met else "compared"


Measure = Callable[[Ledger], Reached]


def sum_of_costs(ledger: Ledger) -> Reached:
    pairs = _known(ledger, "ctt")
    ratio = sum(cost for cost, _ in pairs.values()) / sum(best for _, best in pairs.values())
    return Reached(f"{ratio:.2f}", _at_most(ratio, (1.75, 1.31, 1.12)), _costs(pairs))


def geomean(folder: str, more: int, limits: Sequence[float]) -> Measure:
    def measure(ledger: Ledger) -> Reached:
        pairs = _known(ledger, folder)
        logs = [math.log((cost + more) / (best + more)) for cost, best in pairs.values()]
        ratio = math.exp(mean(logs))
        return Reached(f"{ratio:.2f}", _at_most(ratio, limits), _costs(pairs))

    return measure


def _known(ledger: Ledger, folder: str) -> dict[str, tuple[float, int]]:
    """Median cost and best known value of each instance that has one; infinite when illegal."""
    costs = ledger.costs(folder)
    found = {name: (costs[name], best) for name, best in ledger.best_known.items() if name in costs}
    if not found:
        raise Absent("no best known values beside the instances")
    return found


def _costs(pairs: Mapping[str, tuple[float, int]]) -> dict[str, object]:
    return {name: {"cost": cost, "best known": best} for name, (cost, best) in pairs.items()}


def first_legal(folder: str, limits: Sequence[float]) -> Measure:
    def measure(ledger: Ledger) -> Reached:
        firsts = ledger.firsts(folder)
        worst = max(firsts.values())
        return Reached(f"worst {worst:.1f} s", _at_most(worst, limits), {**firsts})

    return measure


def against_peer(ledger: Ledger) -> Reached:
    """Shares of the instances instead of counts, so that any number of them can be asked."""
    peers, costs = ledger.peer_costs(), ledger.costs("ctt")
    ratios = {name: _ratio(costs[name], peer) for name, peer in peers.items()}
    within = [sum(x <= limit for x in ratios.values()) for limit in (1.5, 1.0)]
    better = sum(x < 1 for x in ratios.values())
    number = len(ratios)
    words = f"<= 1.5 x on {within[0]}, <= 1.0 x on {within[1]}, better on {better} of {number}"
    met = (
        within[0] >= 0.8 * number,
        within[1] >= 0.6 * number,
        within[1] == number and better >= 0.7 * number,
    )
    figures = {name: {"planner": costs[name], "peer": peer} for name, peer in peers.items()}
    return Reached(words, met, figures)


def _ratio(cost: float, peer: float) -> float:
    if math.isinf(cost):
        return math.inf
    return cost / peer if peer else 1.0 + cost


def county(ledger: Ledger) -> Reached:
    runs = ledger.searches("county", with_places=False)
    proved = median(run.seconds if run.is_optimal else math.inf for run in runs)
    gap = median(run.gap() for run in runs)
    ended = f"proved in {proved:.1f} s" if proved < math.inf else f"{gap:.1%} above the bound"
    return _of_runs(runs, f"{ended}, {_legal_after(runs)}", _at_most(proved, (5, 2, 1)))


def city(ledger: Ledger) -> Reached:
    runs = ledger.searches("city", with_places=False)
    quick = ledger.searches("city", with_places=False, most=30)
    first = median(run.first for run in runs)
    gap, half = (median(run.gap() for run in some) for some in (runs, quick))
    proved = median(run.seconds if run.is_optimal else math.inf for run in runs)
    met = (first <= 2 and gap <= 0.03, first <= 1 and half <= 0.01, proved <= 10)
    words = f"{_legal_after(runs)}, {gap:.1%} above the bound, {half:.1%} in 30 s"
    return _of_runs(runs, words, met)


def province(ledger: Ledger) -> Reached:
    runs = ledger.searches("province")
    first = median(run.first for run in runs)
    ratio = median(run.cost / run.planted for run in runs)
    met = tuple(first <= t and ratio <= x for t, x in ((10, 1.20), (5, 1.05), (3, 1.0)))
    out = max(run.unplaced for run in runs)
    words = f"{_legal_after(runs)}, {ratio:.2f} x planted, {out} left out"
    return _of_runs(runs, words, met)


def places(ledger: Ledger) -> Reached:
    runs = ledger.searches("province")
    filled = median(run.filled for run in runs)
    return _of_runs(runs, f"{filled:.1%}", tuple(filled >= x for x in (0.97, 0.99, 1.0)))


def progress(ledger: Ledger) -> Reached:
    runs = ledger.searches("city")
    silence = median(run.silence for run in runs)
    bounded = median(run.bounded for run in runs)
    error = median(run.pct_error for run in runs)
    cancel = max(ledger.cancels("city"))
    words = (
        f"silent {silence:.1f} s at most, bound after {bounded:.1f} s, "
        f"pct off by {error:.0f}, cancelled in {cancel:.2f} s"
    )
    return _of_runs(runs, words, (silence <= 1, bounded <= 5, error <= 15 and cancel < 0.5))


def memory(ledger: Ledger) -> Reached:
    runs = ledger.searches("province")
    peak = max(run.megabytes for run in runs)
    return _of_runs(runs, f"{peak} MB", _at_most(peak, (2048, 1024, 700)))


def _legal_after(runs: Sequence[Run]) -> str:
    return f"legal after {median(run.first for run in runs):.1f} s"


def _of_runs(runs: Sequence[Run], words: str, met: tuple[bool, ...]) -> Reached:
    illegal = sum(not run.is_legal for run in runs)
    told = [asdict(replace(run, steps=())) | {"first": run.first} for run in runs]
    return _judged(words, met, illegal, {"runs": told})


def declined(size: str, limits: Sequence[float]) -> Measure:
    def measure(ledger: Ledger) -> Reached:
        repairs = ledger.repairs(size, ("venue_declines",))
        seconds = median(x.seconds for x in repairs)
        return _of_repairs(repairs, f"{seconds:.1f} s", _at_most(seconds, limits))

    return measure


def disturbed(ledger: Ledger) -> Reached:
    repairs = ledger.repairs("city", tuple(EVENTS))
    others = sum(x.others for x in repairs) / max(1, sum(x.hit for x in repairs))
    few = sum(x.touched <= x.planted_touched for x in repairs)
    cheap = sum(x.disturbance <= x.planted_disturbance for x in repairs)
    number = len(repairs)
    kept = f"{few} within m, {cheap} within planted D of {number} repairs"
    words = f"{others:.2f} others a hit one; {kept}"
    return _of_repairs(repairs, words, (others <= 0.5, others <= 0.1, few == cheap == number))


def _of_repairs(repairs: Sequence[Repaired], words: str, met: tuple[bool, ...]) -> Reached:
    illegal = sum(not x.is_legal for x in repairs)
    out = sum(x.unplaced for x in repairs)
    told = {"repairs": [asdict(x) for x in repairs]}
    return _judged(f"{words}, {out} left out", met, illegal, told)


def _judged(
    words: str, met: tuple[bool, ...], illegal: int, figures: Mapping[str, object]
) -> Reached:
    if illegal:
        return Reached(f"{words}, {illegal} illegal", (False,) * 3, figures)
    return Reached(words, met, figures)


def explained(ledger: Ledger) -> Reached:
    found = ledger.cores("county")
    exact = sum(one.is_exact for one in found) / len(found)
    helped = sum(one.is_helped for one in found) / len(found)
    slow = max(one.seconds for one in found)
    words = f"{exact:.0%} of {len(found)} exact, repair named {helped:.0%}, worst {slow:.1f} s"
    met = (
        exact >= 0.95 and slow <= 10,
        exact == 1 and slow <= 3,
        helped == 1 and slow <= 1,
    )
    return Reached(words, met)


def conference(ledger: Ledger) -> Reached:
    """No target: both beside each other, for each number of talks."""
    lines = [line for line in ledger.conferences if line.seconds]
    words = "; ".join(
        f"{line.talks} talks by {line.by}: {line.judged.turned_away} turned away, "
        f"{line.judged.placed} placed, {line.seconds:.1f} s"
        for line in lines
    )
    return Reached(words, (), {"lines": [asdict(line) for line in lines]})


def _at_most(value: float, limits: Sequence[float]) -> tuple[bool, ...]:
    return tuple(value <= limit for limit in limits)

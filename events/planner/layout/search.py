"""The search over venues and times: who anneals, how hot, how long.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983), cooled by the share of the limits that
is used up, so that a short search ends as cold as a long one. Every thread anneals a layout of
its own; the cheapest one met counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import cast

import numpy as np

from events.planner.answer import Placement
from events.planner.candidates import Candidates
from events.planner.compiled import IS_COMPILED
from events.planner.layout import kernel, memory as at
from events.planner.layout.memory import Memory
from events.planner.layout.model import Model, Numbers, build
from events.planner.problem import Problem
from events.planner.stop import Stop

Heard = Callable[[tuple[Placement, ...]], None]

MELTED = 30.0
"""Temperature in points at which everything that fits finds a place."""
HOT, COLD = 10.0, 0.12
"""Temperatures at the beginning and at the end."""
TRIES = 40
"""Other choices that are offered to an activity before the next one's turn."""
ROUND = 4_000 if IS_COMPILED else 50
"""Turns of a thread between two looks at the clock: some hundredths of a second."""
PATIENCE = 20
"""Rounds without one more activity placed, after which the rest is taken to fit nowhere."""
SHADES = 1024
"""Losses drawn from at one temperature."""
PAUSE, SHARE = 0.5, 40
"""Seconds between two layouts that are told, and how many times as long as the hearing takes, for
nobody searches meanwhile."""


def construct(
    problem: Problem, candidates: Candidates, stop: Stop, *, seed: int
) -> tuple[Placement, ...]:
    """A first layout: all that fits, somewhere.

    Activities whose people are still to be chosen are left out.
    """
    walker = _Walker(build(problem, candidates), seed)
    _melt([walker], stop, map)
    return walker.best()


def improve(
    problem: Problem,
    candidates: Candidates,
    placements: Iterable[Placement],
    stop: Stop,
    *,
    seed: int,
    on_better: Heard,
    workers: int = 2,
) -> tuple[Placement, ...]:
    """The cheapest layout met: `placements`, or those places moved to other venues and starts.

    Activities without placement are taken in where they fit if their people are determined.
    `on_better` hears of cheaper layouts as they are found, twice a second at most, and of the last
    one. With a limit of work the same seed and number of workers give the same layout.
    """
    model = build(problem, candidates, placements)
    walkers = [_Walker(model, seed * workers + n) for n in range(workers)]
    news = _News(stop, on_better)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="layout") as pool:
        _melt(walkers, stop, pool.map)
        while not stop.over():
            news.tell(min(walkers, key=_Walker.points))
            losses = _losses(HOT * (COLD / HOT) ** stop.spent())
            list(pool.map(_Walker.anneal, walkers, repeat(losses)))
            stop.count()
    found = min(walkers, key=_Walker.points).best()
    on_better(found)
    return found


class _Walker:
    """One layout being annealed."""

    def __init__(self, model: Model, seed: int) -> None:
        self._model = model
        self._choices = _memory(model.choices)
        self._memory = _memory(model.blank.copy())
        self._memory[at.DICE] = (seed * 0x9E3779B1) % 0x7FFFFFFF + 1
        kernel.lay(self._choices, self._memory, _memory(np.array(model.at_first, dtype=np.int64)))

    def anneal(self, losses: Memory) -> None:
        """One round."""
        kernel.anneal(self._choices, self._memory, losses, ROUND, TRIES)

    def points(self) -> int:
        """What the best layout costs."""
        return int(self._memory[at.LEAST_COST])

    def missing(self) -> int:
        """Activities that the best layout leaves out although they have a choice."""
        return self._model.missing(self._memory)

    def best(self) -> tuple[Placement, ...]:
        """The best layout."""
        return self._model.placements(self._memory)


class _News:
    """Tells of layouts that are cheaper than the last one told, not too often."""

    def __init__(self, stop: Stop, hear: Heard) -> None:
        self._stop = stop
        self._hear = hear
        self._told: int | None = None
        self._next = 0.0

    def tell(self, walker: _Walker) -> None:
        """Tell, if it is news and time for it."""
        if self._stop.elapsed() < self._next or walker.points() == self._told:
            return
        began = self._stop.elapsed()
        self._told = walker.points()
        self._hear(walker.best())
        heard = self._stop.elapsed()
        self._next = heard + max(PAUSE, SHARE * (heard - began))


def _melt(walkers: list[_Walker], stop: Stop, run: Callable[..., Iterable[None]]) -> None:
    """Anneal hot until one layout has everything, or no activity more finds a place."""
    losses = _losses(MELTED)
    fewest, patience = min(walker.missing() for walker in walkers), PATIENCE
    while fewest and patience and not stop.over():
        list(run(_Walker.anneal, walkers, repeat(losses)))
        stop.count()
        missing = min(walker.missing() for walker in walkers)
        patience = PATIENCE if missing < fewest else patience - 1
        fewest = min(fewest, missing)


def _losses(temperature: float) -> Memory:
    """Losses in points, of which each is as likely as Metropolis et al. (1953) accept it."""
    quantiles = (np.arange(SHADES) + 0.5) / SHADES
    return _memory(np.floor(-temperature * np.log(quantiles)).astype(np.int64))


def _memory(numbers: Numbers) -> Memory:
    """What the kernel reads: numbers in a row, as a list where they are not compiled for."""
    return cast("Memory", numbers if IS_COMPILED else numbers.tolist())

"""Who moves a campaign about, how hot, how long.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983), a layout a thread, cooled by the share
of the limits that is used up; the cheapest layout met counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np

from events.planner.board import Board, Spot
from events.planner.compiled import IS_COMPILED
from events.planner.dice import Dice
from events.planner.moves.build import build
from events.planner.moves.kernel import anneal
from events.planner.moves.state import SOFTLY, Layout, blank, layout_of, spots_of
from events.planner.moves.tables import SCALE, Tables
from events.planner.stop import Stop
from events.planner.tally import Tally

HOT, COLD = 1.5, 0.075
"""Temperatures at the beginning and at the end, in what a placed activity costs at first."""
MOVES = 20_000 if IS_COMPILED else 50
"""Of a thread between two looks at the clock: less than a tenth of a second."""
TURNS = 8
"""After so many looks the best layouts are laid on the board."""
SOFT, STRICT = 8, 0.3
"""Parts of SCALE that go without rounding at first; the share of the time after which they fall."""


def improve(
    board: Board,
    tally: Tally,
    stop: Stop,
    *,
    dice: Dice,
    on_better: Callable[[], None],
    on_loaded: Callable[[], None] = lambda: None,
    share: float = 1.0,
    most: float = math.inf,
    workers: int = 2,
) -> None:
    """Move everything about for a share of what is left; the board ends no worse than it was.

    `most`: so many seconds at most. `on_better` is called when the board has become cheaper,
    `on_loaded` when the machine code is loaded. With a limit of work the same dice and number of
    workers give the same board.
    """
    if not board.spots:
        return
    tables = build(board.instance, board.spots, np.random.default_rng(dice.getrandbits(32)))
    walkers = [Walker(tables, board.spots, dice.getrandbits(32)) for _ in range(workers)]
    heat = HOT * SCALE * _worth(board, tally)
    on_loaded()
    part = stop.part(share, most)
    turn = 0
    with ThreadPoolExecutor(workers, thread_name_prefix="moves") as pool:
        while not part.over():
            spent = part.spent()
            soft = round(SOFT * min(1.0, (1 - spent) / (1 - STRICT)))
            heats = repeat(heat * (COLD / HOT) ** spent)
            list(pool.map(Walker.turn, walkers, heats, repeat(soft)))
            part.count()
            turn += 1
            if turn % TURNS == 0:
                _tell(board, tally, walkers, on_better)
    _tell(board, tally, walkers, on_better)


class Walker:
    """One layout on its way, and the best that it has been."""

    def __init__(self, tables: Tables, spots: Sequence[Spot | None], seed: int) -> None:
        self._tables = tables
        self._best = layout_of(tables, spots)
        self._state = blank(tables, self._best)
        self._chance = np.random.default_rng(seed)
        self._move(0, 1.0)
        self._least = self.points
        self.is_better = False

    @property
    def points(self) -> int:
        """What the layout costs, in parts of points."""
        return int(self._state.points[0])

    def turn(self, heat: float, soft: int) -> None:
        """Some moves at one temperature, in parts of points; of each point so many parts are soft.

        What was best counts for as long as points are counted alike.
        """
        if soft != self._state.points[SOFTLY]:
            self._state.points[SOFTLY] = soft
            self._move(0, 1.0)
            self._least = self.points
        self._move(MOVES, heat)
        if self.points < self._least:
            self._least = self.points
            state = self._state
            self._best = Layout(state.at.copy(), state.backup.copy(), state.crew.copy())
            self.is_better = True

    def spots(self) -> list[Spot | None]:
        """The layout as it lies."""
        return spots_of(self._tables, Layout(*self._state[:3]))

    def best(self) -> list[Spot | None]:
        """The best one, which then is no longer news."""
        self.is_better = False
        return spots_of(self._tables, self._best)

    def _move(self, moves: int, heat: float) -> None:
        anneal(self._tables, self._state, self._best, moves, heat, self._chance)


def _worth(board: Board, tally: Tally) -> float:
    """What a placed activity costs, on average."""
    unplaced = board.unplaced()
    cost = tally.cost() - sum(board.instance.drop[activity] for activity in unplaced)
    return cost / max(1, len(board.spots) - len(unplaced))


def _tell(
    board: Board, tally: Tally, walkers: Sequence[Walker], on_better: Callable[[], None]
) -> None:
    """Lay what is news on the board where it makes it cheaper."""
    for walker in walkers:
        if walker.is_better and _lay(board, tally, walker.best()):
            on_better()


def _lay(board: Board, tally: Tally, spots: Sequence[Spot | None]) -> bool:
    """Lay everything elsewhere if that is cheaper; whether it is."""
    before = tally.cost()
    moved = {n: spot for n, spot in enumerate(spots) if spot != board.spots[n]}
    old = board.lay(moved)
    is_cheaper = tally.cost() < before
    if not is_cheaper:
        board.lay(old)
    return is_cheaper

"""Annealing over the days of lines (exchange.py): sheets cool side by side, a thread each.

The temperature falls geometrically, and what breaks rules costs more and more (Kirkpatrick, Gelatt
and Vecchi 1983); whoever still breaks some at the end is given another line.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from events.planner.compiled import IS_COMPILED
from events.planner.staff.book import Book, Ints
from events.planner.staff.exchange import (
    Options,
    Sheet,
    exchange,
    open_options,
    open_sheet,
)
from events.planner.stop import Stop

HOT, COLD = 0.15, 0.01
"""Temperatures at the beginning and at the end, as shares of what a gap usually costs."""
MILD, STRICT = 0.6, 1.5
"""What a broken rule costs at the beginning, and until the end is near, in gaps."""
LAST, SEVERE = 0.9, 8.0
"""When the end is near, as a share of all turns, and what a broken rule costs at last."""
TURNS = 300
"""Turns until it is cold, at most."""
MOVES = 100 if IS_COMPILED else 1
"""Moves of a turn for each day of each volunteer."""
MOST_MOVES = 500_000
"""Moves of a turn at most: a quarter of a second."""


class Annealing:
    """Sheets of lines (V, D) on their way to better ones."""

    def __init__(
        self, book: Book, lines: Ints, generator: np.random.Generator, threads: int = 2
    ) -> None:
        self._book = book
        self._options: Options = open_options(book)
        self._walkers = [
            (open_sheet(self._book, self._options, lines.copy()), chance)
            for chance in generator.spawn(threads)
        ]
        self._unit = max(float(np.median(book.under)), 1.0)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="roster")
        self._turns = 0

    def is_cold(self) -> bool:
        """Whether all turns are done."""
        return self._turns >= TURNS

    def turn(self, stop: Stop) -> None:
        """A round of moves on each sheet; turns and `stop` tell how cold it is."""
        cooled = max(self._turns / TURNS, stop.spent())
        self._turns += 1
        heat = self._unit * HOT * (COLD / HOT) ** cooled
        fine = self._unit * _fine(cooled)

        def walk(walker: tuple[Sheet, np.random.Generator]) -> None:
            sheet, chance = walker
            moves = min(MOVES * sheet.lines.size, MOST_MOVES)
            exchange(self._book, self._options, sheet, moves, heat, fine, chance)

        list(self._pool.map(walk, self._walkers))
        stop.count()

    def is_news(self) -> bool:
        """Whether a tenth of all turns has passed since it last was."""
        return self._turns % (TURNS // 10) == 0

    def sheets(self) -> Iterator[tuple[Ints, list[int]]]:
        """The lines of each sheet, and who of them breaks a rule."""
        for sheet, _ in self._walkers:
            yield sheet.lines.copy(), np.flatnonzero(sheet.broken).tolist()

    def close(self) -> None:
        """Lets the threads go."""
        self._pool.shutdown()


def _fine(cooled: float) -> float:
    """What a broken rule costs, in gaps."""
    if cooled < LAST:
        return float(MILD * (STRICT / MILD) ** (cooled / LAST))
    return float(STRICT * (SEVERE / STRICT) ** ((cooled - LAST) / (1 - LAST)))

"""When a session can be where, and what two sessions of one day then cost more.

Cells say nothing of the time of day. So whoever has two sessions on a day may find that they do not
go beside each other at their cheapest starts, and takes dearer ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.bound.copies import Alone, Floats, Row
from events.planner.candidates import Ints
from events.planner.compiled import compiled
from events.planner.instance import Instance
from events.planner.problem import DAY

ROUNDED = 1 - 1e-6
"""So that no cost grows by being kept in 32 bits."""
LEVELS = 3
"""So many costs of the starts in a cell are told apart."""


class Times(NamedTuple):
    """Of each cell of a row, (rows, cells, LEVELS): starts that cost so much more, or less."""

    extra: npt.NDArray[np.float32]
    """points above the cheapest, rising; infinite where there is no level more"""
    first: npt.NDArray[np.int16]
    """the earliest of these starts, in minutes of the day"""
    last: npt.NDArray[np.int16]
    """the latest"""
    activity: Ints
    """(rows,)"""
    minutes: Ints
    """(rows,)"""


def timeless(instance: Instance, rows: tuple[Row, ...], cells: int) -> Times:
    """Nothing told yet."""
    shape = (len(rows), cells, LEVELS)
    far = np.iinfo(np.int16)
    return Times(
        np.full(shape, np.inf, dtype=np.float32),
        np.full(shape, far.max, dtype=np.int16),
        np.full(shape, far.min, dtype=np.int16),
        np.array([row.activity for row in rows], dtype=np.int64),
        np.array([instance.activities[row.activity].minutes for row in rows], dtype=np.int64),
    )


def tell(times: Times, row: int, choices: Alone, cells: Ints, share: int) -> Floats:
    """Write down when a row can be where; what it charges itself for each choice, (n,).

    That is its share of what a choice costs more than the cheapest in its cell.
    """
    least = choices.by_cell(cells, times.extra.shape[1])
    beyond: Floats = (choices.points - least[cells]) / share
    order = np.lexsort((beyond, cells))
    cell, extra = cells[order], beyond[order]
    begins = np.flatnonzero(np.diff(cell, prepend=-1))
    steps = np.cumsum((np.diff(extra, prepend=0) != 0) | (np.diff(cell, prepend=-1) != 0))
    level = np.minimum(steps - np.repeat(steps[begins], np.diff([*begins, len(cell)])), LEVELS - 1)
    starts = choices.starts[order] % DAY
    np.minimum.at(times.extra[row], (cell, level), extra * ROUNDED)
    np.minimum.at(times.first[row], (cell, level), starts)
    np.maximum.at(times.last[row], (cell, level), starts)
    np.minimum.accumulate(times.first[row], axis=1, out=times.first[row])
    np.maximum.accumulate(times.last[row], axis=1, out=times.last[row])
    return beyond


@compiled
def beside(times: Times, a: int, here: int, b: int, there: int, gap: int) -> float:
    """What two rows in two cells of a day cost more if nobody serves both without a gap between.

    Infinite where they cannot be served both.
    """
    least = np.inf
    for i in range(LEVELS):
        for j in range(LEVELS):
            extra = times.extra[a, here, i] + times.extra[b, there, j]
            is_before = times.first[a, here, i] + times.minutes[a] + gap <= times.last[b, there, j]
            is_after = times.first[b, there, j] + times.minutes[b] + gap <= times.last[a, here, i]
            if extra < least and (is_before or is_after):
                least = extra
    return float(least)

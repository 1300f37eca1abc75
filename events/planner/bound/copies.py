"""What an activity costs alone, and how those who look at it see that.

Lagrangian decomposition (Guignard and Kim 1987): an expert, a kit, a series, a relation each have a
copy of an activity. Each sees the activity's venue and start as coarsely as it needs, as *cells*,
and is charged for the cell that it uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from events.planner.candidates import Ints
from events.planner.instance import Instance

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alone:
    """What an activity costs alone in each of its choices, (n,) each."""

    venues: Ints
    starts: Ints
    points: Ints

    @property
    def least(self) -> float:
        """The least; infinite where nothing is possible."""
        return float(self.points.min()) if len(self.points) else np.inf

    def by_cell(self, cells: Ints, size: int) -> Floats:
        """The least in each of so many cells; `cells`: that of each choice."""
        table = np.full(size, np.inf)
        np.minimum.at(table, cells, self.points.astype(np.float64))
        return table


def alone(instance: Instance, activity: int) -> Alone:
    """Points of an activity's choices, those without any shelter included."""
    venues, starts, costs = instance.candidates.everywhere(activity)
    costs = costs + instance.prices_of(activity, venues, starts)
    return Alone(venues, starts, costs + instance.exposures(activity, venues, starts))


class Row(NamedTuple):
    """An activity as one asker sees it, and how often it is to be served there."""

    activity: int
    times: int = 1


class Found(NamedTuple):
    """A cheap use of rows: its points, charges included, and its cells; usually the cheapest."""

    points: float
    used: list[tuple[int, int]]
    """pairs of row and cell"""
    missing: float = 0.0
    """by how much another one might be cheaper"""


class Asker(Protocol):
    """Somebody with copies of activities, a row each."""

    @property
    def rows(self) -> Sequence[Row]:
        """The activities."""

    @property
    def size(self) -> int:
        """How many cells a row has."""

    @property
    def is_free(self) -> bool:
        """Whether rows may be left away; if not, each is used once."""

    def cells(self, choices: Alone) -> Ints:
        """The cell of each choice of an activity, (n,)."""

    def best(self, charges: Floats) -> Found:
        """The cheapest use of rows at these charges, (rows, size), infinite where impossible."""

    def losses(self, charges: Floats) -> Floats:
        """By how much that is missed at least where a row uses a cell, (rows, size)."""


class Seen(NamedTuple):
    """A row of one of several askers, by number, and how often it is to be served."""

    asker: int
    row: int
    times: int


def seen_by(askers: Sequence[Asker]) -> dict[int, list[Seen]]:
    """For each activity that anybody sees its rows."""
    seen: dict[int, list[Seen]] = {}
    for n, asker in enumerate(askers):
        for row, (activity, times) in enumerate(asker.rows):
            seen.setdefault(activity, []).append(Seen(n, row, times))
    return seen

"""The master problem of column generation: which mix of known lines covers the posts best.

min sum c_l x_l + sum under_j u_j + sum over_j o_j
with sum of a volunteer's x_l = 1, and for each post j
(sum of x_l that hold j) + u_j - o_j = need_j.
Solved as a linear program by GLOP; the duals of the posts are `marks`, of the volunteers `worth`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from events.planner.staff.book import Book, Ints
from events.planner.staff.pricing import Orders
from events.planner.staff.tables import Floats

NOBODY = 100.0
"""A volunteer without any line costs as much as so many of the dearest gaps."""

WARM = "use_preprocessing:false use_dual_simplex:false"
"""Columns come and go: the last basis stays a good start for the primal simplex."""


@dataclass(frozen=True, slots=True)
class Column:
    """A known line (D,) of a volunteer, and its variable."""

    line: Ints
    variable: Any


class Master:
    """Lines of some volunteers against `need` (J,), which what others hold is taken from.

    `days`: only what is held on these is looked at.
    """

    def __init__(self, book: Book, volunteers: Sequence[int], need: Ints, days: range) -> None:
        self.book = book
        self._posts = range(book.first[days.start], book.first[days.stop])
        self.volunteers = tuple(volunteers)
        self.need = need
        self.columns: dict[int, list[Column]] = {one: [] for one in volunteers}
        self.value = np.inf
        self.marks: Floats = np.zeros(len(need))
        self.worth: dict[int, float] = {}
        self._known: set[tuple[int, bytes]] = set()
        linear: Any = pywraplp
        self._solver = linear.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(WARM)
        self._cost: Any = self._solver.Objective()
        self._of = {one: self._solver.Constraint(1, 1) for one in volunteers}
        self._rows = {}
        for post in self._posts:
            row = self._rows[post] = self._solver.Constraint(int(need[post]), int(need[post]))
            self._variable({row: 1.0}, float(book.under[post]))
            self._variable({row: -1.0}, float(book.over[post]))
        for row in self._of.values():
            self._variable({row: 1.0}, NOBODY * float(book.under.max(initial=1)))

    def add(self, volunteer: int, line: Ints) -> bool:
        """Makes a line known; whether it was new."""
        key = (volunteer, line.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        posts = line[line >= 0]
        rows = {self._rows[post]: 1.0 for post in posts.tolist() if post in self._posts}
        cost = float(self.book.price[volunteer, posts].sum())
        variable = self._variable({self._of[volunteer]: 1.0, **rows}, cost)
        self.columns[volunteer].append(Column(line.copy(), variable))
        return True

    def solve(self) -> None:
        """Finds the best mix; `value`, `marks` and `worth` tell of it."""
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            self._solver.Reset()  # a basis that has become singular is dropped
            self._solver.Solve()
        self.value = self._cost.Value()
        self.marks = np.zeros(len(self.need))
        self.marks[self._posts.start : self._posts.stop] = [
            row.dual_value() for row in self._rows.values()
        ]
        self.worth = {one: row.dual_value() for one, row in self._of.items()}

    def mix(self, volunteer: int) -> list[tuple[float, Ints]]:
        """The shares of the lines that the best mix uses."""
        shares = ((one.variable.solution_value(), one.line) for one in self.columns[volunteer])
        return [(share, line) for share, line in shares if share > 1e-6]

    def obey(self, volunteer: int, orders: Orders) -> None:
        """Closes the lines that do not keep to what is settled."""
        for column in self.columns[volunteer]:
            if not orders.allow(column.line):
                column.variable.SetBounds(0, 0)

    def reopen(self) -> None:
        """Every known line may be used again."""
        for columns in self.columns.values():
            for column in columns:
                column.variable.SetBounds(0, self._solver.infinity())

    def _variable(self, rows: dict[Any, float], cost: float) -> Any:
        variable = self._solver.NumVar(0, self._solver.infinity(), "")
        self._cost.SetCoefficient(variable, cost)
        for row, factor in rows.items():
            row.SetCoefficient(variable, factor)
        return variable

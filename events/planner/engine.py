"""CP-SAT as this planner uses it: two workers for plans, its memory bounded, stopped from outside.

With one worker some rosters found no first plan in a minute where two need a second; for a proof
one is better. OR-tools is loaded when the first model is solved, for it takes half a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from events.planner.answer import Limits

REPEATABLE = 0.2
"""Deterministic time for one solve where a run must be repeatable; about as many seconds."""


class Outcome(Enum):
    """What a solve came to."""

    OPTIMAL = auto()
    FEASIBLE = auto()
    INFEASIBLE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Solved:
    """The end of one solve; `value` reads variables when a solution was found."""

    outcome: Outcome
    solver: Any
    bound: int | None
    effort: float
    """Deterministic time spent."""

    @property
    def is_found(self) -> bool:
        """Whether there is a solution to read."""
        return self.outcome in (Outcome.OPTIMAL, Outcome.FEASIBLE)


class Engine:
    """Solves models one after the other; `halt` may be called by another thread."""

    def __init__(self, limits: Limits, seed: int) -> None:
        self._limits = limits
        self._seed = seed
        self._solver: Any = None

    @staticmethod
    def load() -> Any:
        """The module of CP-SAT; the first time takes half a second."""
        from ortools.sat.python import cp_model  # noqa: PLC0415

        return cp_model

    def halt(self) -> None:
        """Ends the solve that is under way, if any."""
        solver = self._solver
        if solver is not None:
            solver.stop_search()

    def solve(
        self,
        model: Any,
        seconds: float,
        on_bound: Callable[[int], None] | None = None,
        *,
        for_proof: bool = False,
    ) -> Solved:
        """Minimize a model within `seconds`; if work is limited, within a fixed effort instead.

        for_proof: one worker with the whole linear relaxation, without probing and symmetries, for
        a model that is expected to be infeasible; a second one would only look for solutions.
        """
        cp_model = self.load()
        solver = cp_model.CpSolver()
        given = solver.parameters
        given.num_workers = 1 if for_proof else max(2, self._limits.workers)
        given.random_seed = self._seed % 2**31
        given.linearization_level = 2 if for_proof else 1
        if for_proof:
            given.cp_model_probing_level = given.symmetry_level = 0
        given.catch_sigint_signal = False
        given.max_memory_in_mb = self._limits.memory
        if self._limits.work is not None:
            given.interleave_search = True
            given.max_deterministic_time = REPEATABLE
        else:
            given.max_time_in_seconds = seconds
        if on_bound is not None:
            solver.best_bound_callback = lambda bound: _pass(bound, on_bound)
        self._solver = solver
        try:
            status = solver.solve(model)
        finally:
            self._solver = None
        outcome = {
            cp_model.OPTIMAL: Outcome.OPTIMAL,
            cp_model.FEASIBLE: Outcome.FEASIBLE,
            cp_model.INFEASIBLE: Outcome.INFEASIBLE,
        }.get(status, Outcome.NOTHING)
        bound = None if outcome is Outcome.INFEASIBLE else _whole(solver.best_objective_bound)
        return Solved(outcome, solver, bound, solver.deterministic_time)


def _pass(bound: float, on_bound: Callable[[int], None]) -> None:
    """Called by a thread of the solver."""
    whole = _whole(bound)
    if whole is not None:
        on_bound(whole)


def _whole(bound: float) -> int | None:
    """The least whole number not below a bound; None if there is none yet."""
    return None if abs(bound) > 1e15 else int(-(-(bound - 1e-6) // 1))

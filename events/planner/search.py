"""One search from its first plan to its last, in its own thread: which part works when.

Who could serve decides the way. Where everybody is determined (timetables with their teachers)
venue and time are all there is to choose: `layout` has the time. Where people are to be chosen,
a small problem is solved whole by CP-SAT, a large one window by window.
"""

from __future__ import annotations

from events.planner import candidates
from events.planner.answer import Assignment, Limits, Placement, Plan
from events.planner.best import Best
from events.planner.board import Board
from events.planner.dice import Dice
from events.planner.engine import Engine
from events.planner.greedy import construct, push_in, reserve
from events.planner.improve import Improver
from events.planner.instance import Instance
from events.planner.problem import Problem
from events.planner.stop import Stop
from events.planner.whole import ACTIVITIES, Whole


class Search:
    """The parts of one search over one problem."""

    def __init__(self, problem: Problem, limits: Limits, stop: Stop, best: Best, seed: int) -> None:
        self._problem = problem
        self._stop = stop
        self._best = best
        self._seed = seed
        self._rng = Dice(seed)
        self.engine = Engine(limits, seed)

    def run(self, start: Plan | None) -> None:
        """Search until the limits are reached or the best plan is proved."""
        self._best.leave("filter")
        self._candidates = candidates.find(self._problem)
        self._instance = Instance(self._problem, self._candidates)
        self._board = Board(self._instance)
        self._best.leave("greedy")
        self._begin(start)
        self._best.leave("improve")
        self._improve(self._stop)
        self._best.leave("verify")
        self._best.settle()

    def _begin(self, start: Plan | None) -> None:
        """A first plan: what is possible of an old one, then greedily."""
        if start is not None:
            self._load(start.placements)
        construct(self._board, self._rng, self._stop)
        self._found()
        push_in(self._board, self._rng, self._stop.part(0.1))
        reserve(self._board)
        self._found()

    def _improve(self, stop: Stop) -> None:
        if len(self._board.spots) <= ACTIVITIES:
            whole = Whole(self._board, self.engine, self._rng, self._found, self._best.hear_bound)
            if whole.run(stop):
                return
        Improver(self._board, self.engine, self._rng).run(stop, self._found)

    def _load(self, placements: tuple[Placement, ...]) -> None:
        for placement in placements:
            self._board.try_to_place(placement)

    def _found(self) -> None:
        placements = self._board.placements()
        placed = {placement.activity for placement in placements}
        locked = [
            Assignment(volunteer, lock.activity, skill)
            for lock in self._problem.locks
            if lock.activity in placed
            for volunteer, skill in lock.volunteers or ()
        ]
        self._best.hear(Plan(placements, tuple(locked)))

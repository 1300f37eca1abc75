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
from events.planner.problem import Problem, Term
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.terms import level
from events.planner.whole import SMALL, Whole


class Search:
    """The parts of one search over one problem."""

    def __init__(self, problem: Problem, limits: Limits, stop: Stop, best: Best, seed: int) -> None:
        self._problem = problem
        self._stop = stop
        self._best = best
        self._seed = seed
        self._workers = limits.workers
        self._dice = Dice(seed)
        self.engine = Engine(limits, seed)

    def run(self, start: Plan | None) -> None:
        """Search until the limits are reached or the best plan is proved."""
        self._best.leave("filter")
        self._candidates = candidates.find(self._problem)
        self._instance = Instance(self._problem, self._candidates)
        if self._is_a_timetable():
            self._lay_out(start or Plan())
            return
        self._board = Board(self._instance)
        self._tally = Tally(self._board)
        self._best.leave("greedy")
        self._begin(start)
        self._best.leave("improve")
        self._improve(self._stop)
        self._best.leave("verify")
        self._best.settle()

    def _is_a_timetable(self) -> bool:
        """Whether venues and times are all that is chosen, and all that costs."""
        problem, instance = self._problem, self._instance
        determined = all(len(need.qualified) == 1 for needs in instance.needs for need in needs)
        travels = problem.travel.minutes or problem.travel.km
        is_plain = not (problem.volunteers or problem.quotas or travels)
        tires = problem.experts and level(problem, Term.EXPERTS)
        outdoors = any(one.outdoor for one in problem.activities) or any(
            one.outdoor for one in problem.venues
        )
        large = len(problem.activities) > SMALL
        return large and determined and is_plain and not (tires or outdoors)

    def _lay_out(self, start: Plan) -> None:
        """All the time for venues and times."""
        from events.planner import layout  # noqa: PLC0415 - numba takes a second to load

        self._best.leave("improve")
        layout.improve(
            self._problem,
            self._candidates,
            start.placements,
            self._stop,
            seed=self._seed,
            on_better=lambda placements: self._best.hear(Plan(placements)),
            workers=self._workers,
        )
        self._best.leave("verify")
        self._best.settle()

    def _begin(self, start: Plan | None) -> None:
        """A first plan: what is possible of an old one, then greedily."""
        if start is not None:
            self._load(start.placements)
        construct(self._board, self._dice, self._stop)
        self._found()
        push_in(self._board, self._dice, self._stop.part(0.1))
        reserve(self._board)
        self._found()

    def _improve(self, stop: Stop) -> None:
        if len(self._board.spots) <= SMALL:
            whole = Whole(
                self._board,
                self._tally,
                self.engine,
                self._dice,
                self._found,
                self._best.hear_bound,
            )
            if whole.run(stop):
                return
        Improver(self._board, self._tally, self.engine, self._dice).run(stop, self._found)

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

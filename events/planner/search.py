"""One search from its first plan to its last, in its own thread: which part works when.

What there is to choose decides the way. Where venues and times are all (timetables with their
teachers) `layout` has the time; where they are settled (rosters), `staff` has it. Where people are
to be chosen, everything is annealed (`moves`); then a small problem is solved whole by CP-SAT, a
large one window by window.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from events.planner import candidates, machine_code
from events.planner.answer import Assignment, Limits, Placement, Plan
from events.planner.best import Best
from events.planner.board import Board
from events.planner.dice import Dice
from events.planner.engine import Engine
from events.planner.greedy import construct, push_in, reserve
from events.planner.improve import Improver
from events.planner.instance import Instance
from events.planner.prices import floors, forgone, is_beyond_choice, prices, together
from events.planner.problem import Problem, Term
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.terms import level
from events.planner.whole import SMALL, Whole

if TYPE_CHECKING:
    from events.planner.bound import Relaxation

QUICK = 0.3
"""Of the time, at most, until some volunteers are assigned."""
FIRST_STAGE, SECOND_STAGE = 0.65, 0.6
"""Of the time that is left, for each stage, where there are two."""
RELAXED, BESIDE = 0.3, 0.9
"""Of the time, at most, for a bound that needs no proof: of a small problem, of a large one."""
SKETCHED, PATIENCE = 0.2, 5
"""Of that time, at most, before a small problem is solved whole; idle windows that end it."""
MOMENT = 0.6
"""Seconds of annealing that are enough for a small problem."""
MANY, MOVED = 30, 0.8
"""Activities from which annealing pays, and how much of the time of a large problem it has."""
ROUNDS = 2
"""How often places that nobody fills come back to the first stage as prices."""


class Search:
    """The parts of one search over one problem."""

    def __init__(self, problem: Problem, limits: Limits, stop: Stop, best: Best, seed: int) -> None:
        self._problem = problem
        self._stop = stop
        self._best = best
        self._seed = seed
        self._limits = limits
        self._dice = Dice(seed)
        self._assignments: tuple[Assignment, ...] = ()
        self._staffed: dict[str, tuple[str, int]] = {}
        self.engine = Engine(limits, seed)

    def run(self, start: Plan | None) -> None:
        """Search until the limits are reached or the best plan is proved."""
        self._best.leave("filter")
        self._candidates = candidates.find(self._problem)
        self._instance = Instance(self._problem, self._candidates)
        if self._is_a_timetable():
            self._lay_out(start or Plan())
        else:
            self._in_two_stages(start or Plan())
        self._best.leave("verify")
        self._best.settle()

    def _in_two_stages(self, start: Plan) -> None:
        self._best.leave("greedy")
        self._board = Board(self._instance)
        self._tally = Tally(self._board)
        if self._has_places() and not self._is_settled():
            self._instance.prices = floors(self._instance)
            self._instance.drop = forgone(self._instance)
        self._begin(start)
        self._best.hear_bound(sum(map(self._instance.least, range(len(self._board.spots)))))
        if not self._has_places():
            self._best.leave("improve")
            self._improve(self._stop)
            return
        if not self._is_settled():
            some = self._stop.part(QUICK)
            self._staff(Stop(self._limits, lambda: some.over() or bool(self._assignments)))
            self._best.settle()
            self._best.leave("improve")
            self._improve(self._stop.part(FIRST_STAGE))
            self._best.settle()
            self._best.leave("staff")
            self._staff(self._stop.part(SECOND_STAGE))
            self._price_places()
        self._best.leave("staff")
        self._staff(self._stop)

    def _is_a_timetable(self) -> bool:
        """Whether venues and times are all that is chosen, and all that costs."""
        problem, instance = self._problem, self._instance
        determined = all(len(need.qualified) == 1 for needs in instance.needs for need in needs)
        travels = problem.travel.minutes or problem.travel.km
        is_plain = not (problem.volunteers or problem.quotas or problem.sites or travels)
        tires = problem.experts and level(problem, Term.EXPERTS)
        outdoors = any(one.outdoor for one in problem.activities) or any(
            one.outdoor for one in problem.venues
        )
        large = len(problem.activities) > SMALL
        return large and determined and is_plain and not (tires or outdoors)

    def _is_settled(self) -> bool:
        """Whether nothing is to be chosen but volunteers."""
        instance = self._instance
        return all(
            instance.count(n) <= 1 and all(len(need.qualified) <= 1 for need in needs)
            for n, needs in enumerate(instance.needs)
        )

    def _has_places(self) -> bool:
        problem = self._problem
        return bool(problem.volunteers) and any(one.places for one in problem.activities)

    def _lay_out(self, start: Plan) -> None:
        """A first plan before the loops are loaded; then all the time for venues and times."""
        self._best.leave("greedy")
        self._board = Board(self._instance)
        self._begin(start)
        from events.planner import layout  # noqa: PLC0415 - numba takes a second to load

        self._best.leave("improve")
        layout.improve(
            self._problem,
            self._candidates,
            self._board.placements(),
            self._stop,
            seed=self._seed,
            on_better=lambda placements: self._best.hear(Plan(placements)),
            workers=self._limits.workers,
        )

    def _begin(self, start: Plan) -> None:
        """A first plan: what is possible of an old one, then greedily."""
        for placement in start.placements:
            self._board.try_to_place(placement)
        self._keep(start.assignments, start.placements)
        construct(self._board, self._dice, self._stop)
        self._found()
        push_in(self._board, self._dice, self._stop.part(0.1))
        reserve(self._board)
        self._found()

    def _improve(self, stop: Stop) -> None:
        if not self._board.spots:
            return
        if len(self._board.spots) > SMALL:
            self._relax_beside(self._stop.part(BESIDE), is_small=False)
            self._move(stop, MOVED)
        elif self._solve_whole(stop):
            return
        improver = Improver(self._board, self._tally, self.engine, self._dice)
        improver.run(stop, self._found)

    def _relax_beside(self, stop: Stop, *, is_small: bool) -> Callable[[], Relaxation | None]:
        """Look for a bound in a thread of its own; what is returned waits for it.

        Where work is limited, all wait for it, so that a run can be repeated exactly. There is none
        while its loops are being compiled.
        """
        if not self._limits.with_bound or not machine_code.is_ready():
            return lambda: None
        from events.planner import bound  # noqa: PLC0415 - numba takes a second to load

        relaxed, upper = bound.Relaxation(self._instance), self._tally.cost()
        relaxed.bound(upper, Stop(Limits(seconds=0)))  # two threads must not load loops at once
        arguments = upper, stop, self._best.hear_bound, bound.BRISK if is_small else bound.THOROUGH
        beside = threading.Thread(target=relaxed.bound, args=arguments, name="bound", daemon=True)
        beside.start()

        def bounded() -> Relaxation:
            beside.join()
            return relaxed

        if self._limits.work is not None:
            beside.join()
        return bounded

    def _solve_whole(self, stop: Stop) -> bool:
        """A good plan, then a proof, and again while that makes it better; whether it is proved."""
        bounded = self._relax_beside(stop.part(RELAXED), is_small=True)
        cost = None
        while cost != self._tally.cost() and not stop.over():
            cost = self._tally.cost()
            if not self._move(stop, SKETCHED, MOMENT):
                improver = Improver(self._board, self._tally, self.engine, self._dice)
                improver.run(stop.part(SKETCHED), self._found, patience=PATIENCE)
            whole = Whole(
                self._board,
                self._tally,
                self.engine,
                self._dice,
                self._found,
                self._best.hear_bound,
                bounded(),
            )
            if self._is_met() or whole.run(stop) or self._is_met():
                return True
        return False

    def _is_met(self) -> bool:
        """Whether the plan costs no more than any must."""
        bound = self._best.bound
        return bound is not None and self._tally.cost() <= bound

    def _move(self, stop: Stop, share: float, most: float = math.inf) -> bool:
        """Anneal everything at once for a share of the time that is left, `most` seconds at most.

        Not where there is too little to anneal, or no machine code for it yet.
        """
        if len(self._board.spots) < MANY or not machine_code.is_whole():
            return False
        from events.planner import moves  # noqa: PLC0415 - numba takes a second to load

        if moves.IS_COMPILED:
            moves.improve(
                self._board,
                self._tally,
                stop,
                dice=self._dice,
                on_better=self._found,
                on_loaded=self._load_beside,
                share=share,
                most=most,
                workers=self._limits.workers,
            )
        return moves.IS_COMPILED

    def _load_beside(self) -> None:
        """Load what solves models; not while numba is loaded, which does not bear that."""
        threading.Thread(target=self.engine.load, name="load").start()

    def _staff(self, stop: Stop) -> None:
        """Volunteers for the board as it lies."""
        from events.planner import staff  # noqa: PLC0415 - numba takes a second to load

        placements = self._board.placements()

        def better(assignments: tuple[Assignment, ...]) -> None:
            self._keep(assignments, placements)
            self._found()

        assignments, bound = staff.assign(
            self._problem,
            placements,
            stop,
            seed=self._seed,
            start=self._carried(placements),
            on_better=better,
        )
        better(assignments)
        spent = self._tally.cost()
        if bound is not None and self._is_settled() and is_beyond_choice(self._board, spent):
            self._best.hear_bound(spent + bound)

    def _price_places(self) -> None:
        """What nobody fills makes its district and half-day dearer, and both stages go again."""
        unavoidable = self._instance.prices
        for _ in range(ROUNDS):
            self._best.settle()
            empty = prices(self._instance, Plan(self._board.placements(), self._assignments))
            if not empty or self._stop.over():
                break
            self._instance.prices = together(unavoidable, empty)
            self._tally.forget()
            self._best.leave("improve")
            improver = Improver(self._board, self._tally, self.engine, self._dice)
            improver.run(self._stop.part(0.3), self._found)
            self._best.leave("staff")
            self._staff(self._stop.part(0.3))
        self._instance.prices = unavoidable

    def _keep(self, assignments: tuple[Assignment, ...], placements: tuple[Placement, ...]) -> None:
        """Remember who was assigned to what lay where."""
        self._assignments = assignments
        self._staffed = {one.activity: (one.venue, one.start) for one in placements}

    def _carried(self, placements: tuple[Placement, ...]) -> tuple[Assignment, ...]:
        """The assignments to activities that have not moved since, and those that are locked."""
        still = {
            one.activity
            for one in placements
            if self._staffed.get(one.activity) == (one.venue, one.start)
        }
        carried = [one for one in self._assignments if one.activity in still]
        placed = {one.activity for one in placements}
        carried += [
            Assignment(volunteer, lock.activity, skill)
            for lock in self._problem.locks
            if lock.activity in placed
            for volunteer, skill in lock.volunteers or ()
        ]
        return tuple(dict.fromkeys(carried))

    def _found(self) -> None:
        placements = self._board.placements()
        self._best.hear(Plan(placements, self._carried(placements)))

"""A problem solved whole: all activities free, each with its list of candidates.

Where a bound leaves few choices to any better plan (`bound/left.py`), the lists hold all of these,
with as many people, teams and shelters as `ALL` says; otherwise as much as `LISTS` says. What is
proved is proved over the lists: outright where they hold everything that is possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events.planner.board import Board, Spot
from events.planner.dice import Dice
from events.planner.engine import Engine, Outcome
from events.planner.offers import Breadth, Offer, offer
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.windows import Solution, Window

if TYPE_CHECKING:
    from events.planner.bound import Relaxation
    from events.planner.bound.left import Left

LISTS = Breadth(choices=24, people=12, teams=4, asked=400, dry=3)
FEW = 6_000
"""Choices of all activities together that are left, if they are to be looked at all."""
ALL = Breadth(choices=FEW, people=400, teams=12, asked=400, dry=3)
SHARE = 0.6
"""Of the time that is left."""
SMALL = 100
"""Activities up to which a problem is solved whole."""


@dataclass(slots=True)
class Whole:
    """Solves one model of everything; the board ends as good as it was, or better."""

    board: Board
    tally: Tally
    engine: Engine
    dice: Dice
    on_better: Callable[[], None]
    on_bound: Callable[[int], None]
    relaxed: Relaxation | None = None

    def run(self, stop: Stop) -> bool:
        """Whether the best plan over the lists was found and proved."""
        if stop.over():
            return False
        before = self.tally.cost()
        left = self._left(before)
        solution = self._solve(max(0.05, SHARE * stop.left()), before, left)
        stop.count()
        nothing_better = left is not None and solution.outcome is Outcome.INFEASIBLE
        bound = before if nothing_better else solution.bound
        if bound is not None:
            self.on_bound(bound)
        return bound is not None and bound >= self.tally.cost()

    def _solve(self, seconds: float, before: int, left: Left | None) -> Solution:
        board, tally = self.board, self.tally
        free = range(len(board.spots))
        old: dict[int, Spot | None] = {n: board.take(n) for n in free}
        offers = [self._offer(n, old[n], left) for n in free]
        window = Window(board, offers, old, most_pairs=None)
        below = None if left is None else before
        solution = window.solve(
            self.engine, seconds, lambda bound: self.on_bound(min(bound, before)), below=below
        )
        board.lay(solution.spots or old)
        if tally.cost() > before:
            board.lay(old)
        elif tally.cost() < before:
            self.on_better()
        return solution

    def _left(self, upper: int) -> Left | None:
        """What better plans may use, if a bound leaves few enough choices to look at them all."""
        if self.relaxed is None:
            return None
        left = self.relaxed.left(upper)
        few = sum(len(left.choices(n)) for n in range(len(self.board.spots))) <= FEW
        return left if few else None

    def _offer(self, activity: int, old: Spot | None, left: Left | None) -> Offer:
        if left is None:
            choices = self.board.instance.pool(activity, self.dice)
            return offer(self.board, activity, old, choices, LISTS)
        offered = offer(self.board, activity, None, left.choices(activity), ALL)
        crews = zip(offered.people, left.crews(activity), strict=True)
        people = tuple(tuple(who for who in some if who in set(crew)) for some, crew in crews)
        return replace(offered, people=people)

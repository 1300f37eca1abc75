"""A problem solved whole: all activities free, each with its list of candidates.

What it proves, it proves over these lists (`LISTS`); problems whose lists hold everything that is
possible are proved outright.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from events.planner.board import Board, Spot
from events.planner.dice import Dice
from events.planner.engine import Engine
from events.planner.offers import Breadth, Offer, offer
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.windows import Solution, Window

LISTS = Breadth(choices=24, people=12, teams=4, asked=400, dry=3)
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

    def run(self, stop: Stop) -> bool:
        """Whether the best plan over the lists was found and proved."""
        if stop.over():
            return False
        solution = self._solve(max(0.05, SHARE * stop.left()))
        stop.count()
        if solution.bound is not None:
            self.on_bound(solution.bound)
        return solution.bound is not None and solution.bound >= self.tally.cost()

    def _solve(self, seconds: float) -> Solution:
        board, tally = self.board, self.tally
        before = tally.cost()
        free = range(len(board.spots))
        old: dict[int, Spot | None] = {n: board.take(n) for n in free}
        offers = [self._offer(n, old[n]) for n in free]
        window = Window(board, offers, old, most_pairs=None)
        solution = window.solve(self.engine, seconds, self.on_bound)
        board.lay(solution.spots or old)
        if tally.cost() > before:
            board.lay(old)
        elif tally.cost() < before:
            self.on_better()
        return solution

    def _offer(self, activity: int, old: Spot | None) -> Offer:
        choices = self.board.instance.pool(activity, self.dice)
        return offer(self.board, activity, old, choices, LISTS)

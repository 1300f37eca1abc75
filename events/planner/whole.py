"""A small problem solved whole: all activities free, lists that grow where that may help.

In the relaxed model an activity may be elsewhere: in nobody's way, at the price of the cheapest
choice that is not on its list. So its bound holds for every plan; and once nothing is elsewhere
in its best solution, nothing cheaper was left off. Until then the lists of those that were
elsewhere grow (column generation in spirit: Dantzig and Wolfe 1960).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from events.planner.board import Board, Spot
from events.planner.dice import Dice
from events.planner.engine import Engine, Outcome
from events.planner.greedy import settle
from events.planner.improve import lay
from events.planner.offers import Breadth, Offer, offer
from events.planner.stop import Stop
from events.planner.tally import Tally
from events.planner.windows import Solution, Window

ACTIVITIES = 150
"""More are not solved whole."""
FIRST, GROWTH, COLUMNS = 8, 3, 12_000
"""Choices on a first list, how many times as many on the next, and of all lists together."""
SHARE = 0.5
"""Of the time that is left, for each model."""
ALL = 10_000


@dataclass(slots=True)
class Whole:
    """Solves models of the whole problem, each with longer lists than the one before."""

    board: Board
    engine: Engine
    dice: Dice
    on_better: Callable[[], None]
    on_bound: Callable[[int], None]
    _lengths: dict[int, int] = field(default_factory=dict)

    def run(self, stop: Stop) -> bool:
        """Whether the best plan was found and proved."""
        tally = Tally(self.board)
        self._lengths = dict.fromkeys(range(len(self.board.spots)), FIRST)
        while not stop.over():
            stop.count()
            offers, solution = self._solve(tally, stop)
            if solution.bound is not None:
                self.on_bound(solution.bound)
                if solution.bound >= tally.cost():
                    return True
            if solution.outcome is not Outcome.OPTIMAL or not solution.elsewhere:
                return False
            for activity in solution.elsewhere:
                self._lengths[activity] *= GROWTH
            if sum(len(one.choices) for one in offers) > COLUMNS:
                return False
        return False

    def _solve(self, tally: Tally, stop: Stop) -> tuple[list[Offer], Solution]:
        """Solve one model; what it found is laid down if it is better."""
        board, before = self.board, tally.cost()
        free = range(len(board.spots))
        old: dict[int, Spot | None] = {n: board.take(n) for n in free}
        offers = [self._offer(n, old[n]) for n in free]
        window = Window(board, offers, old, is_relaxed=True)
        solution = window.solve(self.engine, max(0.05, SHARE * stop.left()), self.on_bound)
        lay(board, solution.spots or old)
        for activity in solution.elsewhere:
            settle(board, activity, board.instance.pool(activity, self.dice))
        if tally.cost() >= before:
            for activity in free:
                board.take(activity)
            lay(board, old)
        else:
            self.on_better()
        return offers, solution

    def _offer(self, activity: int, old: Spot | None) -> Offer:
        choices = self.board.instance.all_choices(activity)
        most = Breadth(self._lengths[activity], ALL, ALL, ALL, dry=ALL)
        return offer(self.board, activity, old, choices, most)

"""Search where a volunteer takes one post a day at most: lines by column generation.

A first roster, one cheapest line after the other; a bound, and a dive over all volunteers where the
mix of lines comes close to it, else annealing over days; then large neighbourhoods (Shaw 1998):
some volunteers give up their lines, or more of them some weeks, and generation and a dive find new
ones while all else stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from events.planner.staff.anneal import Annealing
from events.planner.staff.book import (
    LEAST_MINUTES,
    STEEP,
    Ints,
    Question,
    Rank,
    cover,
    empty_lines,
    rank,
)
from events.planner.staff.dive import Lines, dive, generate
from events.planner.staff.line import broken_lines, excess
from events.planner.staff.master import Master
from events.planner.staff.pricing import Orders, Pricing
from events.planner.staff.tables import Floats
from events.planner.stop import Stop

RUSH = 5.0
"""Points of each further open place at first."""
PASSES = 6
"""Times that everybody's line is looked at once more before the first dive."""
KEPT = 30
"""Lines of a volunteer that a neighbourhood begins with."""
EQUAL = 0.5
"""Points that a mix of lines may be dearer than the roster that it is to replace."""
WHOLE = 0.12
"""Share of the time for the bound."""
ANNEALED = 0.85
"""Share of what is left for annealing, where the mix stays far from its bound."""
LONG = 14
"""Days above which every other neighbourhood is a window of days."""
CLOSE = 0.2
"""Share of its points that a mix may lie above its bound and still be worth a dive."""


class RosterSearch:
    """The best lines (V, D, 1) so far, and what was learnt on the way to them."""

    def __init__(
        self,
        question: Question,
        pricing: Pricing,
        stop: Stop,
        generator: np.random.Generator,
        on_better: Callable[[Ints], None],
    ) -> None:
        self._question = question
        self._book = question.book
        self._stop = stop
        self._generator = generator
        self._on_better = on_better
        self._pricing = pricing
        self._lines = empty_lines(question)
        self._rank: Rank | None = None
        self._days = range(len(question.book.weekend))
        self._known: dict[int, list[Ints]] = {one: [] for one in range(len(self._lines))}
        self.bound: float = -np.inf

    def run(self, given: Ints) -> Ints:
        """The best lines when `stop` says so or the bound is met; `given` to begin with."""
        self._construct(given.copy())
        if not self._whole():
            self._anneal()
        self._relent()
        while not self._stop.over() and not self._is_proved():
            self._neighbourhood()
            self._stop.count()
        self._pricing.close()
        return self._lines

    def _is_proved(self) -> bool:
        most = self._question.base + self.bound + 1 - 1e-6
        return self._rank is not None and self._rank < (0, 0, most)

    def _keep(self, lines: Ints) -> bool:
        """Takes lines over if they are no worse; whether they are better."""
        found = rank(self._question, lines)
        if self._rank is not None and found > self._rank:
            return False
        is_better = self._rank is None or found < self._rank
        self._lines, self._rank = lines, found
        if is_better:
            self._on_better(lines)
        return is_better

    def _construct(self, lines: Ints) -> None:
        """Who has no legal line takes the one that is cheapest at today's gaps; then all do."""
        filled, lacking = cover(self._book, lines), set(broken_lines(self._book, lines))
        for one in self._order() if lacking else ():
            if one in lacking:
                self._settle(lines, filled, one, rush=RUSH)
        self._keep(lines.copy())
        self._polish(lines, self._stop.part(0.1))

    def _polish(self, lines: Ints, stop: Stop) -> None:
        """Everybody in turn looks for a cheaper line, until nobody finds one."""
        filled = cover(self._book, lines)
        for _ in range(PASSES):
            moved = False
            for one in self._order():
                moved |= self._settle(lines, filled, one)
                if stop.over():
                    break
            self._keep(lines.copy())
            if not moved or stop.over():
                return

    def _order(self) -> list[int]:
        """All volunteers in random order."""
        return [int(one) for one in self._generator.permutation(len(self._lines))]

    def _settle(
        self, lines: Ints, filled: Ints, one: int, rush: float | Floats | None = None
    ) -> bool:
        """Gives one volunteer the line that is cheapest while others stay; whether it is another.

        `rush`: today's counts for nothing, and each further open place is worth so much.
        """
        book = self._book
        line = lines[one, :, 0]
        held = line[line >= 0]
        filled[held] -= 1
        if rush is not None:
            line[:] = -1
        marks = np.where(filled < book.need, book.under, -book.over).astype(float)
        worth = np.inf
        if rush is None:
            worth = float((book.price[one, held] - marks[held]).sum()) - 1e-6
        else:
            marks += rush * np.maximum(book.need - filled, 0)
        is_better = False
        for priced in self._pricing.cheapest([one], marks, {}, {}, tries=3):
            is_better = priced.price < worth
            if is_better:
                line[:] = priced.line
                self._remember(one, priced.line)
        filled[line[line >= 0]] += 1
        return is_better

    def _remember(self, one: int, line: Ints) -> None:
        """Knows a volunteer's line, and forgets the oldest of too many."""
        self._known[one] = [*self._known[one][1 - KEPT :], line]

    def _anneal(self) -> None:
        """Annealed lines; where one breaks a rule, the cheapest in its place."""
        stop = self._stop.part(ANNEALED)
        annealing = Annealing(self._book, self._lines[:, :, 0], self._generator)
        while not stop.over() and not annealing.is_cold():
            annealing.turn(stop)
            if annealing.is_news():
                for lines, broken in annealing.sheets():
                    self._mend(lines[:, :, None], broken)
        annealing.close()
        for lines, broken in annealing.sheets():
            self._polish(self._mend(lines[:, :, None], broken), self._stop.part(0.1))

    def _mend(self, lines: Ints, broken: Sequence[int]) -> Ints:
        """The lines, with legal ones for those that are broken."""
        filled = cover(self._book, lines)
        for one in broken:
            self._settle(lines, filled, one, rush=0.0)
        for one in range(len(lines)):
            self._remember(one, lines[one, :, 0].copy())
        self._keep(lines.copy())
        return lines

    def _whole(self) -> bool:
        """The bound, and a dive of all where the mix has come close to it; whether it has."""
        master = Master(self._book, range(len(self._lines)), self._book.need, self._days)
        for one, lines in self._known.items():
            for line in [*lines, self._lines[one, :, 0]]:
                master.add(one, line)
        self.bound = generate(master, self._pricing, {}, self._stop.part(WHOLE), rounds=200)
        points = self._question.base + master.value
        if self._is_proved():
            return True
        if master.value - self.bound > CLOSE * points:
            return False
        ceiling = np.inf if self._rank is None else self._rank[-1] - self._question.base + EQUAL
        slow = self._stop.part(0.6)
        self._take(dive(master, self._pricing, {}, self._stop, 0.12, ceiling, slow))
        self._learn(master)
        return True

    def _relent(self) -> None:
        """Whoever finds too few places to serve as long as they must takes what is open."""
        book = self._book
        lines = self._lines.copy()
        filled = cover(book, lines)
        taken = np.zeros(book.most_by_skill.shape[1], dtype=np.int32)
        for one, line in enumerate(lines):
            held = line[line >= 0]
            crowds = (filled[held] > book.need[held]) & (book.over[held] >= STEEP)
            if crowds.any() or excess(book, one, line, taken):
                book.contracts[one, LEAST_MINUTES] = 0
                self.bound = -np.inf
                self._settle(lines, filled, one, rush=STEEP * book.minutes.astype(np.float64))
        self._keep(lines)

    def _neighbourhood(self) -> None:
        """Some volunteers anew, or more of them in a window of days."""
        draw = self._generator.integers
        if len(self._days) > LONG and draw(2):
            width, size = int(draw(LONG // 2, LONG + 1)), int(draw(8, 25))
        else:
            width, size = len(self._days), int(draw(4, 14))
        begin = int(draw(len(self._days) - width + 1))
        several = self._generator.choice(
            len(self._lines), min(size, len(self._lines)), replace=False
        )
        self._renew(sorted(several.tolist()), range(begin, begin + width))

    def _renew(self, volunteers: list[int], days: range) -> None:
        """Better lines for some volunteers, that differ from those of today on these days only."""
        others = self._lines.copy()
        others[volunteers] = -1
        need = self._book.need - cover(self._book, others)
        master = Master(self._book, volunteers, need, days)
        orders: dict[int, Orders] = {}
        for one in volunteers:
            line = self._lines[one, :, 0]
            master.add(one, line)
            if days != self._days:
                orders[one] = Orders(self._book)
                for day in set(self._days) - set(days):
                    orders[one].settle(day, int(line[day]))
        master.solve()
        today = master.value
        for one in volunteers if days == self._days else ():
            for line in self._known[one][-KEPT:]:
                master.add(one, line)
        generate(master, self._pricing, orders, self._stop, rounds=30)
        if master.value < today - EQUAL:
            self._take(dive(master, self._pricing, orders, self._stop, 0.1, today + EQUAL))
        if days == self._days:
            self._learn(master)

    def _take(self, found: Lines | None) -> None:
        """Takes over what a dive found, if it is no worse."""
        if found is None:
            return
        lines = self._lines.copy()
        for one, line in found.items():
            lines[one, :, 0] = line
        self._keep(lines)

    def _learn(self, master: Master) -> None:
        """Remembers the lines that the best mixes of a master used."""
        for one, columns in master.columns.items():
            self._known[one] = [column.line for column in columns]

"""Search where a volunteer takes one post a day at most: lines by column generation.

A first roster, one cheapest line after the other; a bound and a dive over all volunteers; then
large neighbourhoods (Shaw 1998): some volunteers give up their lines, generation and a dive
find them new ones while all others stay.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from events.planner.staff.book import Ints, Question, cost, empty_lines
from events.planner.staff.dive import Lines, cover, dive, generate
from events.planner.staff.line import is_legal
from events.planner.staff.master import Master
from events.planner.staff.pricing import Pricing
from events.planner.stop import Stop

PASSES = 6
"""Times that everybody's line is looked at once more before the first dive."""
KEPT = 30
"""Lines of a volunteer that a neighbourhood begins with."""


class RosterSearch:
    """The best lines (V, D, 1) so far, and what was learnt on the way to them."""

    def __init__(
        self,
        question: Question,
        stop: Stop,
        generator: np.random.Generator,
        on_better: Callable[[Ints], None],
        threads: int = 2,
    ) -> None:
        self._question = question
        self._book = question.book
        self._stop = stop
        self._generator = generator
        self._on_better = on_better
        self._pricing = Pricing(question.book, threads)
        self._lines = empty_lines(question)
        self._cost: int | None = None
        self._known: dict[int, list[Ints]] = {one: [] for one in range(len(self._lines))}
        self.bound: float = -np.inf

    def run(self, given: Ints) -> Ints:
        """The best lines when `stop` says so or the bound is met; `given` to begin with."""
        if is_legal(self._book, given):
            self._keep(given)
        self._construct()
        self._whole()
        size = 4
        while not self._stop.over() and not self._is_proved():
            size = self._neighbourhood(size)
            self._stop.count()
        self._pricing.close()
        return self._lines

    def _is_proved(self) -> bool:
        return self._cost is not None and self._cost < self._question.base + self.bound + 1 - 1e-6

    def _keep(self, lines: Ints) -> bool:
        """Takes lines over if they are no worse; whether they are better."""
        found = cost(self._question, lines)
        if self._cost is not None and found > self._cost:
            return False
        is_better = self._cost is None or found < self._cost
        self._lines, self._cost = lines, found
        if is_better:
            self._on_better(lines)
        return is_better

    def _construct(self) -> None:
        """Everybody in turn takes the line that is cheapest at today's gaps, and once again."""
        book = self._book
        lines = self._lines.copy()
        filled = cover(book, lines)
        time = self._stop.part(0.1)
        for turn in range(0 if self._cost is None else 1, PASSES):
            moved = False
            for one in self._generator.permutation(len(lines)).tolist():
                old = lines[one, :, 0]
                filled[old[old >= 0]] -= 1
                marks = np.where(filled < book.need, book.under, -book.over).astype(float)
                if turn == 0:
                    marks += 5.0 * np.maximum(book.need - filled, 0)
                for priced in self._pricing.cheapest([one], marks, {}, {}, tries=3):
                    posts = old[old >= 0]
                    worth = float((book.price[one, posts] - marks[posts]).sum())
                    if turn == 0 or priced.price < worth - 1e-6:
                        lines[one, :, 0] = priced.line
                        self._known[one].append(priced.line)
                        moved = True
                new = lines[one, :, 0]
                filled[new[new >= 0]] += 1
                if turn and time.over():
                    return
            self._keep(lines.copy())
            if not moved:
                return

    def _whole(self) -> None:
        """The bound, and the first dive."""
        master = Master(self._book, range(len(self._lines)), self._book.need)
        for one, lines in self._known.items():
            for line in lines:
                master.add(one, line)
        self.bound = generate(master, self._pricing, self._stop.part(0.35), rounds=200)
        found = dive(master, self._pricing, self._stop, 0.12, slow=self._stop.part(0.6))
        self._learn(master)
        if found is not None:
            self._take(found)

    def _neighbourhood(self, size: int) -> int:
        """Some volunteers anew; how many the next time."""
        size = min(size, len(self._lines))
        chosen = sorted(self._generator.choice(len(self._lines), size, replace=False).tolist())
        others = self._lines.copy()
        others[chosen] = -1
        master = Master(self._book, chosen, self._book.need - cover(self._book, others))
        for one in chosen:
            for line in [*self._known[one][-KEPT:], self._lines[one, :, 0]]:
                master.add(one, line)
        generate(master, self._pricing, self._stop, rounds=30)
        found = dive(master, self._pricing, self._stop, 0.1)
        self._learn(master)
        if found is None:
            return size
        self._take(found)
        return int(self._generator.integers(4, 14))

    def _take(self, found: Lines) -> bool:
        lines = self._lines.copy()
        for one, line in found.items():
            lines[one, :, 0] = line
        return self._keep(lines)

    def _learn(self, master: Master) -> None:
        """Remembers the lines that the best mixes of a master used."""
        for one, columns in master.columns.items():
            self._known[one] = [column.line for column in columns]

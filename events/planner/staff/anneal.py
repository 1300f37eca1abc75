"""Annealing over whole lines: again and again, somebody takes the line that is cheapest for now.

Others stay, so a line's price is exact; noise on the prices of posts, cooled geometrically, lets
other lines win (the noising method, Charon and Hudry 1993; as a sampler Papandreou and Yuille
2011). What got dearer in truth is kept by the rule of Metropolis.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from events.planner.staff.book import Book, Ints
from events.planner.staff.pricing import Pricing
from events.planner.staff.tables import Floats
from events.planner.stop import Stop

HOT, COLD = 0.1, 0.01
"""Noise at the beginning and at the end, as shares of what a gap usually costs."""
TURNS = 400
"""Times that everybody's line is looked at, at most."""
TOGETHER = 4
"""Volunteers who look for new lines at the same time, each as if the others stayed."""


class Annealing:
    """Lines (V, D) that change in place, and how many hold each post."""

    def __init__(
        self, book: Book, pricing: Pricing, lines: Ints, generator: np.random.Generator
    ) -> None:
        self.lines = lines
        self._book = book
        self._pricing = pricing
        self._generator = generator
        self._filled = np.bincount(lines[lines >= 0], minlength=len(book.need))
        self._turns = 0
        self._unit = max(float(np.median(book.under)), 1.0)

    def is_cold(self) -> bool:
        """Whether all turns are done."""
        return self._turns >= TURNS

    def turn(self, stop: Stop) -> None:
        """Everybody once, in groups and in random order; turns and `stop` tell how cold it is."""
        self._turns += 1
        heat = self._unit * HOT * (COLD / HOT) ** max(self._turns / TURNS, stop.spent())
        order = self._generator.permutation(len(self.lines)).tolist()
        for begin in range(0, len(order), TOGETHER):
            if stop.over():
                return
            group = order[begin : begin + TOGETHER]
            noise = self._generator.normal(0.0, heat, (len(group), len(self._book.need)))
            wanted = [(one, self._marks(one) + own) for one, own in zip(group, noise, strict=True)]
            for priced in self._pricing.each(wanted, tries=2):
                self._offer(priced.volunteer, priced.line, heat)
        stop.count()

    def _marks(self, volunteer: int) -> Floats:
        """(J,) what it is worth that this volunteer holds a post, when all others stay."""
        filled = self._filled - self._holds(volunteer)
        return np.where(filled < self._book.need, self._book.under, -self._book.over).astype(float)

    def _holds(self, volunteer: int) -> npt.NDArray[np.int64]:
        line = self.lines[volunteer]
        return np.bincount(line[line >= 0], minlength=len(self._book.need))

    def _offer(self, volunteer: int, line: Ints, heat: float) -> None:
        """Gives the volunteer a line unless it costs too much."""
        marks = self._marks(volunteer)
        old = self.lines[volunteer]
        dearer = self._worth(volunteer, line, marks) - self._worth(volunteer, old, marks)
        if dearer <= 0 or self._generator.random() < np.exp(-dearer / heat):
            self._filled -= self._holds(volunteer)
            self.lines[volunteer] = line
            self._filled += self._holds(volunteer)

    def _worth(self, volunteer: int, line: Ints, marks: Floats) -> float:
        posts = line[line >= 0]
        return float((self._book.price[volunteer, posts] - marks[posts]).sum())

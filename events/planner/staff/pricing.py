"""Cheapest lines of many volunteers at once: the pricing step of column generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from events.planner.staff.book import FORBIDDEN, Book, Ints
from events.planner.staff.pattern import Floats, cheapest, room

CERTAIN = 1e7
"""Points off for a post that a line must hold."""
MOST_ROOM = 20_000_000
"""Numbers in the table of one volunteer: above it, lines are not looked for by patterns."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A volunteer's cheapest line (D,) found, its price, and a bound on the price of any line."""

    volunteer: int
    line: Ints
    price: float
    bound: float


class Orders:
    """Days of one volunteer that are settled: a post, or -1 for a day off."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.days: dict[int, int] = {}
        self.tolls: Floats = np.zeros(len(book.need))

    def settle(self, day: int, post: int) -> None:
        """The day holds this post and no other."""
        self.days[day] = post
        self.tolls[self._book.first[day] : self._book.first[day + 1]] = np.inf
        if post >= 0:
            self.tolls[post] = -CERTAIN

    def allow(self, line: Ints) -> bool:
        """Whether a line (D,) keeps to what is settled."""
        return all(line[day] == post for day, post in self.days.items())

    @property
    def refund(self) -> float:
        """What the settled posts take off a line's price."""
        return CERTAIN * sum(post >= 0 for post in self.days.values())


class Pricing:
    """Prices lines on `threads` threads; what it learns of limits by skill is kept."""

    def __init__(self, book: Book, threads: int) -> None:
        self._book = book
        self.measure = max(int(np.gcd.reduce(book.minutes)), 1)
        size = room(book, self.measure)
        self._scratch = [np.empty(size) for _ in range(threads)]
        self._fines = np.zeros(book.most_by_skill.shape)
        self._price = book.price.astype(np.float64)
        self._price[book.price >= FORBIDDEN] = np.inf
        self._pool = ThreadPoolExecutor(threads)

    def close(self) -> None:
        """Lets the threads go."""
        self._pool.shutdown()

    def cheapest(
        self,
        volunteers: Sequence[int],
        marks: Floats,
        good: Mapping[int, float],
        orders: Mapping[int, Orders],
        tries: int = 8,
    ) -> list[Priced]:
        """Cheapest lines where post j costs what the volunteer asks for it less `marks[j]`.

        `good[volunteer]`: a line below this price is good enough to stop looking.
        """
        threads = len(self._scratch)

        def work(thread: int) -> list[Priced]:
            mine = volunteers[thread::threads]
            return [
                self._one(one, marks, good.get(one, -np.inf), orders.get(one), tries, thread)
                for one in mine
            ]

        if threads == 1 or len(volunteers) == 1:
            found = [
                self._one(one, marks, good.get(one, -np.inf), orders.get(one), tries, 0)
                for one in volunteers
            ]
        else:
            found = [one for part in self._pool.map(work, range(threads)) for one in part]
        return [one for one in found if one.price < np.inf]

    def _one(
        self,
        volunteer: int,
        marks: Floats,
        good: float,
        orders: Orders | None,
        tries: int,
        thread: int,
    ) -> Priced:
        prices = self._price[volunteer] - marks
        refund = 0.0
        if orders is not None:
            prices += orders.tolls
            refund = orders.refund
        search = _Lagrangian(
            self._book, volunteer, prices, self.measure, self._scratch[thread], self._fines
        )
        search.run(tries, good - refund)
        return Priced(volunteer, search.line, search.price + refund, search.bound + refund)


class _Lagrangian:
    """A volunteer's cheapest line within the limits by skill.

    A place of skill s costs `fines[s]` more; subgradient steps (Polyak 1969) move the fines until
    no line could be cheaper, the line is good enough, or the tries are over.
    """

    def __init__(
        self,
        book: Book,
        volunteer: int,
        prices: Floats,
        measure: int,
        scratch: Floats,
        fines: Floats,
    ) -> None:
        self._book = book
        self._volunteer = volunteer
        self._prices = prices
        self._measure = measure
        self._scratch = scratch
        self._fines = fines[volunteer]
        self._limits = book.most_by_skill[volunteer]
        self.line = np.full(len(book.weekend), -1, dtype=np.int32)
        self.price = np.inf
        self.bound = -np.inf

    def run(self, tries: int, good: float) -> None:
        """Finds `line` and its `price`, inf if there is none, and `bound`."""
        for attempt in range(tries):
            price, line = self._cheapest(self._prices + self._fines[self._book.skill])
            if price == np.inf:
                self.bound = np.inf
                return
            over = self._taken(line) - self._limits
            fined = self._fines > 0
            self.bound = max(self.bound, price - float(self._fines[fined] @ self._limits[fined]))
            self._keep(line)
            moving = fined | (over > 0)
            if not moving.any() or self.price < good or self.price - self.bound < 1e-6:
                return
            if self.price == np.inf:
                self._shut(line)
                if self.price < good:
                    return
            gap = self.price - self.bound
            if gap == np.inf:
                gap = 10.0 + 0.01 * abs(self.bound)
            square = float(over[moving] @ over[moving])
            if square == 0.0:
                return
            step = gap / square * 0.9**attempt
            self._fines[moving] = np.maximum(self._fines[moving] + step * over[moving], 0.0)

    def _cheapest(self, prices: Floats) -> tuple[float, Ints]:
        line = np.empty_like(self.line)
        price = cheapest(self._book, self._volunteer, prices, self._measure, self._scratch, line)
        return float(price), line

    def _taken(self, line: Ints) -> Ints:
        """(S,) how often a line holds each skill."""
        counts = np.bincount(self._book.skill[line[line >= 0]], minlength=len(self._limits))
        return counts.astype(np.int32)

    def _keep(self, line: Ints) -> bool:
        """Takes the line over if it is within the limits, and cheaper; whether it is within."""
        if (self._taken(line) > self._limits).any():
            return False
        price = float(self._prices[line[line >= 0]].sum())
        if price < self.price:
            self.line, self.price = line, price
        return True

    def _shut(self, line: Ints) -> None:
        """Comes within the limits by force: a skill is left to its cheapest posts of the line."""
        prices = self._prices.copy()
        for _ in self._limits:
            held = line[line >= 0]
            for skill in np.flatnonzero(self._taken(line) > self._limits):
                mine = held[self._book.skill[held] == skill]
                kept = mine[np.argsort(prices[mine], kind="stable")][: self._limits[skill]]
                shut = self._book.skill == skill
                shut[kept] = False
                prices[shut] = np.inf
            price, line = self._cheapest(prices)
            if price == np.inf or self._keep(line):
                return

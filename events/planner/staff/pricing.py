"""Cheapest lines of many volunteers at once: the pricing step of column generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from events.planner.staff.book import FORBIDDEN, LEAST_REST, Book, Ints
from events.planner.staff.kinds import Kinds, classify
from events.planner.staff.limits import cheapest_within
from events.planner.staff.tables import Desk, Floats, room, shape_of, steps


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
        self.rests: Floats = np.zeros(len(book.weekend))

    def settle(self, day: int, post: int) -> None:
        """The day holds this post and no other."""
        self.days[day] = post
        self.tolls[self._book.first[day] : self._book.first[day + 1]] = np.inf
        if post >= 0:
            self.tolls[post] = 0.0
            self.rests[day] = np.inf

    def allow(self, line: Ints) -> bool:
        """Whether a line (D,) keeps to what is settled."""
        return all(line[day] == post for day, post in self.days.items())


class Pricing:
    """Prices lines on `threads` threads; what it learns of limits by skill is kept."""

    def __init__(self, book: Book, threads: int) -> None:
        self._book = book
        self._kinds: dict[int, Kinds] = {}
        volunteers = range(len(book.contracts))
        for one in volunteers:
            rest = int(book.contracts[one, LEAST_REST])
            if rest not in self._kinds:
                self._kinds[rest] = classify(book, one)
        self._shapes = [shape_of(book, one) for one in volunteers]
        tables = [(self._kinds_of(one), self._shapes[one]) for one in volunteers]
        self.steps = sum(steps(*one) for one in tables)
        size = max(room(*one) for one in tables)
        self._scratch = [np.empty(size) for _ in range(threads)]
        self._fines = np.zeros(book.most_by_skill.shape)
        self._price = book.price.astype(np.float64)
        self._price[book.price >= FORBIDDEN] = np.inf
        self._rests = np.zeros(len(book.weekend))
        self._pool = ThreadPoolExecutor(threads)

    def _kinds_of(self, volunteer: int) -> Kinds:
        return self._kinds[int(self._book.contracts[volunteer, LEAST_REST])]

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
        asked = [(one, marks, good.get(one, -np.inf), orders.get(one)) for one in volunteers]
        threads = len(self._scratch)

        def work(thread: int) -> list[Priced]:
            return [self._one(*one, tries, thread) for one in asked[thread::threads]]

        if threads == 1 or len(asked) == 1:
            found = [self._one(*one, tries, 0) for one in asked]
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
        rests = self._rests
        if orders is not None:
            prices += orders.tolls
            rests = orders.rests
        kinds, shape = self._kinds_of(volunteer), self._shapes[volunteer]
        desk = Desk(volunteer, kinds, shape, self._scratch[thread])
        line = np.full(len(self._book.weekend), -1, dtype=np.int32)
        price, bound = cheapest_within(
            self._book, desk, prices, rests, self._fines[volunteer], tries, good, line
        )
        return Priced(volunteer, line, price, bound)

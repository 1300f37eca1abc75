"""The cheapest line of one volunteer within the limits by skill.

A place of skill s costs `fines[s]` more; subgradient steps (Polyak 1969) move the fines until no
line could be cheaper, the line is good enough, or the tries are over.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled
from events.planner.staff.book import Book, Ints
from events.planner.staff.pattern import cheapest
from events.planner.staff.tables import Desk, Floats

EXACT = 1e-6
"""Points that do not count."""


@compiled
def cheapest_within(
    book: Book,
    desk: Desk,
    prices: Floats,
    rests: Floats,
    fines: Floats,
    tries: int,
    good: float,
    line: Ints,
) -> tuple[float, float]:
    """Writes the cheapest line found to `line` (D,); its price, and a bound on that of any line.

    `fines` (S,) to begin with, and what is learnt of them; below the price `good` it stops.
    Both are inf if there is no line.
    """
    limits = book.most_by_skill[desk.volunteer]
    taken = np.zeros(len(limits), dtype=np.int64)
    found = np.empty_like(line)
    best, bound = np.inf, -np.inf
    for attempt in range(tries):
        price = cheapest(book, desk, prices + fines[book.skill], rests, found)
        if price == np.inf:
            return np.inf, np.inf
        bound = max(bound, price - _all_fines(fines, limits))
        excess = _count(book, found, limits, taken)
        if excess == 0 and _price(prices, found) < best:
            best = _price(prices, found)
            line[:] = found
        if best == np.inf:
            best = _force(book, desk, prices, rests, taken, found)
            line[:] = found
        square = 0.0
        for skill in range(len(limits)):
            if fines[skill] > 0 or taken[skill] > limits[skill]:
                square += (taken[skill] - limits[skill]) ** 2
        if square == 0.0 or best < good or best - bound < EXACT:
            break
        gap = best - bound if best < np.inf else 10.0 + 0.01 * abs(bound)
        step = gap / square * 0.9**attempt
        for skill in range(len(limits)):
            if fines[skill] > 0 or taken[skill] > limits[skill]:
                fines[skill] = max(fines[skill] + step * (taken[skill] - limits[skill]), 0.0)
    return best, bound


@compiled
def _all_fines(fines: Floats, limits: Ints) -> float:
    """What a line pays that holds as much of every fined skill as it may."""
    total = 0.0
    for skill in range(len(limits)):
        if fines[skill] > 0:
            total += fines[skill] * limits[skill]
    return total


@compiled
def _count(book: Book, line: Ints, limits: Ints, taken: npt.NDArray[np.int64]) -> int:
    """Notes how often a line holds each skill; how often too many."""
    taken[:] = 0
    for post in line:
        if post >= 0:
            taken[book.skill[post]] += 1
    return int(np.maximum(taken - limits, 0).sum())


@compiled
def _price(prices: Floats, line: Ints) -> float:
    """What the posts of a line cost."""
    total = 0.0
    for post in line:
        if post >= 0:
            total += prices[post]
    return total


@compiled
def _force(
    book: Book,
    desk: Desk,
    prices: Floats,
    rests: Floats,
    taken: npt.NDArray[np.int64],
    line: Ints,
) -> float:
    """Brings `line`, which has `taken` so often of each skill, within the limits; its price.

    A skill is left to its cheapest posts of the line.
    """
    limits = book.most_by_skill[desk.volunteer]
    left = prices.copy()
    count = taken.copy()
    for _ in range(len(limits)):
        for skill in range(len(limits)):
            if count[skill] > limits[skill]:
                _shut(book, left, skill, limits[skill], line)
        if cheapest(book, desk, left, rests, line) == np.inf:
            return np.inf
        if _count(book, line, limits, count) == 0:
            return _price(prices, line)
    return np.inf


@compiled
def _shut(book: Book, prices: Floats, skill: int, limit: int, line: Ints) -> None:
    """Closes the posts of a skill but for the cheapest ones of the line."""
    kept = np.full(limit, -1, dtype=np.int64)
    for place in range(limit):
        for post in line:
            if post < 0 or book.skill[post] != skill or np.any(kept == post):
                continue
            if kept[place] < 0 or prices[post] < prices[kept[place]]:
                kept[place] = post
    for post in range(len(prices)):
        if book.skill[post] == skill and not np.any(kept == post):
            prices[post] = np.inf

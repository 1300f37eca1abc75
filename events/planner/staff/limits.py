"""The cheapest line of one volunteer within the limits by skill.

A place of skill s costs `fines[s]` more; subgradient steps (Polyak 1969) move the fines until no
line could be cheaper, the line is good enough, or the tries are over.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from events.planner.compiled import compiled_in_place, inner, pasted
from events.planner.staff.book import Book, Ints
from events.planner.staff.pattern import cheapest
from events.planner.staff.tables import Desk, Floats, Table, copy, laid

EXACT = 1e-6
"""Points that do not count."""


class Asked(NamedTuple):
    """What a line costs, and when to stop looking."""

    prices: Floats
    """(J,) of the posts."""
    rests: Floats
    """(D,) of days off."""
    fines: Floats
    """(S,) of the skills."""
    tries: int
    good: float


class Notes(NamedTuple):
    """What is written down on the way."""

    fined: Floats
    """(J,) prices with fines, or with posts shut."""
    found: Ints
    """(D,) the line of this try."""
    taken: Ints
    """(S,) how often it holds each skill."""
    forced: Ints
    """(S,) the same while it is brought within the limits."""


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
    table = laid(desk.kinds, desk.shape, desk.scratch)
    notes = Notes(
        fined=np.empty_like(prices),
        found=np.empty_like(line),
        taken=np.empty(len(fines), dtype=np.int32),
        forced=np.empty(len(fines), dtype=np.int32),
    )
    return _within(book, desk, table, Asked(prices, rests, fines, tries, good), notes, line)


@compiled_in_place
def _within(
    book: Book, desk: Desk, table: Table, asked: Asked, notes: Notes, line: Ints
) -> tuple[float, float]:
    limits = book.most_by_skill[desk.volunteer]
    prices, fines, found, taken = asked.prices, asked.fines, notes.found, notes.taken
    best, bound = np.inf, -np.inf
    for attempt in range(asked.tries):
        _fine(book, prices, fines, notes.fined)
        price = cheapest(book, desk, table, notes.fined, asked.rests, found)
        if price == np.inf:
            return np.inf, np.inf
        bound = max(bound, price - _all_fines(fines, limits))
        if _count(book, found, limits, taken) and _price(prices, found) < best:
            best = _price(prices, found)
            copy(found, line)
        if best == np.inf:
            best = _force(book, desk, table, asked, notes)
            copy(found, line)
        square = 0.0
        for skill in range(len(limits)):
            if fines[skill] > 0 or taken[skill] > limits[skill]:
                square += (taken[skill] - limits[skill]) ** 2
        if square == 0.0 or best < asked.good or best - bound < EXACT:
            break
        gap = best - bound if best < np.inf else 10.0 + 0.01 * abs(bound)
        step = gap / square * 0.9**attempt
        for skill in range(len(limits)):
            if fines[skill] > 0 or taken[skill] > limits[skill]:
                fines[skill] = max(fines[skill] + step * (taken[skill] - limits[skill]), 0.0)
    return best, bound


@pasted
def _fine(book: Book, prices: Floats, fines: Floats, fined: Floats) -> None:
    for post in range(len(prices)):
        fined[post] = prices[post] + fines[book.skill[post]]


@pasted
def _all_fines(fines: Floats, limits: Ints) -> float:
    """What a line pays that holds as much of every fined skill as it may."""
    total = 0.0
    for skill in range(len(limits)):
        if fines[skill] > 0:
            total += fines[skill] * limits[skill]
    return total


@inner
def _count(book: Book, line: Ints, limits: Ints, taken: Ints) -> bool:
    """Notes how often a line holds each skill; whether that is within the limits."""
    for skill in range(len(limits)):
        taken[skill] = 0
    is_within = True
    for day in range(len(line)):
        if line[day] >= 0:
            skill = book.skill[line[day]]
            taken[skill] += 1
            is_within = is_within and taken[skill] <= limits[skill]
    return is_within


@inner
def _price(prices: Floats, line: Ints) -> float:
    """What the posts of a line cost."""
    total = 0.0
    for day in range(len(line)):
        if line[day] >= 0:
            total += prices[line[day]]
    return total


@pasted
def _force(book: Book, desk: Desk, table: Table, asked: Asked, notes: Notes) -> float:
    """Brings the line found within the limits; its price.

    A skill is left to its cheapest posts of the line.
    """
    limits = book.most_by_skill[desk.volunteer]
    left, line, count = notes.fined, notes.found, notes.forced
    copy(notes.taken, count)
    for post in range(len(left)):
        left[post] = asked.prices[post]
    for _ in range(len(limits)):
        for skill in range(len(limits)):
            if count[skill] > limits[skill]:
                _shut(book, left, skill, count[skill] - limits[skill], line)
        if cheapest(book, desk, table, left, asked.rests, line) == np.inf:
            return np.inf
        if _count(book, line, limits, count):
            return _price(asked.prices, line)
    return np.inf


@pasted
def _shut(book: Book, prices: Floats, skill: int, many: int, line: Ints) -> None:
    """Closes the posts of a skill but for those of the line, and of these the `many` dearest."""
    for post in range(len(prices)):
        if book.skill[post] == skill and line[book.day[post]] != post:
            prices[post] = np.inf
    for _ in range(many):
        dearest = -1
        for day in range(len(line)):
            post = line[day]
            if post < 0 or book.skill[post] != skill or prices[post] == np.inf:
                continue
            if dearest < 0 or prices[post] >= prices[dearest]:
                dearest = post
        prices[dearest] = np.inf

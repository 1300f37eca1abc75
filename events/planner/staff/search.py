"""Stage B of a plan: volunteers for the places of activities that stand.

Where everybody takes one post a day at most and the patterns of a line are few enough, lines are
generated (roster.py); else posts are filled one by one (fill.py). Both begin with what is locked
and with what a plan before had.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from events.planner.answer import Assignment, Placement
from events.planner.problem import Problem
from events.planner.staff.book import (
    FORBIDDEN,
    LEAST_MINUTES,
    STEEP,
    Ints,
    Question,
    Rank,
    assignments_of,
    open_book,
    owed,
    rank,
    read_lines,
)
from events.planner.staff.fill import Floor, fill, open_floor
from events.planner.staff.line import broken_lines
from events.planner.staff.pricing import Pricing
from events.planner.staff.roster import RosterSearch
from events.planner.stop import Stop

Heard = Callable[[tuple[Assignment, ...]], None]
MOST_STEPS = 1_000_000_000
"""Steps to price everybody's line once, above which posts are filled one by one."""
MOVES = 300_000
"""Moves of `fill` between two looks at the stop."""
COOLER = 0.7
"""Factor of the heat from one round of filling to the next."""
TIRED = 25
"""Rounds of filling without a better roster, after which no more are tried."""


def assign(
    problem: Problem,
    placements: tuple[Placement, ...],
    stop: Stop,
    *,
    seed: int,
    start: tuple[Assignment, ...] = (),
    on_better: Heard,
) -> tuple[tuple[Assignment, ...], int | None]:
    """Who takes which place of the placed activities, and a bound on the points of any answer.

    The points are those of the terms PLACES and WISHES. `start`: assignments to begin with; those
    that no longer fit are dropped. `on_better` hears of better answers as they are found.
    """
    question = open_book(problem, placements)
    if not question.posts or not question.volunteers:
        return (), None
    given = _legal(question, _given(problem, question, start))

    def told(lines: Ints) -> None:
        on_better(assignments_of(question, lines))

    pricing = Pricing(question.book, threads=2) if question.slots == 1 else None
    if pricing is not None and pricing.steps <= MOST_STEPS:
        roster = RosterSearch(question, pricing, stop, np.random.default_rng(seed), told)
        lines = roster.run(given)
        if not _broken(question, given):
            lines = min(given, lines, key=lambda one: rank(question, one))
        bound = None if roster.bound == -np.inf else _whole(question.base + roster.bound)
        return assignments_of(question, lines), bound
    least = question.base + _least(question)
    return assignments_of(question, _filled(question, given, least, stop, seed, told)), least


def _given(problem: Problem, question: Question, start: tuple[Assignment, ...]) -> Ints:
    locked = tuple(
        Assignment(volunteer, lock.activity, skill)
        for lock in problem.locks
        for volunteer, skill in lock.volunteers or ()
    )
    return read_lines(question, tuple(dict.fromkeys(locked + start)))


def _legal(question: Question, lines: Ints) -> Ints:
    """The lines, where a line that breaks a rule keeps its locked posts only."""
    price = question.book.price
    for one in _broken(question, lines):
        for row in lines[one]:
            kept = [post for post in row if post >= 0 and price[one, post] <= -STEEP // 2]
            row[:] = kept + [-1] * (len(row) - len(kept))
    return lines


def _broken(question: Question, lines: Ints) -> list[int]:
    """Whose lines break a rule, apart from minutes owed."""
    contracts = question.book.contracts.copy()
    contracts[:, LEAST_MINUTES] = 0
    return broken_lines(question.book._replace(contracts=contracts), lines)


def _whole(bound: float) -> int:
    return int(np.ceil(bound - 1e-6))


def _least(question: Question) -> int:
    """Points below `base` and above gaps that any answer has, were volunteers free at all times."""
    book = question.book
    total = 0
    for post in range(len(book.need)):
        prices = np.sort(book.price[:, post][book.price[:, post] < FORBIDDEN]).astype(np.int64)
        prices[: book.need[post]] -= book.under[post]
        prices[book.need[post] :] += book.over[post]
        total += int(book.need[post]) * int(book.under[post]) + int(prices[prices < 0].sum())
    return total


def _filled(
    question: Question,
    lines: Ints,
    least: int,
    stop: Stop,
    seed: int,
    told: Callable[[Ints], None],
) -> Ints:
    book = question.book
    chance = np.random.default_rng(seed)
    floor = open_floor(book, lines)
    best, best_rank = lines.copy(), _rank(question, floor)
    told(best)
    hottest = max(float(np.median(book.under)) / 2, 1.0)
    heat, tired = hottest, 0
    while not stop.over() and best_rank > (0, (0, 0, least)) and tired < TIRED:
        fill(book, floor, MOVES, heat, heat * COOLER, chance)
        heat = max(heat * COOLER, hottest / 100)
        stop.count()
        found = _rank(question, floor)
        tired += 1
        if found < best_rank:
            best, best_rank, tired = lines.copy(), found, 0
            told(best)
    return best


def _rank(question: Question, floor: Floor) -> tuple[int, Rank]:
    """First by rules broken in lines, apart from minutes owed, then as all rosters."""
    short = -(-owed(question, floor.lines) // question.book.unit)
    return int(floor.bad.sum() - short.sum()), rank(question, floor.lines)

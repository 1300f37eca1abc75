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
    Book,
    Ints,
    Question,
    Rank,
    assignments_of,
    open_book,
    rank,
    read_lines,
)
from events.planner.staff.fill import fill, open_floor
from events.planner.staff.line import broken_lines, excess
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
        lines = min(given, roster.run(given), key=lambda one: _rank(question, one))
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
    """The lines, where one that breaks a rule gives up posts until it keeps all; locked ones stay.

    Minutes owed break no rule here.
    """
    book = _lenient(question.book)
    for one in broken_lines(book, lines):
        _thin(book, one, lines[one])
    return lines


def _lenient(book: Book) -> Book:
    """The book, as if nobody had promised any minutes."""
    contracts = book.contracts.copy()
    contracts[:, LEAST_MINUTES] = 0
    return book._replace(contracts=contracts)


def _thin(book: Book, one: int, line: Ints) -> None:
    """Takes posts out of a line (D, slots), each time the one without which it is least broken."""
    taken = np.zeros(book.most_by_skill.shape[1], dtype=np.int32)

    def without(post: int) -> tuple[int, int, Ints]:
        left = line.copy()
        row = left[book.day[post]]
        row[:] = np.append(row[row != post], -1)
        return excess(book, one, left, taken), int(book.under[post] - book.price[one, post]), left

    while excess(book, one, line, taken):
        loose = [post for post in line[line >= 0] if book.price[one, post] > -STEEP // 2]
        if not loose:
            return
        line[:] = min(map(without, loose), key=lambda found: found[:2])[-1]


def _rank(question: Question, lines: Ints) -> tuple[int, Rank]:
    """First by lines that break a rule, apart from minutes owed, then as all rosters."""
    return len(broken_lines(_lenient(question.book), lines)), rank(question, lines)


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
    best, best_rank = lines.copy(), _rank(question, lines)
    told(best)
    hottest = max(float(np.median(book.under)) / 2, 1.0)
    heat, tired = hottest, 0
    while not stop.over() and best_rank > (0, (0, 0, least)) and tired < TIRED:
        fill(book, floor, MOVES, heat, heat * COOLER, chance)
        heat = max(heat * COOLER, hottest / 100)
        stop.count()
        found = _legal(question, lines.copy())
        found_rank = _rank(question, found)
        tired += 1
        if found_rank < best_rank:
            best, best_rank, tired = found, found_rank, 0
            told(best)
    return best

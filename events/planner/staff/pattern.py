"""The cheapest legal line of one volunteer, by dynamic programming in two layers.

A line is runs of days worked, with breaks between them. Below, the cheapest run from each day, by
length and minutes: states are minutes and the class of the last post. Above, a shortest path with
resources from break to break: states are weekends and minutes. With runs of R days, U sums of
minutes of a run and M of a line, W weekends, K kinds and L, E classes of a day's posts (kinds.py):
O(D * R * U * (K + L * E)) below, O(D * R * U * W * M) above. At most one post a day.

This is the pricing problem of column generation (Jaumard, Semet, Vovor 1998; Strandmark, Qu,
Curtois 2020) and, at prices of today's gaps, a neighbourhood.
"""

from __future__ import annotations

import numpy as np

from events.planner.compiled import inner, pasted
from events.planner.staff.book import LEAST_RUN, Book, Ints
from events.planner.staff.runs import choose, relax, runs_from, span, write_run
from events.planner.staff.tables import (
    Desk,
    Floats,
    Shape,
    Table,
    begins_weekend,
    clear,
    least_units,
    most_work,
    weekends_of,
)


@inner
def cheapest(
    book: Book, desk: Desk, table: Table, prices: Floats, rests: Floats, line: Ints
) -> float:
    """Writes the cheapest line to `line` (D,); its price, inf if there is none.

    `prices` (J,) of the posts, `rests` (D,) of days off. Limits by skill are not looked at.
    """
    kinds, shape = desk.kinds, desk.shape
    contract = book.contracts[desk.volunteer]
    days = len(book.weekend)
    clear(table.runs)
    clear(table.free)
    clear(table.tired)
    choose(book, kinds, prices, table.chosen)
    least = least_units(contract, shape)
    seen = 1
    table.free[0, 0, 0] = 0.0
    for day in range(days):
        if day > 0:
            _rest(table, shape, rests, day)
        if _is_reached(table.free[day]):
            runs_from(book, kinds, shape, prices, table, day)
            for end in range(day + 1, min(day + shape.runs, days) + 1):
                if _is_long_enough(contract, day, end, days):
                    _work(book, table, shape, least, (day, end, seen))
        seen = min(seen + begins_weekend(book, day, 0), shape.weekends)
    _rest(table, shape, rests, days)
    return _walk_back(book, desk, prices, rests, table, line)


@pasted
def _is_reached(states: Floats) -> bool:
    """Whether any state (weekends, tops) has a price."""
    for weekend in range(states.shape[0]):
        for top in range(states.shape[1]):
            if states[weekend, top] < np.inf:
                return True
    return False


@inner
def _rest(table: Table, shape: Shape, rests: Floats, day: int) -> None:
    """Lines with the day before `day` off, that may work from `day` on."""
    ended = day - shape.off
    for weekend in range(shape.weekends):
        free = table.free[day, weekend]
        relax(table.free[day - 1, weekend], free, rests[day - 1])
        if ended > 0:
            relax(table.tired[ended, weekend], free, _total(rests, ended, day))


@inner
def _total(rests: Floats, begin: int, end: int) -> float:
    """What so many days off cost."""
    total = 0.0
    for day in range(begin, end):
        total += rests[day]
    return total


@inner
def _is_long_enough(contract: Ints, day: int, end: int, days: int) -> bool:
    """Whether a run may be as short as from `day` to `end`; ends of the campaign excuse."""
    return bool(end - day >= contract[LEAST_RUN] or day == 0 or end == days)


@pasted
def _work(book: Book, table: Table, shape: Shape, least: int, run: tuple[int, int, int]) -> None:
    """Lines that work from a day until an end; `run`: both, and the weekends so far."""
    day, end, seen = run
    days = len(book.weekend)
    more = weekends_of(book, shape, day, end)
    low = max(0, least - most_work(shape, days - day))
    later = max(0, least - most_work(shape, days - end - shape.off))
    high = min(shape.tops - 1, most_work(shape, day)) + 1
    lightest, heaviest = span(shape, end - day)
    for units in range(lightest, heaviest):
        price = table.runs[day, end - day - 1, units]
        if price == np.inf:
            continue
        begin, until = max(low, later - units), min(high, shape.tops - units)
        for weekend in range(min(seen, shape.weekends - more)):
            relax(
                table.free[day, weekend, begin:until],
                table.tired[end, weekend + more, begin + units : until + units],
                price,
            )


@pasted
def _walk_back(
    book: Book, desk: Desk, prices: Floats, rests: Floats, table: Table, line: Ints
) -> float:
    """The line of the cheapest end: each step finds where its value came from."""
    kinds, shape = desk.kinds, desk.shape
    contract = book.contracts[desk.volunteer]
    best, is_free, (day, weekend, top) = _end(book, contract, shape, rests, table)
    if best == np.inf:
        return best
    for off in range(day, len(line)):
        line[off] = -1
    while day > 0:
        if not is_free:
            begin, units = _before(book, contract, shape, table, (day, weekend, top))
            write_run(book, kinds, shape, prices, table, (begin, day, units), line)
            weekend -= weekends_of(book, shape, begin, day)
            top -= units
            day = begin
            is_free = True
        elif table.free[day - 1, weekend, top] + rests[day - 1] == table.free[day, weekend, top]:
            day -= 1
            line[day] = -1
        else:
            for _ in range(shape.off):
                day -= 1
                line[day] = -1
            is_free = False
    return best


@pasted
def _end(
    book: Book, contract: Ints, shape: Shape, rests: Floats, table: Table
) -> tuple[float, bool, tuple[int, int, int]]:
    """Price of a line's cheapest end, whether it may work then, and (day, weekends, minutes)."""
    days = len(book.weekend)
    least = least_units(contract, shape)
    best = np.inf
    is_free = True
    at = (0, 0, 0)
    for day in range(max(days - shape.off + 1, 1), days + 2):
        for weekend in range(shape.weekends):
            for top in range(least, shape.tops):
                if day > days:
                    value = table.free[days, weekend, top]
                else:
                    value = table.tired[day, weekend, top] + _total(rests, day, days)
                if value < best:
                    best = value
                    is_free = day > days
                    at = (min(day, days), weekend, top)
    return best, is_free, at


@pasted
def _before(
    book: Book, contract: Ints, shape: Shape, table: Table, end: tuple[int, int, int]
) -> tuple[int, int]:
    """Day and minutes of the run that a line ends with."""
    day, weekend, top = end
    value = table.tired[day, weekend, top]
    for begin in range(max(day - shape.runs, 0), day):
        less = weekends_of(book, shape, begin, day)
        if less > weekend or not _is_long_enough(contract, begin, day, len(book.weekend)):
            continue
        low, high = span(shape, day - begin)
        for units in range(low, min(high, top + 1)):
            run = table.runs[begin, day - begin - 1, units]
            if table.free[begin, weekend - less, top - units] + run == value:
                return begin, units
    return 0, 0

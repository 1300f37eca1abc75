"""Runs of days worked: the cheapest from each day, by length and sum of minutes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from events.planner.compiled import inner, pasted
from events.planner.staff.book import Book, Ints
from events.planner.staff.kinds import Kinds
from events.planner.staff.tables import Floats, Shape, Table


@pasted
def choose(book: Book, kinds: Kinds, prices: Floats, chosen: Ints) -> None:
    """Notes the cheapest post of each kind of each day."""
    for day in range(chosen.shape[0]):
        for kind in range(chosen.shape[1]):
            chosen[day, kind] = -1
        for post in range(book.first[day], book.first[day + 1]):
            best = chosen[day, kinds.kind[post]]
            if prices[post] < np.inf and (best < 0 or prices[post] < prices[best]):
                chosen[day, kinds.kind[post]] = post


@inner
def runs_from(
    book: Book, kinds: Kinds, shape: Shape, prices: Floats, table: Table, day: int
) -> None:
    """Prices of the cheapest runs from `day` on, by length, minutes and class that they leave."""
    for length in range(1, min(shape.runs, len(book.weekend) - day) + 1):
        here = day + length - 1
        before, until_before = span(shape, length - 1)
        begin, until = span(shape, length)
        step = table.steps[length - 1]
        _empty(step, begin, until)
        if length > 1:
            _enter(kinds.allowed[here], table.steps[length - 2], table.enter, before, until_before)
        works = False
        for kind in range(kinds.most):
            post = table.chosen[here, kind]
            if post < 0:
                continue
            works = True
            units = _units(book, shape, post)
            row = step[kinds.leaving[post]]
            if length > 1:
                end = min(until_before, len(row) - units)
                source = table.enter[kinds.entering[post]]
                relax(source[before:end], row[before + units : end + units], prices[post])
            elif units < len(row):
                row[units] = min(row[units], prices[post])
        if not works:
            return
        for leaving in range(step.shape[0]):
            relax(step[leaving, begin:until], table.runs[day, length - 1, begin:until], 0.0)


@pasted
def write_run(
    book: Book,
    kinds: Kinds,
    shape: Shape,
    prices: Floats,
    table: Table,
    run: tuple[int, int, int],
    line: Ints,
) -> None:
    """Writes the posts of a cheapest run from a day until an end, with these minutes."""
    begin, end, units = run
    runs_from(book, kinds, shape, prices, table, begin)
    value = table.runs[begin, end - begin - 1, units]
    leaving = 0
    for one in range(1, table.steps.shape[1]):
        if table.steps[end - begin - 1, one, units] < table.steps[end - begin - 1, leaving, units]:
            leaving = one
    for day in range(end - 1, begin - 1, -1):
        for kind in range(kinds.most):
            post = table.chosen[day, kind]
            if post < 0 or kinds.leaving[post] != leaving:
                continue
            before = units - _units(book, shape, post)
            if day == begin:
                last = 0 if before == 0 and prices[post] == value else -1
            else:
                at = (day - begin, day, before)
                last = _left(kinds, shape, table, at, post, value, prices[post])
            if last >= 0:
                line[day] = post
                units, leaving = before, last
                if day > begin:
                    value = table.steps[day - begin - 1, leaving, units]
                break


@inner
def span(shape: Shape, length: int) -> tuple[int, int]:
    """Minutes of a run of this length, from and until, in the measure."""
    return length * shape.shortest, min(length * shape.longest + 1, shape.units)


@pasted
def _units(book: Book, shape: Shape, post: int) -> int:
    """Minutes of a post in the table's measure, 0 where minutes are not counted."""
    return book.minutes[post] // shape.measure if shape.tops > 1 else 0


@pasted
def _enter(
    allowed: npt.NDArray[np.bool_], last: Floats, enter: Floats, begin: int, until: int
) -> None:
    """Prices of the cheapest runs that a class of posts may follow, by their minutes."""
    _empty(enter, begin, until)
    for entering in range(allowed.shape[1]):
        for leaving in range(allowed.shape[0]):
            if allowed[leaving, entering]:
                relax(last[leaving, begin:until], enter[entering, begin:until], 0.0)


@inner
def _empty(classes: Floats, begin: int, until: int) -> None:
    """No class has a price of these minutes."""
    for one in range(classes.shape[0]):
        for units in range(begin, until):
            classes[one, units] = np.inf


@inner
def relax(source: Floats, target: Floats, price: float) -> None:
    """Values (n,) reached from `source` at `price`, where better than before."""
    for at in range(len(source)):
        target[at] = min(target[at], source[at] + price)


@pasted
def _left(
    kinds: Kinds,
    shape: Shape,
    table: Table,
    at: tuple[int, int, int],
    post: int,
    value: float,
    price: float,
) -> int:
    """The class that a run left before it took `post`; -1: it did not."""
    length, day, units = at
    low, high = span(shape, length)
    if low <= units < high:
        for leaving in range(table.steps.shape[1]):
            before = table.steps[length - 1, leaving, units]
            if kinds.allowed[day, leaving, kinds.entering[post]] and before + price == value:
                return leaving
    return -1

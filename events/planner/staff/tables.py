"""How large the tables are in which one volunteer's line is looked for, and the tables."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled
from events.planner.staff.book import (
    FORBIDDEN,
    LEAST_MINUTES,
    LEAST_RUN_OFF,
    MOST_MINUTES,
    MOST_RUN,
    MOST_WEEKENDS,
    Book,
    Ints,
)
from events.planner.staff.kinds import Kinds

Floats = npt.NDArray[np.float64]


class Shape(NamedTuple):
    """How large the tables of one volunteer are."""

    off: int
    """Days of the shortest break."""
    runs: int
    """Days of the longest run."""
    counts: bool
    """Whether weekends are counted."""
    weekends: int
    """Numbers of weekends told apart."""
    tops: int
    """Sums of minutes told apart, in `measure`; 1: they are not counted."""
    measure: int
    shortest: int
    """The shortest post that may be taken, and the longest, in `measure`; 0: not counted."""
    longest: int


class Desk(NamedTuple):
    """Whose line is looked for, and where."""

    volunteer: int
    kinds: Kinds
    shape: Shape
    scratch: Floats
    """At least `room` numbers."""


class Table(NamedTuple):
    """Prices of what a line may begin with."""

    chosen: Ints
    """(D, kinds) the cheapest post of each kind, -1: none."""
    runs: Floats
    """(D, runs, units) of the cheapest run from a day, by length and sum of minutes."""
    steps: Floats
    """(runs, L, units) of runs from one day, by the class that they leave."""
    enter: Floats
    """(E, units) of what comes before a post, by its class."""
    free: Floats
    """(D + 1, weekends, tops) of the days before d, where d may be worked."""
    tired: Floats
    """(D + 1, weekends, tops) of the days before d, the last of them a run's last."""


@compiled
def shape_of(book: Book, volunteer: int) -> Shape:
    """The shape of a volunteer's tables."""
    contract = book.contracts[volunteer]
    days = len(book.weekend)
    measure = weekends = total = shortest = longest = 0
    for day in range(days):
        longest_today = 0
        for post in range(book.first[day], book.first[day + 1]):
            if book.price[volunteer, post] < FORBIDDEN:
                minutes = book.minutes[post]
                measure = _common(measure, minutes)
                longest_today = max(longest_today, minutes)
                shortest = minutes if shortest == 0 else min(shortest, minutes)
        longest = max(longest, longest_today)
        total += longest_today
        weekends += begins_weekend(book, day, 0)
    measure = max(measure, 1)
    counts = contract[MOST_WEEKENDS] < weekends
    bounded = contract[LEAST_MINUTES] > 0 or contract[MOST_MINUTES] < total
    return Shape(
        max(contract[LEAST_RUN_OFF], 1),
        max(min(contract[MOST_RUN], days), 1),
        counts,
        contract[MOST_WEEKENDS] + 1 if counts else 1,
        min(contract[MOST_MINUTES], total) // measure + 1 if bounded else 1,
        measure,
        shortest // measure if bounded else 0,
        longest // measure if bounded else 0,
    )


@compiled
def room(kinds: Kinds, shape: Shape) -> int:
    """Numbers that a volunteer's tables hold."""
    days, leaving, entering = kinds.allowed.shape
    runs = (days * shape.runs + shape.runs * leaving + entering) * units_of(shape)
    return int(runs + 2 * (days + 1) * shape.weekends * shape.tops)


@compiled
def steps(kinds: Kinds, shape: Shape) -> int:
    """About how many steps `cheapest` takes."""
    days, leaving, entering = kinds.allowed.shape
    runs = days * shape.runs * units_of(shape)
    return int(runs * (leaving * entering + kinds.most + shape.weekends * shape.tops))


@compiled
def laid(kinds: Kinds, shape: Shape, scratch: Floats) -> Table:
    """Empty tables, in the scratch."""
    units = units_of(shape)
    days, leaving, entering = kinds.allowed.shape
    rows = (days * shape.runs, shape.runs * leaving, entering)
    until = (rows[0] * units, (rows[0] + rows[1]) * units, (rows[0] + rows[1] + rows[2]) * units)
    size = (days + 1) * shape.weekends * shape.tops
    scratch[: until[0]] = np.inf
    scratch[until[2] : until[2] + 2 * size] = np.inf
    return Table(
        np.empty((days, kinds.most), dtype=np.int32),
        scratch[: until[0]].reshape((days, shape.runs, units)),
        scratch[until[0] : until[1]].reshape((shape.runs, leaving, units)),
        scratch[until[1] : until[2]].reshape((entering, units)),
        scratch[until[2] : until[2] + size].reshape((days + 1, shape.weekends, shape.tops)),
        scratch[until[2] + size : until[2] + 2 * size].reshape(
            (days + 1, shape.weekends, shape.tops)
        ),
    )


@compiled
def _common(one: int, other: int) -> int:
    """The greatest common divisor."""
    while other > 0:
        one, other = other, one % other
    return one


@compiled
def begins_weekend(book: Book, day: int, begin: int) -> int:
    """1 if, of the days from `begin` on, this is the first of its weekend, else 0."""
    weekend = book.weekend[day]
    return 1 if weekend >= 0 and (day == begin or weekend != book.weekend[day - 1]) else 0


@compiled
def least_units(contract: Ints, shape: Shape) -> int:
    """Least minutes of a line, in the measure."""
    return int((contract[LEAST_MINUTES] + shape.measure - 1) // shape.measure)


@compiled
def units_of(shape: Shape) -> int:
    """Sums of minutes of a run that are told apart."""
    return int(min(shape.runs * shape.longest + 1, shape.tops))


@compiled
def weekends_of(book: Book, shape: Shape, day: int, end: int) -> int:
    """Weekends that a run touches, where they count."""
    total = 0
    if shape.counts:
        for one in range(day, end):
            total += begins_weekend(book, one, day)
    return total


@compiled
def most_work(shape: Shape, days: int) -> int:
    """Most minutes that so many days hold, in the measure."""
    rounds, rest = max(days, 0) // (shape.runs + shape.off), max(days, 0) % (shape.runs + shape.off)
    return (rounds * shape.runs + min(rest, shape.runs)) * shape.longest

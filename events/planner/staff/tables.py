"""How large the tables are in which one volunteer's line is looked for, and the tables."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import inner
from events.planner.staff.book import (
    FORBIDDEN,
    LEAST_MINUTES,
    LEAST_RUN_OFF,
    MOST_MINUTES,
    MOST_RUN,
    MOST_WEEKENDS,
    UNBOUND,
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
    units: int
    """Sums of minutes of a run told apart."""


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


def shape_of(book: Book, volunteer: int) -> Shape:
    """The shape of a volunteer's tables."""
    contract = book.contracts[volunteer].tolist()
    days = len(book.weekend)
    may = book.price[volunteer] < FORBIDDEN
    minutes = book.minutes[may]
    by_day = np.zeros(days, dtype=np.int64)
    np.maximum.at(by_day, book.day[may], minutes)
    total = int(by_day.sum())
    measure = max(int(np.gcd.reduce(minutes)), 1)
    counts = contract[MOST_WEEKENDS] < len(np.unique(book.weekend[book.weekend >= 0]))
    bounded = contract[LEAST_MINUTES] > 0 or contract[MOST_MINUTES] < total
    tops = min(contract[MOST_MINUTES], total) // measure + 1 if bounded else 1
    longest = int(by_day.max(initial=0)) // measure if bounded else 0
    runs = max(min(contract[MOST_RUN], days), 1)
    return Shape(
        off=max(contract[LEAST_RUN_OFF], 1),
        runs=runs,
        counts=counts,
        weekends=contract[MOST_WEEKENDS] + 1 if counts else 1,
        tops=tops,
        measure=measure,
        shortest=int(minutes.min(initial=UNBOUND)) // measure if bounded and len(minutes) else 0,
        longest=longest,
        units=min(runs * longest + 1, tops),
    )


def room(kinds: Kinds, shape: Shape) -> int:
    """Numbers that a volunteer's tables hold."""
    days, leaving, entering = kinds.allowed.shape
    runs = (days * shape.runs + shape.runs * leaving + entering) * shape.units
    return int(runs + 2 * (days + 1) * shape.weekends * shape.tops)


def steps(kinds: Kinds, shape: Shape) -> int:
    """About how many steps `cheapest` takes."""
    days, leaving, entering = kinds.allowed.shape
    runs = days * shape.runs * shape.units
    return int(runs * (leaving * entering + kinds.most + shape.weekends * shape.tops))


def laid(kinds: Kinds, shape: Shape, scratch: Floats) -> Table:
    """The tables, in the scratch; whoever fills them empties them first."""
    days, leaving, entering = kinds.allowed.shape
    ends = (days + 1, shape.weekends, shape.tops)
    begin = 0

    def part(*sides: int) -> Floats:
        nonlocal begin
        end = begin + math.prod(sides)
        found, begin = scratch[begin:end].reshape(sides), end
        return found

    return Table(
        chosen=np.empty((days, kinds.most), dtype=np.int32),
        runs=part(days, shape.runs, shape.units),
        steps=part(shape.runs, leaving, shape.units),
        enter=part(entering, shape.units),
        free=part(*ends),
        tired=part(*ends),
    )


@inner
def copy(source: Ints, target: Ints) -> None:
    """Writes the numbers of one over those of another, as long."""
    for at in range(len(source)):
        target[at] = source[at]


@inner
def clear(numbers: Floats) -> None:
    """Infinity everywhere."""
    for one in range(numbers.shape[0]):
        for two in range(numbers.shape[1]):
            for three in range(numbers.shape[2]):
                numbers[one, two, three] = np.inf


@inner
def begins_weekend(book: Book, day: int, begin: int) -> int:
    """1 if, of the days from `begin` on, this is the first of its weekend, else 0."""
    weekend = book.weekend[day]
    return 1 if weekend >= 0 and (day == begin or weekend != book.weekend[day - 1]) else 0


@inner
def least_units(contract: Ints, shape: Shape) -> int:
    """Least minutes of a line, in the measure."""
    return int((contract[LEAST_MINUTES] + shape.measure - 1) // shape.measure)


@inner
def weekends_of(book: Book, shape: Shape, day: int, end: int) -> int:
    """Weekends that a run touches, where they count."""
    total = 0
    if shape.counts:
        for one in range(day, end):
            total += begins_weekend(book, one, day)
    return total


@inner
def most_work(shape: Shape, days: int) -> int:
    """Most minutes that so many days hold, in the measure."""
    rounds, rest = max(days, 0) // (shape.runs + shape.off), max(days, 0) % (shape.runs + shape.off)
    return (rounds * shape.runs + min(rest, shape.runs)) * shape.longest

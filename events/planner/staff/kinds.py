"""Posts of a day that a line need not tell apart: equal length, equal neighbours from day to day.

Of posts of one kind a cheapest line only ever takes the cheapest, and what may come next depends
on a class of posts alone: twelve kinds and seven classes instead of eighteen shifts, say.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled_in_place
from events.planner.staff.book import Book, Ints
from events.planner.staff.line import follows


class Kinds(NamedTuple):
    """Classes of all posts, for volunteers who need an equal rest."""

    kind: Ints
    """(J,) among the posts of its day: which agree in minutes, `leaving` and `entering`."""
    leaving: Ints
    """(J,) among the posts of its day: which may be followed by the same posts tomorrow."""
    entering: Ints
    """(J,) among the posts of its day: which may follow the same posts of yesterday."""
    allowed: npt.NDArray[np.bool_]
    """(D, L, E): whether what is entered on day d may follow what was left the day before."""
    most: int
    """Kinds of a day at most."""


def classify(book: Book, volunteer: int) -> Kinds:
    """The kinds for all who need the same rest as this volunteer."""
    days, posts = len(book.weekend), len(book.need)
    kind, leaving, entering = (np.zeros(posts, dtype=np.int32) for _ in range(3))
    tables = [table_of(book, volunteer, day) for day in range(days + 1)]
    most = 1
    for day in range(days):
        here = range(book.first[day], book.first[day + 1])
        leaving[here] = _classes([row.tobytes() for row in tables[day + 1]])
        entering[here] = _classes([column.tobytes() for column in tables[day].T])
        kind[here] = _classes(
            list(zip(book.minutes[here], leaving[here], entering[here], strict=True))
        )
        most = max(most, int(kind[here].max(initial=-1)) + 1)
    shape = (days, int(leaving.max(initial=0)) + 1, int(entering.max(initial=0)) + 1)
    allowed = np.zeros(shape, dtype=bool)
    for day in range(1, days):
        before, now = (slice(book.first[one], book.first[one + 1]) for one in (day - 1, day))
        allowed[day][np.ix_(leaving[before], entering[now])] = tables[day]
    return Kinds(kind, leaving, entering, allowed, most)


def table_of(book: Book, volunteer: int, day: int) -> npt.NDArray[np.bool_]:
    """(posts of the day before, posts of `day`) whether one may follow the other."""
    days = len(book.weekend)
    before = range(book.first[day - 1], book.first[day]) if day else range(0)
    now = range(book.first[day], book.first[day + 1]) if day < days else range(0)
    table = np.zeros((len(before), len(now)), dtype=bool)
    _pairs(book, volunteer, before.start, now.start, table)
    return table


def _classes(keys: Sequence[Hashable]) -> Ints:
    """Equal keys share a number, counted from 0 in order of appearance."""
    ranks: dict[Hashable, int] = {}
    return np.array([ranks.setdefault(key, len(ranks)) for key in keys], dtype=np.int32)


@compiled_in_place
def _pairs(
    book: Book, volunteer: int, earlier: int, later: int, table: npt.NDArray[np.bool_]
) -> None:
    """Fills the table for posts from `earlier` and from `later` on."""
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            table[row, column] = follows(book, volunteer, earlier + row, later + column)

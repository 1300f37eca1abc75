"""Search where volunteers take several posts a day: posts are filled one by one, compiled.

A post goes to a volunteer, who gives up what clashes with it; what is given up looks for another
volunteer (ejection chains, Glover 1996), accepted by annealing (Kirkpatrick, Gelatt, Vecchi 1983).
A post never holds more than it needs. O(D * slots) a move.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled
from events.planner.staff.book import FORBIDDEN, MOST_PER_DAY, STEEP, Book, Ints
from events.planner.staff.line import apart, excess

TO_GAPS, TO_WISHES = 0.5, 0.65
"""Shares of the moves that try to fill a gap; that and to grant a wish; the rest any post."""


class Floor(NamedTuple):
    """Who holds what, and what is missing; moves change it in place."""

    lines: Ints
    """(V, D, slots)"""
    bad: npt.NDArray[np.int64]
    """(V,) broken rules of each line."""
    start: npt.NDArray[np.int64]
    """(J+1,) where the holders of a post begin in `holders`; room for as many as it needs."""
    holders: Ints
    filled: Ints
    """(J,) holders of each post."""
    gaps: Ints
    """(J,) the first `many[0]` are posts with room."""
    spot: Ints
    """(J,) where a post is in `gaps`, -1: nowhere."""
    many: Ints
    first: npt.NDArray[np.int64]
    """(J+1,) where the volunteers that may take a post begin in `able`."""
    able: Ints
    wishes: Ints
    """(..., 2) pairs of volunteer and post that somebody wishes for."""
    taken: Ints
    """(S,) scratch."""
    rows: Ints
    """(3, slots) scratch: a day before and after a move, and the giver's day."""


def open_floor(book: Book, lines: Ints) -> Floor:
    """The floor of `lines`, which it keeps and changes."""
    may = book.price.T < FORBIDDEN
    posts = len(book.need)
    floor = Floor(
        lines=lines,
        bad=np.zeros(len(lines), dtype=np.int64),
        start=np.concatenate([[0], np.cumsum(book.need, dtype=np.int64)]),
        holders=np.full(int(book.need.sum()), -1, dtype=np.int32),
        filled=np.zeros(posts, dtype=np.int32),
        gaps=np.zeros(posts, dtype=np.int32),
        spot=np.full(posts, -1, dtype=np.int32),
        many=np.zeros(1, dtype=np.int32),
        first=np.concatenate([[0], np.cumsum(may.sum(axis=1), dtype=np.int64)]),
        able=np.nonzero(may)[1].astype(np.int32),
        wishes=np.argwhere(book.price < 0).astype(np.int32),
        taken=np.zeros(book.most_by_skill.shape[1], dtype=np.int32),
        rows=np.zeros((3, lines.shape[2]), dtype=np.int32),
    )
    for post in np.flatnonzero(book.need > 0):
        _open_gap(floor, int(post))
    for one, day, slot in np.argwhere(lines >= 0):
        _take(book, floor, int(one), int(lines[one, day, slot]))
    for one in range(len(lines)):
        floor.bad[one] = excess(book, one, lines[one], floor.taken)
    return floor


@compiled
def fill(
    book: Book, floor: Floor, moves: int, heat: float, cold: float, chance: np.random.Generator
) -> None:
    """Does `moves` moves, cooling from `heat` to `cold`."""
    cooling = (cold / heat) ** (1.0 / moves)
    posts = len(book.need)
    for _ in range(moves):
        heat *= cooling
        one = -1
        kind = chance.random()
        if kind < TO_GAPS and floor.many[0] > 0:
            post = floor.gaps[int(chance.random() * floor.many[0])]
        elif kind < TO_WISHES and len(floor.wishes) > 0:
            one, post = floor.wishes[int(chance.random() * len(floor.wishes))]
        else:
            post = int(chance.random() * posts)
        choice = floor.first[post + 1] - floor.first[post]
        if choice == 0 or book.need[post] == 0:
            continue
        if one < 0:
            one = floor.able[floor.first[post] + int(chance.random() * choice)]
        place = floor.filled[post]
        if place == book.need[post]:
            place = int(chance.random() * place)
        _give(book, floor, one, post, place, -heat * np.log(1.0 - chance.random()))


@compiled
def _give(book: Book, floor: Floor, one: int, post: int, place: int, bound: float) -> None:
    """Gives a place of a post to a volunteer if it costs no more than `bound`."""
    day = book.day[post]
    before, after = floor.rows[0], floor.rows[1]
    before[:] = floor.lines[one, day]
    if not _insert(book, one, before, post, after):
        return
    giver = -1
    delta = float(book.price[one, post])
    if place < floor.filled[post]:
        giver = floor.holders[floor.start[post] + place]
        delta -= book.price[giver, post]
    else:
        delta -= book.under[post]
    for held in before:
        if held >= 0 and not _holds(after, held):
            delta += book.under[held] - book.price[one, held]
    if delta - STEEP * floor.bad[one] > bound:
        return
    floor.lines[one, day] = after
    bad = excess(book, one, floor.lines[one], floor.taken)
    delta += float(STEEP) * (bad - floor.bad[one])
    if delta > bound or (giver >= 0 and not _drop(book, floor, giver, post, bound - delta)):
        floor.lines[one, day] = before
        return
    floor.bad[one] = bad
    if giver >= 0:
        floor.holders[floor.start[post] + place] = one
    else:
        _take(book, floor, one, post)
    for held in before:
        if held >= 0 and not _holds(after, held):
            _release(floor, one, held)


@compiled
def _insert(book: Book, volunteer: int, row: Ints, post: int, out: Ints) -> bool:
    """Writes the day `row` (slots,) with `post` to `out`, less what clashes; False: no room."""
    most = min(len(row), book.contracts[volunteer, MOST_PER_DAY])
    kept = 0
    out[:] = -1
    for held in row:
        if held < 0:
            break
        if held == post:
            return False
        if apart(book, min(held, post), max(held, post)):
            out[kept] = held
            kept += 1
    if kept >= most:
        return False
    while kept > 0 and out[kept - 1] > post:
        out[kept] = out[kept - 1]
        kept -= 1
    out[kept] = post
    return True


@compiled
def _holds(row: Ints, post: int) -> bool:
    found = False
    for held in row:
        found = found or held == post
    return bool(found)


@compiled
def _drop(book: Book, floor: Floor, giver: int, post: int, bound: float) -> bool:
    """Takes a post out of the giver's line; False, and nothing done, if rules break for it."""
    row = floor.lines[giver, book.day[post]]
    old = floor.rows[2]
    old[:] = row
    row[:] = -1
    kept = 0
    for held in old:
        if held >= 0 and held != post:
            row[kept] = held
            kept += 1
    bad = excess(book, giver, floor.lines[giver], floor.taken)
    if float(STEEP) * (bad - floor.bad[giver]) > bound:
        row[:] = old
        return False
    floor.bad[giver] = bad
    return True


@compiled
def _take(book: Book, floor: Floor, one: int, post: int) -> None:
    """Notes a new holder of a post with room."""
    floor.holders[floor.start[post] + floor.filled[post]] = one
    floor.filled[post] += 1
    if floor.filled[post] == book.need[post]:
        floor.many[0] -= 1
        last = floor.gaps[floor.many[0]]
        floor.gaps[floor.spot[post]] = last
        floor.spot[last] = floor.spot[post]
        floor.spot[post] = -1


@compiled
def _release(floor: Floor, one: int, post: int) -> None:
    """Notes that a volunteer no longer holds a post."""
    start = floor.start[post]
    floor.filled[post] -= 1
    for place in range(floor.filled[post]):
        if floor.holders[start + place] == one:
            floor.holders[start + place] = floor.holders[start + floor.filled[post]]
            break
    if floor.spot[post] < 0:
        _open_gap(floor, post)


@compiled
def _open_gap(floor: Floor, post: int) -> None:
    floor.gaps[floor.many[0]] = post
    floor.spot[post] = floor.many[0]
    floor.many[0] += 1

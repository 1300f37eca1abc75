"""Search where volunteers take several posts a day: posts are filled one by one, compiled.

A post goes to a volunteer, who gives up what clashes with it; what is given up looks for another
volunteer (ejection chains, Glover 1996), accepted by annealing (Kirkpatrick, Gelatt, Vecchi 1983).
A post never holds more than it needs. O(D * slots) a move.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled, inner, pasted
from events.planner.staff.book import FORBIDDEN, MOST_PER_DAY, STEEP, Book, Ints
from events.planner.staff.line import apart, excess
from events.planner.staff.tables import copy

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
    start = np.concatenate([[0], np.cumsum(book.need, dtype=np.int64)])
    filled, holders = _held(book, lines, start)
    open_ = np.flatnonzero(filled < book.need)
    gaps, spot = np.zeros_like(filled), np.full_like(filled, -1)
    gaps[: len(open_)], spot[open_] = open_, np.arange(len(open_))
    taken = np.zeros(book.most_by_skill.shape[1], dtype=np.int32)
    bad = [excess(book, one, line, taken) for one, line in enumerate(lines)]
    return Floor(
        lines=lines,
        bad=np.array(bad, dtype=np.int64),
        start=start,
        holders=holders,
        filled=filled,
        gaps=gaps,
        spot=spot,
        many=np.array([len(open_)], dtype=np.int32),
        first=np.concatenate([[0], np.cumsum(may.sum(axis=1), dtype=np.int64)]),
        able=np.nonzero(may)[1].astype(np.int32),
        wishes=np.argwhere(book.price < 0).astype(np.int32),
        taken=taken,
        rows=np.zeros((3, lines.shape[2]), dtype=np.int32),
    )


def _held(book: Book, lines: Ints, start: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """How many hold each post, and who, post by post."""
    who, _, _ = np.nonzero(lines >= 0)
    posts = lines[lines >= 0]
    order = np.argsort(posts, kind="stable")
    filled = np.bincount(posts, minlength=len(book.need)).astype(np.int32)
    before = np.cumsum(filled) - filled
    holders = np.full(int(book.need.sum()), -1, dtype=np.int32)
    places = start[posts[order]] + np.arange(len(posts)) - before[posts[order]]
    holders[places] = who[order]
    return filled, holders


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
            wish = int(chance.random() * len(floor.wishes))
            one, post = floor.wishes[wish, 0], floor.wishes[wish, 1]
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


@pasted
def _give(book: Book, floor: Floor, one: int, post: int, place: int, bound: float) -> None:
    """Gives a place of a post to a volunteer if it costs no more than `bound`."""
    day = book.day[post]
    before, after = floor.rows[0], floor.rows[1]
    copy(floor.lines[one, day], before)
    if not _insert(book, one, before, post, after):
        return
    giver = -1
    delta = float(book.price[one, post])
    if place < floor.filled[post]:
        giver = floor.holders[floor.start[post] + place]
        delta -= book.price[giver, post]
    else:
        delta -= book.under[post]
    for slot in range(len(before)):
        held = before[slot]
        if held >= 0 and not _holds(after, held):
            delta += book.under[held] - book.price[one, held]
    if delta - STEEP * floor.bad[one] > bound:
        return
    copy(after, floor.lines[one, day])
    bad = excess(book, one, floor.lines[one], floor.taken)
    delta += float(STEEP) * (bad - floor.bad[one])
    if delta > bound or (giver >= 0 and not _drop(book, floor, giver, post, bound - delta)):
        copy(before, floor.lines[one, day])
        return
    floor.bad[one] = bad
    if giver >= 0:
        floor.holders[floor.start[post] + place] = one
    else:
        _take(book, floor, one, post)
    for slot in range(len(before)):
        held = before[slot]
        if held >= 0 and not _holds(after, held):
            _release(floor, one, held)


@pasted
def _insert(book: Book, volunteer: int, row: Ints, post: int, out: Ints) -> bool:
    """Writes the day `row` (slots,) with `post` to `out`, less what clashes; False: no room."""
    most = min(len(row), book.contracts[volunteer, MOST_PER_DAY])
    kept = 0
    for slot in range(len(out)):
        out[slot] = -1
    for slot in range(len(row)):
        held = row[slot]
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


@inner
def _holds(row: Ints, post: int) -> bool:
    found = False
    for slot in range(len(row)):
        found = found or row[slot] == post
    return found


@pasted
def _drop(book: Book, floor: Floor, giver: int, post: int, bound: float) -> bool:
    """Takes a post out of the giver's line; False, and nothing done, if rules break for it."""
    row = floor.lines[giver, book.day[post]]
    old = floor.rows[2]
    copy(row, old)
    kept = 0
    for slot in range(len(old)):
        held = old[slot]
        row[slot] = -1
        if held >= 0 and held != post:
            row[kept] = held
            kept += 1
    bad = excess(book, giver, floor.lines[giver], floor.taken)
    if float(STEEP) * (bad - floor.bad[giver]) > bound:
        copy(old, row)
        return False
    floor.bad[giver] = bad
    return True


@pasted
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


@pasted
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


@pasted
def _open_gap(floor: Floor, post: int) -> None:
    floor.gaps[floor.many[0]] = post
    floor.spot[post] = floor.many[0]
    floor.many[0] += 1

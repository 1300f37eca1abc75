"""Small moves on lines that may break rules for a while: change a day, move a post, trade days.

What a line breaks is counted, and costs a fine that grows while the search cools (strategic
oscillation, Glover 1996). A move reads only the runs and breaks that it touches, so its price does
not grow with the horizon: O(days written + longest run + skills). At most one post a day.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled_in_place, inlined, inner, pasted
from events.planner.staff.book import (
    FORBIDDEN,
    LEAST_MINUTES,
    LEAST_REST,
    MOST_MINUTES,
    MOST_WEEKENDS,
    Book,
    Ints,
)
from events.planner.staff.kinds import table_of
from events.planner.staff.line import uneven

CHANGES, MOVES = 0.25, 0.6
"""Of all moves, those that change one day; these and those that write two days of one line."""
NEAR = 7
"""Days between the two days that are written at most; days that are traded at most."""


class Options(NamedTuple):
    """What each volunteer may take, and what may follow what."""

    posts: Ints
    """(V, D, most posts of a day) the posts that a volunteer may take."""
    many: Ints
    """(V, D) how many these are."""
    after: npt.NDArray[np.bool_]
    """(rests, J, most posts of a day) [r, p, n]: post n of the next day may follow post p."""
    rest: Ints
    """(V,) which of the rests a volunteer needs."""


class Sheet(NamedTuple):
    """Lines, and what is known of them; moves change all in place."""

    lines: Ints
    """(V, D)"""
    filled: Ints
    """(J,) how many hold a post."""
    minutes: Ints
    """(V,)"""
    taken: Ints
    """(V, S) posts by skill."""
    rough: Ints
    """(V,) days too many or too few in runs and breaks, and successions that may not be."""
    weekends: Ints
    """(V,) on which something is held."""
    broken: Ints
    """(V,) how far a line is from legal, as `line.excess` counts."""
    written: Ints
    """(D,) scratch."""


def open_options(book: Book) -> Options:
    """The options of a book."""
    days = len(book.weekend)
    most = int(np.diff(book.first).max(initial=1))
    shape = len(book.contracts), days, most
    rests, rest = np.unique(book.contracts[:, LEAST_REST], return_inverse=True)
    options = Options(
        posts=np.full(shape, -1, dtype=np.int32),
        many=np.zeros(shape[:2], dtype=np.int32),
        after=np.zeros((len(rests), len(book.need), most), dtype=bool),
        rest=rest.astype(np.int32),
    )
    for day, begin in enumerate(book.first[:-1]):
        posts = slice(begin, book.first[day + 1])
        for one, may in enumerate(book.price[:, posts] < FORBIDDEN):
            options.many[one, day] = may.sum()
            options.posts[one, day, : may.sum()] = begin + np.flatnonzero(may)
        for code in range(len(rests) if day > 0 else 0):
            table = table_of(book, int(np.argmax(rest == code)), day)
            options.after[code, book.first[day - 1] : begin, : table.shape[1]] = table
    return options


def open_sheet(book: Book, options: Options, lines: Ints) -> Sheet:
    """The sheet of `lines` (V, D)."""
    volunteers, days = lines.shape
    counts = (np.zeros(volunteers, dtype=np.int32) for _ in range(4))
    sheet = Sheet(
        np.full_like(lines, -1),
        np.bincount(lines[lines >= 0], minlength=len(book.need)).astype(np.int32),
        next(counts),
        np.zeros(book.most_by_skill.shape, dtype=np.int32),
        next(counts),
        next(counts),
        next(counts),
        np.zeros(days, dtype=np.int32),
    )
    _note(book, options, sheet, lines)
    return sheet


@compiled_in_place
def _note(book: Book, options: Options, sheet: Sheet, lines: Ints) -> None:
    """Writes the lines."""
    for volunteer in range(len(lines)):
        for day in range(lines.shape[1]):
            sheet.written[day] = lines[volunteer, day]
        _write(book, options, sheet, volunteer, 0, lines.shape[1])


@inlined
def _rough(book: Book, options: Options, sheet: Sheet, volunteer: int, begin: int, end: int) -> int:
    """What runs and breaks break from `begin` until `end`, where runs or breaks begin and end."""
    line = sheet.lines[volunteer]
    contract = book.contracts[volunteer]
    after = options.after[options.rest[volunteer]]
    days = len(line)
    total = length = 0
    for day in range(begin, end):
        post = line[day]
        works = post >= 0
        length += 1
        before = line[day - 1] if works and day > 0 else -1
        if before >= 0 and not after[before, post - book.first[day]]:
            total += 1
        if day + 1 < end and works == (line[day + 1] >= 0):
            continue
        total += uneven(contract, works, length, length > day or day + 1 == days)
        length = 0
    return int(total)


@inlined
def _weekends(book: Book, line: Ints, begin: int, end: int) -> int:
    """Weekends with a post, of those that a day from `begin` until `end` belongs to."""
    while begin > 0 and book.weekend[begin] >= 0 and book.weekend[begin - 1] == book.weekend[begin]:
        begin -= 1
    days = len(line)
    while end < days and book.weekend[end] >= 0 and book.weekend[end - 1] == book.weekend[end]:
        end += 1
    total = 0
    last = -1
    for day in range(begin, end):
        if line[day] >= 0 and book.weekend[day] >= 0 and book.weekend[day] != last:
            last = book.weekend[day]
            total += 1
    return total


@pasted
def _broken(book: Book, sheet: Sheet, volunteer: int) -> int:
    """How far a line is from legal."""
    contract = book.contracts[volunteer]
    minutes = sheet.minutes[volunteer]
    total = sheet.rough[volunteer] + max(sheet.weekends[volunteer] - contract[MOST_WEEKENDS], 0)
    if minutes > contract[MOST_MINUTES]:
        total += (minutes - contract[MOST_MINUTES] - 1) // book.unit + 1
    if minutes < contract[LEAST_MINUTES]:
        total += (contract[LEAST_MINUTES] - minutes - 1) // book.unit + 1
    for skill in range(sheet.taken.shape[1]):
        total += max(sheet.taken[volunteer, skill] - book.most_by_skill[volunteer, skill], 0)
    return int(total)


@inner
def _write(
    book: Book, options: Options, sheet: Sheet, volunteer: int, begin: int, end: int
) -> None:
    """Exchanges these days of a line with what is written on the scratch."""
    line, written = sheet.lines[volunteer], sheet.written
    low, high = _reach(line, begin, end)
    sheet.rough[volunteer] -= _rough(book, options, sheet, volunteer, low, high)
    sheet.weekends[volunteer] -= _weekends(book, line, begin, end)
    for day in range(begin, end):
        old, new = line[day], written[day]
        if old != new:
            line[day], written[day] = new, old
            if old >= 0:
                sheet.minutes[volunteer] -= book.minutes[old]
                sheet.taken[volunteer, book.skill[old]] -= 1
            if new >= 0:
                sheet.minutes[volunteer] += book.minutes[new]
                sheet.taken[volunteer, book.skill[new]] += 1
    sheet.rough[volunteer] += _rough(book, options, sheet, volunteer, low, high)
    sheet.weekends[volunteer] += _weekends(book, line, begin, end)
    sheet.broken[volunteer] = _broken(book, sheet, volunteer)


@pasted
def _reach(line: Ints, begin: int, end: int) -> tuple[int, int]:
    """The days of all runs and breaks that change with those from `begin` until `end`."""
    low, high = begin, end
    if low > 0:
        low -= 1
        while low > 0 and (line[low - 1] >= 0) == (line[low] >= 0):
            low -= 1
    if high < len(line):
        high += 1
        while high < len(line) and (line[high] >= 0) == (line[high - 1] >= 0):
            high += 1
    return low, high


@inlined
def _swap_price(book: Book, sheet: Sheet, volunteer: int, old: int, new: int) -> int:
    """Points of holding `new` instead of `old`, with what others leave open or hold too much."""
    points = 0
    if old == new:
        return points
    if old >= 0:
        points -= book.price[volunteer, old]
        points += book.under[old] if sheet.filled[old] <= book.need[old] else -book.over[old]
    if new >= 0:
        points += book.price[volunteer, new]
        points += -book.under[new] if sheet.filled[new] < book.need[new] else book.over[new]
    return int(points)


@pasted
def _rewrite(
    book: Book,
    options: Options,
    sheet: Sheet,
    volunteer: int,
    first: int,
    last: int,
    most: float,
    fine: float,
) -> None:
    """Writes the first and the last of these days as the scratch says, if that costs no more."""
    line, written = sheet.lines[volunteer], sheet.written
    points = _swap_price(book, sheet, volunteer, line[first], written[first])
    if last != first:
        points += _swap_price(book, sheet, volunteer, line[last], written[last])
    before = sheet.broken[volunteer]
    if points - fine * before > most:
        return
    _write(book, options, sheet, volunteer, first, last + 1)
    broken = sheet.broken[volunteer] - before
    if points + fine * broken > most:
        _write(book, options, sheet, volunteer, first, last + 1)
        return
    _fill(sheet, written[first], line[first])
    if last != first:
        _fill(sheet, written[last], line[last])


@inlined
def _fill(sheet: Sheet, old: int, new: int) -> None:
    """One holds `new` instead of `old`."""
    if old >= 0:
        sheet.filled[old] -= 1
    if new >= 0:
        sheet.filled[new] += 1


@pasted
def _trade(
    book: Book,
    options: Options,
    sheet: Sheet,
    one: int,
    other: int,
    begin: int,
    end: int,
    most: float,
    fine: float,
) -> None:
    """Lets two exchange these days, if that costs no more."""
    points = 0
    is_same = True
    for day in range(begin, end):
        mine, theirs = sheet.lines[one, day], sheet.lines[other, day]
        if mine != theirs:
            is_same = False
            if mine >= 0:
                points += int(book.price[other, mine]) - int(book.price[one, mine])
            if theirs >= 0:
                points += int(book.price[one, theirs]) - int(book.price[other, theirs])
    before = sheet.broken[one] + sheet.broken[other]
    if is_same or points - fine * before > most:
        return
    _cross(book, options, sheet, one, other, begin, end)
    broken = sheet.broken[one] + sheet.broken[other] - before
    if points + fine * broken > most:
        _cross(book, options, sheet, one, other, begin, end)


@inner
def _cross(
    book: Book, options: Options, sheet: Sheet, one: int, other: int, begin: int, end: int
) -> None:
    """Exchanges days of two lines."""
    for day in range(begin, end):
        sheet.written[day] = sheet.lines[other, day]
    _write(book, options, sheet, one, begin, end)
    _write(book, options, sheet, other, begin, end)


@inlined
def _drawn(options: Options, volunteer: int, day: int, chance: np.random.Generator) -> int:
    """A post that the volunteer may take on a day, or -1: none."""
    rank = _below(options.many[volunteer, day] + 1, chance)
    return -1 if rank == 0 else options.posts[volunteer, day, rank - 1]


@inlined
def _below(sides: int, chance: np.random.Generator) -> int:
    """A number below `sides`."""
    return int(chance.random() * sides)


@compiled_in_place
def exchange(
    book: Book,
    options: Options,
    sheet: Sheet,
    moves: int,
    heat: float,
    fine: float,
    chance: np.random.Generator,
) -> None:
    """Tries so many moves at one temperature, with one fine for what is broken."""
    volunteers, days = sheet.lines.shape
    for _ in range(moves):
        kind = chance.random()
        most = -heat * np.log(1.0 - chance.random())
        one = _below(volunteers, chance)
        first = _below(days, chance)
        if kind < MOVES:
            last = first if kind < CHANGES else min(first + 1 + _below(NEAR, chance), days - 1)
            line, written = sheet.lines[one], sheet.written
            for day in range(first + 1, last):
                written[day] = line[day]
            if last != first and (line[first] >= 0) != (line[last] >= 0):
                day = last if line[last] < 0 else first
                written[first] = written[last] = -1
                written[day] = _drawn(options, one, day, chance)
            else:
                written[first] = _drawn(options, one, first, chance)
                written[last] = _drawn(options, one, last, chance)
            _rewrite(book, options, sheet, one, first, last, most, fine)
        elif volunteers > 1:
            other = _below(volunteers - 1, chance)
            other += other >= one
            last = min(first + 1 + _below(NEAR, chance), days)
            _trade(book, options, sheet, one, other, first, last, most, fine)

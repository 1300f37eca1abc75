"""The rules of one volunteer's line: what is broken in it, counted (H7).

A line is a row (D, slots) of posts by day, in order of time, -1 after the last one of a day.
"""

from __future__ import annotations

import numpy as np

from events.planner.compiled import compiled_in_place, inlined, inner, pasted
from events.planner.staff.book import (
    LEAST_MINUTES,
    LEAST_REST,
    LEAST_RUN,
    LEAST_RUN_OFF,
    MOST_MINUTES,
    MOST_MINUTES_PER_DAY,
    MOST_PER_DAY,
    MOST_RUN,
    MOST_WEEKENDS,
    Book,
    Ints,
)


@inner
def apart(book: Book, earlier: int, later: int) -> bool:
    """Whether one volunteer can go from a post to a later one in time."""
    gap = book.start[later] - book.end[earlier]
    if book.site[earlier] == book.site[later]:
        return bool(gap >= 0)
    return bool(gap >= book.travel[book.district[earlier], book.district[later]])


@inner
def follows(book: Book, volunteer: int, earlier: int, later: int) -> bool:
    """Whether a volunteer may take `later` when `earlier` is taken on the day before."""
    if book.not_after[book.skill[earlier], book.skill[later]]:
        return False
    if book.start[later] - book.end[earlier] < book.contracts[volunteer, LEAST_REST]:
        return False
    return apart(book, earlier, later)


@compiled_in_place
def excess(book: Book, volunteer: int, line: Ints, taken: Ints) -> int:
    """How far a line is from legal: 0, or about the number of posts that must change.

    `taken`: scratch (S,).
    """
    contract = book.contracts[volunteer]
    total = _rhythm(contract, line) + _weekends(book, contract, line)
    for day in range(len(line)):
        total += _that_day(book, contract, line[day])
        if day > 0:
            total += _overnight(book, volunteer, line[day - 1], line[day])
    return int(total + _totals(book, volunteer, line, taken))


@inlined
def uneven(contract: Ints, works: bool, length: int, is_cut: bool) -> int:  # noqa: FBT001
    """Days that a run or a break has too many, or too few unless the campaign's ends cut it."""
    if works and length > contract[MOST_RUN]:
        return int(length - contract[MOST_RUN])
    least = contract[LEAST_RUN] if works else contract[LEAST_RUN_OFF]
    return 0 if is_cut else int(max(least - length, 0))


@pasted
def _rhythm(contract: Ints, line: Ints) -> int:
    """Days in runs too long or too short, and in breaks too short; ends of the campaign excuse."""
    total = length = 0
    days = len(line)
    for day in range(days):
        works = line[day, 0] >= 0
        length += 1
        ends = day + 1 == days or works != (line[day + 1, 0] >= 0)
        if not ends:
            continue
        total += uneven(contract, works, length, length > day or day + 1 == days)
        length = 0
    return int(total)


@pasted
def _weekends(book: Book, contract: Ints, line: Ints) -> int:
    """Weekends too many."""
    weekends = 0
    last = -1
    for day in range(len(line)):
        if line[day, 0] >= 0 and book.weekend[day] >= 0 and book.weekend[day] != last:
            last = book.weekend[day]
            weekends += 1
    return int(max(weekends - contract[MOST_WEEKENDS], 0))


@pasted
def _that_day(book: Book, contract: Ints, row: Ints) -> int:
    """Posts of a day too many, too close or too long."""
    total = minutes = 0
    for slot in range(len(row)):
        post = row[slot]
        if post < 0:
            break
        minutes += book.minutes[post]
        if slot >= contract[MOST_PER_DAY]:
            total += 1
        if slot > 0 and not apart(book, row[slot - 1], post):
            total += 1
    return total + 1 if minutes > contract[MOST_MINUTES_PER_DAY] else total


@pasted
def _overnight(book: Book, volunteer: int, yesterday: Ints, today: Ints) -> int:
    """Pairs of posts that may not follow each other from day to day."""
    total = 0
    for late in range(len(today)):
        if today[late] < 0:
            break
        for early in range(len(yesterday)):
            if yesterday[early] < 0:
                break
            if not follows(book, volunteer, yesterday[early], today[late]):
                total += 1
    return total


@pasted
def _totals(book: Book, volunteer: int, line: Ints, taken: Ints) -> int:
    """Posts too many or too few in minutes, and too many of a skill."""
    contract = book.contracts[volunteer]
    total = minutes = 0
    for skill in range(len(taken)):
        taken[skill] = 0
    for day in range(line.shape[0]):
        for slot in range(line.shape[1]):
            post = line[day, slot]
            if post < 0:
                break
            minutes += book.minutes[post]
            taken[book.skill[post]] += 1
    if minutes > contract[MOST_MINUTES]:
        total += (minutes - contract[MOST_MINUTES] - 1) // book.unit + 1
    if minutes < contract[LEAST_MINUTES]:
        total += (contract[LEAST_MINUTES] - minutes - 1) // book.unit + 1
    for skill in range(len(taken)):
        total += max(taken[skill] - book.most_by_skill[volunteer, skill], 0)
    return int(total)


def broken_lines(book: Book, lines: Ints) -> list[int]:
    """Whose lines (V, D, slots) break a rule."""
    taken = np.zeros(book.most_by_skill.shape[1], dtype=np.int32)
    return [one for one, line in enumerate(lines) if excess(book, one, line, taken)]

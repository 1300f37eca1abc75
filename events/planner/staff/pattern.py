"""The cheapest legal line of one volunteer, by dynamic programming over days.

A shortest path with resources: state = (days off so far, or run so far and last post; weekends;
minutes), O(D * R * P^2 * W * M) for runs R, posts P of a day, weekends W, minutes M in their common
measure. At most one post a day. This is the pricing problem of column generation (Jaumard,
Semet, Vovor 1998; Strandmark, Qu, Curtois 2020) and, at prices of today's gaps, a neighbourhood.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.compiled import compiled
from events.planner.staff.book import (
    FORBIDDEN,
    LEAST_MINUTES,
    LEAST_RUN,
    LEAST_RUN_OFF,
    MOST_MINUTES,
    MOST_RUN,
    MOST_WEEKENDS,
    Book,
    Ints,
)
from events.planner.staff.line import follows

Floats = npt.NDArray[np.float64]


class Table(NamedTuple):
    """Prices of the cheapest first days of a line, and how its states are laid out.

    States: `off` for days off so far (capped), then `runs` times `posts` for the run so far and
    the last post of its day.
    """

    value: npt.NDArray[np.float64]
    """(D, states, weekends + 1, minutes + 1)"""
    off: int
    runs: int
    posts: int
    has_top: bool
    """Whether runs have a longest; else they are told apart up to their least only."""
    counts: bool
    """Whether weekends are counted."""
    least: int
    """Least minutes at the end, in `measure`."""
    measure: int


@compiled
def shape(book: Book, volunteer: int, measure: int) -> tuple[int, int, int, int, int]:
    """(states off, longest run told apart, posts of a day, weekends + 1, minutes + 1)."""
    contract = book.contracts[volunteer]
    days = len(book.weekend)
    posts = 1
    longest = 0
    weekends = 0
    for day in range(days):
        posts = max(posts, book.first[day + 1] - book.first[day])
        longest_today = 0
        for post in range(book.first[day], book.first[day + 1]):
            longest_today = max(longest_today, book.minutes[post])
        longest += longest_today
        if book.weekend[day] >= 0 and (day == 0 or book.weekend[day] != book.weekend[day - 1]):
            weekends += 1
    run = contract[MOST_RUN] if contract[MOST_RUN] <= days else contract[LEAST_RUN]
    most_weekends = contract[MOST_WEEKENDS] if contract[MOST_WEEKENDS] < weekends else 0
    bounded = contract[LEAST_MINUTES] > 0 or contract[MOST_MINUTES] < longest
    top = min(contract[MOST_MINUTES], longest) // measure if bounded else 0
    return max(contract[LEAST_RUN_OFF], 1), max(run, 1), posts, most_weekends + 1, top + 1


@compiled
def room(book: Book, measure: int) -> int:
    """Numbers that the table of the widest volunteer holds: the size of `scratch`."""
    most = 0
    for volunteer in range(len(book.contracts)):
        off, run, posts, weekends, tops = shape(book, volunteer, measure)
        most = max(most, len(book.weekend) * (off + run * posts) * weekends * tops)
    return most


@compiled
def cheapest(
    book: Book, volunteer: int, prices: Floats, measure: int, scratch: Floats, line: Ints
) -> float:
    """Writes the cheapest line at `prices` (J,) to `line` (D,); its price, inf if there is none.

    `measure` divides the minutes of every post. Limits by skill are not looked at.
    """
    contract = book.contracts[volunteer]
    days = len(book.weekend)
    off, runs, posts, weekends, tops = shape(book, volunteer, measure)
    states = off + runs * posts
    value = scratch[: days * states * weekends * tops].reshape((days, states, weekends, tops))
    value[:] = np.inf
    table = Table(
        value,
        off,
        runs,
        posts,
        bool(contract[MOST_RUN] <= days),
        bool(weekends > 1 or contract[MOST_WEEKENDS] == 0),
        (contract[LEAST_MINUTES] + measure - 1) // measure if tops > 1 else 0,
        measure,
    )
    longest = 0
    for post in range(len(book.minutes)):
        longest = max(longest, book.minutes[post] // measure)
    seen = 1
    value[0, off - 1, 0, 0] = 0.0
    for day in range(days):
        ahead = _most_work(days - day, runs, off) if table.has_top else days - day
        low = max(0, table.least - ahead * longest) if tops > 1 else 0
        high = min(tops - 1, day * longest) + 1
        for post in range(book.first[day], book.first[day + 1]):
            if book.price[volunteer, post] < FORBIDDEN and prices[post] < np.inf:
                if day == 0:
                    _begin(book, table, post, prices[post])
                else:
                    _work(book, table, volunteer, day, post, prices, (low, high, seen))
        if day > 0:
            _rest(table, contract[LEAST_RUN], day, (low, high, seen))
        if book.weekend[day] >= 0 and (day == 0 or book.weekend[day] != book.weekend[day - 1]):
            seen = min(seen + 1, weekends)
    return _walk_back(book, table, volunteer, prices, line)


@compiled
def _most_work(days: int, run: int, off: int) -> int:
    return days // (run + off) * run + min(days % (run + off), run)


@compiled
def _relax(source: Floats, target: Floats, price: float) -> None:
    """Values (n,) reached from `source` at `price`, where better than before."""
    for at in range(len(source)):
        target[at] = min(target[at], source[at] + price)


@compiled
def _units(book: Book, table: Table, post: int) -> int:
    """Minutes of a post in the table's measure, 0 where minutes are not counted."""
    return book.minutes[post] // table.measure if table.value.shape[3] > 1 else 0


@compiled
def _begin(book: Book, table: Table, post: int, price: float) -> None:
    """A line that works from the first day; its run is taken as long enough."""
    run = 0 if table.has_top else table.runs - 1
    weekend = 1 if table.counts and book.weekend[0] >= 0 else 0
    units = _units(book, table, post)
    if weekend < table.value.shape[2] and units < table.value.shape[3]:
        table.value[0, table.off + run * table.posts + post, weekend, units] = price


@compiled
def _longer(table: Table, run: int) -> int:
    """The run after one more day, -1 if it would be too long."""
    if run + 1 < table.runs:
        return run + 1
    return -1 if table.has_top else table.runs - 1


@compiled
def _work(
    book: Book,
    table: Table,
    volunteer: int,
    day: int,
    post: int,
    prices: Floats,
    reach: tuple[int, int, int],
) -> None:
    """Lines that hold `post` on `day`; `reach`: minutes from, to, and weekends so far."""
    low, high, seen = reach
    value, off, posts = table.value, table.off, table.posts
    weekends = value.shape[2]
    column = off + post - book.first[day]
    units = _units(book, table, post)
    until = min(high, value.shape[3] - units)
    more = 1 if table.counts and book.weekend[day] >= 0 else 0
    for weekend in range(min(seen, weekends - more)):
        _relax(
            value[day - 1, off - 1, weekend, low:until],
            value[day, column, weekend + more, low + units : until + units],
            prices[post],
        )
    if book.weekend[day] == book.weekend[day - 1]:
        more = 0
    for last in range(book.first[day - 1], book.first[day]):
        if book.price[volunteer, last] >= FORBIDDEN or prices[last] == np.inf:
            continue
        if not follows(book, volunteer, last, post):
            continue
        for run in range(min(table.runs, day) if table.has_top else table.runs):
            longer = _longer(table, run)
            if longer < 0:
                break
            source = off + run * posts + last - book.first[day - 1]
            for weekend in range(min(seen, weekends - more)):
                _relax(
                    value[day - 1, source, weekend, low:until],
                    value[
                        day,
                        column + longer * posts,
                        weekend + more,
                        low + units : until + units,
                    ],
                    prices[post],
                )


@compiled
def _may_end(run: int, least_run: int, day: int) -> bool:
    """Whether a run may end before `day`: long enough, or begun on the first day."""
    return run + 1 >= least_run or run + 1 == day


@compiled
def _rest(table: Table, least_run: int, day: int, reach: tuple[int, int, int]) -> None:
    """Lines with a day off on `day`."""
    low, high, seen = reach
    value, off = table.value, table.off
    for state in range(value.shape[1]):
        target = min(state + 1, off - 1)
        if state >= off:
            target = 0
            if not _may_end((state - off) // table.posts, least_run, day):
                continue
        for weekend in range(seen):
            _relax(
                value[day - 1, state, weekend, low:high],
                value[day, target, weekend, low:high],
                0.0,
            )


@compiled
def _walk_back(book: Book, table: Table, volunteer: int, prices: Floats, line: Ints) -> float:
    """The line of the cheapest last state: each step finds the state that its value came from."""
    value, off, posts = table.value, table.off, table.posts
    days, states, weekends, tops = value.shape
    best = np.inf
    state = weekend = top = 0
    for s in range(states):
        for w in range(weekends):
            for t in range(table.least, tops):
                if value[days - 1, s, w, t] < best:
                    best = value[days - 1, s, w, t]
                    state, weekend, top = s, w, t
    if best == np.inf:
        return best
    for day in range(days - 1, -1, -1):
        if state < off:
            line[day] = -1
            if day > 0:
                state = _before_rest(
                    table, book.contracts[volunteer, LEAST_RUN], day, state, (weekend, top)
                )
            continue
        line[day] = book.first[day] + (state - off) % posts
        if day > 0:
            state, weekend = _before_work(
                book, table, volunteer, day, state, (weekend, top), prices[line[day]]
            )
            top -= _units(book, table, line[day])
    return best


@compiled
def _before_rest(table: Table, least_run: int, day: int, state: int, spent: tuple[int, int]) -> int:
    """The state on the day before a day off."""
    weekend, top = spent
    worth = table.value[day, state, weekend, top]
    for source in range(table.value.shape[1]):
        target = min(source + 1, table.off - 1)
        if source >= table.off:
            target = 0
            if not _may_end((source - table.off) // table.posts, least_run, day):
                continue
        if target == state and table.value[day - 1, source, weekend, top] == worth:
            return source
    return state


@compiled
def _before_work(
    book: Book,
    table: Table,
    volunteer: int,
    day: int,
    state: int,
    spent: tuple[int, int],
    price: float,
) -> tuple[int, int]:
    """State and weekends on the day before a post is held."""
    weekend, top = spent
    value, off, posts = table.value, table.off, table.posts
    worth = value[day, state, weekend, top]
    run = (state - off) // posts
    post = book.first[day] + (state - off) % posts
    top -= _units(book, table, post)
    more = 1 if table.counts and book.weekend[day] >= 0 else 0
    if (
        run == 0
        and weekend >= more
        and value[day - 1, off - 1, weekend - more, top] + price == worth
    ):
        return off - 1, weekend - more
    if book.weekend[day] == book.weekend[day - 1]:
        more = 0
    for source in range(off, value.shape[1]):
        last = book.first[day - 1] + (source - off) % posts
        if (
            weekend < more
            or last >= book.first[day]
            or _longer(table, (source - off) // posts) != run
        ):
            continue
        if value[day - 1, source, weekend - more, top] + price == worth and follows(
            book, volunteer, last, post
        ):
            return source, weekend - more
    return state, weekend

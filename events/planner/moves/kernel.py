"""Moves of an activity: to another venue-time, to where one of its people is, to other people.

Each move is made, counted and, where it costs more than is allowed, taken back. It never breaks a
rule, so a layout is legal at every moment.
"""

from __future__ import annotations

import numpy as np

from events.planner.compiled import compiled_in_place, inlined, inner, pasted, whole
from events.planner.moves.change import put, take
from events.planner.moves.legal import fits, is_free, ticks
from events.planner.moves.points import points_of
from events.planner.moves.state import TOGETHER, Layout, State
from events.planner.moves.tables import KIT, OUT, SAME_DAY, TEAM, Tables
from events.planner.problem import DAY

JOINS, CALLS = 0.5, 0.6
"""Of all moves, those to where somebody is that day already; these and those to other people."""
NEAR = 0.7
"""Of the joins, those to the same site; the others are to the same district."""
DRAWN = 3
"""Choices drawn for a move, of which the cheapest is tried; people asked beside who serves now."""
TEAMS = 8
"""Teams asked beside the one that serves now."""


@compiled_in_place
def anneal(
    tables: Tables,
    state: State,
    layout: Layout,
    moves: int,
    heat: float,
    chance: np.random.Generator,
) -> None:
    """Lays down what `layout` has and the state has not; then so many moves are tried.

    `heat` is in parts of points. One function, for each that is called from outside is compiled
    with all that it calls. No move leaves an activity out, so something is laid at first only.
    """
    activities, needs = len(state.at), tables.activities.needs
    for activity in range(activities):
        if layout.at[activity] != OUT and state.at[activity] == OUT:
            for n in range(needs[activity], needs[activity + 1]):
                state.crew[n] = layout.crew[n]
            choice, backup = whole(layout.at[activity]), whole(layout.backup[activity])
            put(tables, state, activity, choice, backup)
    drawn = tables.activities.drawn
    for _ in range(moves):
        most = int(-heat * np.log(1.0 - chance.random()))
        activity = int(drawn[_below(len(drawn), chance)])
        kind, choice, need, who = chance.random(), OUT, OUT, OUT
        if kind < CALLS:
            need = _some_need(tables, activity, chance)
        if need != OUT:
            who = _some_qualified(tables, need, chance)
        if need == OUT:
            first, end = tables.choices.first[activity], tables.choices.first[activity + 1]
            choice = _some_choice(tables, whole(first), whole(end), chance)
        elif kind < JOINS:
            choice = _beside(tables, state, activity, who, chance)
        else:
            choice = int(state.at[activity])
        is_same = choice == state.at[activity] and (need == OUT or who == state.crew[need])
        if choice != OUT and not is_same:
            _try(tables, state, activity, choice, need, who, most, chance)


@inlined
def _below(many: int, chance: np.random.Generator) -> int:
    return int(chance.random() * many)


@pasted
def _some_choice(tables: Tables, first: int, end: int, chance: np.random.Generator) -> int:
    """The cheapest of some of the choices from `first` to before `end`, or OUT."""
    if first == end:
        return OUT
    choice = first + _below(end - first, chance)
    for _ in range(DRAWN - 1):
        other = first + _below(end - first, chance)
        if tables.choices.cost[other] < tables.choices.cost[choice]:
            choice = other
    return int(choice)


@pasted
def _some_qualified(tables: Tables, need: int, chance: np.random.Generator) -> int:
    qualified = tables.people.qualified
    begin, end = qualified.first[need], qualified.first[need + 1]
    return int(qualified.items[begin + _below(end - begin, chance)])


@pasted
def _some_need(tables: Tables, activity: int, chance: np.random.Generator) -> int:
    """One of the needs of an activity for an expert or a kit, or OUT; they stand before teams."""
    first, end = tables.activities.needs[activity], tables.activities.needs[activity + 1]
    while end > first and tables.people.need[end - 1] == TEAM:
        end -= 1
    if end == first:
        return OUT
    need = first + _below(end - first, chance)
    qualified = tables.people.qualified.first
    return int(need) if qualified[need] < qualified[need + 1] else OUT


@pasted
def _beside(
    tables: Tables, state: State, activity: int, who: int, chance: np.random.Generator
) -> int:
    """A choice of an activity where somebody is: that day, for a kit the day before or after too.

    At the same site, or in the same district.
    """
    if state.many[who] == 0:
        return OUT
    other = state.duties[who, _below(state.many[who], chance)]
    if other == activity:
        return OUT
    at = state.at[other]
    venue, day = tables.choices.venue[at], tables.choices.start[at] // DAY
    if tables.people.kind[who] == KIT:
        day += _below(3, chance) - 1
    begin = tables.venues.place[venue]
    end = begin + 1
    if chance.random() >= NEAR:
        district = tables.venues.district[venue]
        begin, end = tables.venues.first_place[district], tables.venues.first_place[district + 1]
    places = tables.venues.first_place[-1]
    low = _first_from(tables, activity, day * places + begin)
    high = _first_from(tables, activity, day * places + end)
    return int(low + _below(high - low, chance)) if high > low else OUT


@inner
def _first_from(tables: Tables, activity: int, cell: int) -> int:
    """The first choice of an activity that is not before a cell."""
    low, high = tables.choices.first[activity], tables.choices.first[activity + 1]
    while low < high:
        middle = (low + high) // 2
        if tables.choices.cell[middle] < cell:
            low = middle + 1
        else:
            high = middle
    return int(low)


@pasted
def _try(
    tables: Tables,
    state: State,
    activity: int,
    choice: int,
    need: int,
    who: int,
    most: int,
    chance: np.random.Generator,
) -> bool:
    """Move an activity, `who` filling `need`, if that costs no more than `most` points more.

    To another day go with it all that must be on one day with it.
    """
    before = state.points[0]
    many = _gather(tables, state, activity, choice)
    _take_up(tables, state, many)
    laid = _lay(tables, state, many, choice, need, who, chance)
    if laid == many and state.points[0] <= before + most:
        return True
    _lay_back(tables, state, many, laid)
    return False


@pasted
def _take_up(tables: Tables, state: State, many: int) -> None:
    """Take up all that is to be moved, and write down how it lay."""
    for i in range(many):
        one = whole(state.moved[i, 0])
        state.moved[i, 1], state.moved[i, 2] = state.at[one], state.backup[one]
        first = tables.activities.needs[one]
        for n in range(first, tables.activities.needs[one + 1]):
            state.old[i, n - first] = state.crew[n]
        if state.at[one] != OUT:
            take(tables, state, one)


@pasted
def _lay(
    tables: Tables,
    state: State,
    many: int,
    choice: int,
    need: int,
    who: int,
    chance: np.random.Generator,
) -> int:
    """Lay the first at a choice, the others on its day; how many of them found a place."""
    for i in range(many):
        one, there, asked = whole(state.moved[i, 0]), choice, need
        if i > 0:
            there, asked = _on_day(tables, one, tables.choices.start[choice] // DAY, chance), OUT
        if there == OUT or not fits(tables, state, one, there):
            return i
        state.at[one] = there
        if not _call(tables, state, i, one, there, asked, who, chance):
            state.at[one] = OUT
            return i
        backup = _shelter(tables, state, one, there, chance)
        first = tables.activities.needs[one]
        for n in range(first, tables.activities.needs[one + 1]):
            state.crew[n] = state.new[n - first]
        put(tables, state, one, there, backup)
    return many


@pasted
def _lay_back(tables: Tables, state: State, many: int, laid: int) -> None:
    """Lay everything where it was; so many were laid elsewhere."""
    for i in range(laid):
        take(tables, state, whole(state.moved[i, 0]))
    for i in range(many):
        one = whole(state.moved[i, 0])
        first = tables.activities.needs[one]
        for n in range(first, tables.activities.needs[one + 1]):
            state.crew[n] = state.old[i, n - first]
        if state.moved[i, 1] != OUT:
            put(tables, state, one, whole(state.moved[i, 1]), whole(state.moved[i, 2]))


@pasted
def _gather(tables: Tables, state: State, activity: int, choice: int) -> int:
    """Writes on the scratch who is to be moved; how many they are."""
    state.moved[0, 0] = activity
    old, start = state.at[activity], tables.choices.start
    if old == OUT or start[old] // DAY == start[choice] // DAY:
        return 1
    many, looked = 1, 0
    while looked < many:
        one = state.moved[looked, 0]
        looked += 1
        bonds = tables.activities.bonds.first
        for bond in range(bonds[one], bonds[one + 1]):
            other = tables.bonds.other[bond]
            is_new = tables.bonds.kind[bond] == SAME_DAY and state.at[other] != OUT
            for i in range(many):
                is_new &= state.moved[i, 0] != other
            if is_new and many < TOGETHER:
                state.moved[many, 0] = other
                many += 1
    return many


@pasted
def _on_day(tables: Tables, activity: int, day: int, chance: np.random.Generator) -> int:
    """The cheapest of some choices of a day, or OUT."""
    places = tables.venues.first_place[-1]
    low = _first_from(tables, activity, day * places)
    return _some_choice(tables, low, _first_from(tables, activity, (day + 1) * places), chance)


@pasted
def _call(
    tables: Tables,
    state: State,
    turn: int,
    activity: int,
    choice: int,
    need: int,
    who: int,
    chance: np.random.Generator,
) -> bool:
    """Writes a crew on the scratch; whether there is one. `turn`: its row of who is moved."""
    first, end = tables.activities.needs[activity], tables.activities.needs[activity + 1]
    for n in range(first, end):
        state.new[n - first] = OUT
    if need != OUT:
        if not is_free(tables, state, who, activity, choice):
            return False
        state.new[need - first] = who
    for n in range(first, end):
        if n != need:
            found = _someone(tables, state, turn, activity, choice, n, chance)
            if found == OUT:
                return False
            state.new[n - first] = found
    return True


@inner
def _someone(
    tables: Tables,
    state: State,
    turn: int,
    activity: int,
    choice: int,
    need: int,
    chance: np.random.Generator,
) -> int:
    """Who fills a need: any team, else who costs least of the one who did and a few others."""
    first = tables.activities.needs[activity]
    qualified = tables.people.qualified
    begin, many = qualified.first[need], qualified.first[need + 1] - qualified.first[need]
    is_team = tables.people.need[need] == TEAM
    found = OUT
    least = 0
    for n in range((TEAMS if is_team else DRAWN) + 1):
        who = whole(state.old[turn, need - first])
        if n > 0 or who == OUT:
            if many == 0:
                return OUT
            who = whole(qualified.items[begin + _below(many, chance)])
        if (
            who == found
            or _is_called(state, who)
            or not is_free(tables, state, who, activity, choice)
        ):
            continue
        if is_team:
            return who
        points = _more(tables, state, who, activity)
        if found == OUT or points < least:
            found, least = who, points
    return found


@pasted
def _is_called(state: State, who: int) -> bool:
    is_called = False
    for one in state.new:
        is_called |= one == who
    return is_called


@inlined
def _more(tables: Tables, state: State, who: int, activity: int) -> int:
    """Points that an activity adds to somebody's ways where it is about to lie."""
    state.duties[who, state.many[who]] = activity
    state.many[who] += 1
    points = points_of(tables, state, who)
    state.many[who] -= 1
    return int(points - state.person[who])


@pasted
def _shelter(
    tables: Tables, state: State, activity: int, choice: int, chance: np.random.Generator
) -> int:
    """A venue with a room for rain, if the choice is outdoors and there is one; else OUT."""
    asked, venue = tables.activities, tables.choices.venue[choice]
    if tables.weights.backup == 0 or not (asked.outdoor[activity] or tables.venues.outdoor[venue]):
        return OUT
    begin, end = ticks(tables, activity, choice)
    first = asked.shelters.first[activity]
    many = asked.shelters.first[activity + 1] - first
    skipped = _below(many, chance)
    for n in range(many):
        shelter = asked.shelters.items[first + (skipped + n) % many]
        is_dry = shelter != venue
        for tick in range(begin, end):
            is_dry &= tables.venues.opened[shelter, tick]
            is_dry &= state.held[shelter, tick] < tables.venues.rooms[shelter]
            if not is_dry:
                break
        if is_dry:
            return int(shelter)
    return OUT

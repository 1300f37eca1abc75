"""Moves of an activity: to another venue-time, to where one of its people is, to other people.

Each move is made, counted and, where it costs more than is allowed, taken back. It never breaks a
rule, so a layout is legal at every moment.
"""

from __future__ import annotations

import numpy as np

from events.planner.compiled import compiled_in_place, inlined, pasted, whole
from events.planner.moves.change import put, recount, take
from events.planner.moves.legal import fits, is_free, ticks
from events.planner.moves.points import points_of
from events.planner.moves.state import TOGETHER, Layout, State
from events.planner.moves.tables import KIT, OUT, SAME_DAY, TEAM, Tables
from events.planner.problem import DAY

JOINS, CALLS, EXCHANGES = 0.45, 0.55, 0.7
"""Of all moves, those to where somebody is that day already; these and those to other people; these
and those to people who then leave another activity."""
STAYS, SWAPS = 0.4, 0.5
"""Of exchanges, those in which all stay where they are; of the others, those in which both go."""
NEAR = 0.7
"""Of the joins, those to the same site; the others are to the same district."""
DRAWN = 3
"""Choices drawn of which the cheapest is tried; people asked beside who serves now."""
AGAIN = 4
"""Choices drawn, one after the other, where one that costs no more than it may is asked for."""
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
    for who in range(len(state.person)):
        recount(tables, state, who)
    drawn = tables.activities.drawn
    for _ in range(moves):
        most = int(-heat * np.log(1.0 - chance.random()))
        activity = int(drawn[_below(len(drawn), chance)])
        kind, need, who = chance.random(), OUT, OUT
        if kind < EXCHANGES:
            need = _some_need(tables, activity, chance)
        if need != OUT:
            who = _some_qualified(tables, need, chance)
        if need == OUT or kind < JOINS or who != state.crew[need]:
            _try(tables, state, activity, kind, need, who, most, chance)


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
    tables: Tables,
    state: State,
    activity: int,
    who: int,
    dearest: int,
    chance: np.random.Generator,
) -> int:
    """A choice of an activity where somebody is: that day, for a kit the day before or after too.

    At the same site, or in the same district.
    """
    if state.many[who] == 0:
        return OUT
    other = state.duties[who, _below(state.many[who], chance)]
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
    if high == low:
        return OUT
    for _ in range(AGAIN):
        choice = int(low + _below(high - low, chance))
        if tables.choices.cost[choice] <= dearest:
            return choice
    return OUT


@inlined
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
    kind: float,
    need: int,
    who: int,
    most: int,
    chance: np.random.Generator,
) -> bool:
    """Move an activity, `who` filling `need`, if that costs no more than `most` points more.

    To another day go with it all that must be on one day with it.
    """
    before, old, whose = state.points[0], whole(state.at[activity]), OUT
    is_exchange = need != OUT and kind >= CALLS
    state.moved[0, 0], many = activity, whole(1)
    if is_exchange:
        state.moved[1, 0], whose = _some_duty(state, who, chance), state.crew[need]
        many += 1
        if state.moved[1, 0] == OUT or state.moved[1, 0] == activity or whose == OUT:
            return False
    _take_up(tables, state, whole(0), many)
    limit = before + most
    if is_exchange:
        _exchange(tables, state, who, whose, chance)
    else:
        dearest = _dearest(tables, state, whole(0), many, limit)
        choice = old
        if need == OUT:
            choice = _some_affordable(tables, activity, dearest, chance)
        elif kind < JOINS:
            choice = _beside(tables, state, activity, who, dearest, chance)
        state.moved[0, 3] = choice
        if choice != OUT:
            many = _gather(tables, state, old, choice, chance)
            _take_up(tables, state, whole(1), many)
    laid = _lay(tables, state, many, need, who, limit, chance)
    if laid == many and state.points[0] <= before + most:
        return True
    _lay_back(tables, state, many, laid)
    return False


@inlined
def _dearest(tables: Tables, state: State, begin: int, many: int, limit: int) -> int:
    """What choices of those taken up may cost alone so that all costs no more than the limit."""
    asked = tables.activities
    dearest = limit - state.points[0] + state.points[1]
    for i in range(begin, many):
        one = state.moved[i, 0]
        dearest += asked.drop[one]
        for n in range(asked.series.first[one], asked.series.first[one + 1]):
            dearest += state.series[asked.series.items[n]]
    return int(dearest)


@inlined
def _some_affordable(
    tables: Tables, activity: int, dearest: int, chance: np.random.Generator
) -> int:
    """A choice of an activity that alone costs no more than the dearest may, or OUT."""
    choices = tables.choices
    first, end = whole(choices.first[activity]), whole(choices.first[activity + 1])
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if choices.cost[choices.ranked[middle]] <= dearest:
            low = middle + 1
        else:
            high = middle
    return int(choices.ranked[first + _below(low - first, chance)]) if low > first else OUT


@inlined
def _some_duty(state: State, who: int, chance: np.random.Generator) -> int:
    """An activity that somebody serves, or OUT."""
    many = state.many[who]
    return int(state.duties[who, _below(many, chance)]) if many > 0 else OUT


@inlined
def _exchange(
    tables: Tables, state: State, who: int, whose: int, chance: np.random.Generator
) -> None:
    """Where the two that are taken up are to lie; the second is offered to who served the first."""
    one, other = whole(state.moved[0, 0]), whole(state.moved[1, 0])
    first = tables.activities.needs[other]
    for n in range(first, tables.activities.needs[other + 1]):
        if state.old[1, n - first] == who and _is_qualified(tables, n, whose):
            state.asked[1, n - first] = whose
    here, there = whole(state.moved[0, 1]), whole(state.moved[1, 1])
    state.moved[0, 3], state.moved[1, 3] = here, there
    if chance.random() >= STAYS:
        state.moved[0, 3] = _in_cell(tables, one, whole(tables.choices.cell[there]), chance)
        if chance.random() < SWAPS:
            state.moved[1, 3] = _in_cell(tables, other, whole(tables.choices.cell[here]), chance)


@inlined
def _is_qualified(tables: Tables, need: int, who: int) -> bool:
    """Whether somebody may fill a need."""
    qualified, is_one = tables.people.qualified, False
    for n in range(qualified.first[need], qualified.first[need + 1]):
        is_one |= qualified.items[n] == who
    return is_one


@inlined
def _in_cell(tables: Tables, activity: int, cell: int, chance: np.random.Generator) -> int:
    """The cheapest of some choices of an activity in a cell, or OUT."""
    low = _first_from(tables, activity, cell)
    return _some_choice(tables, low, _first_from(tables, activity, cell + 1), chance)


@inlined
def _take_up(tables: Tables, state: State, begin: int, many: int) -> None:
    """Take up what is to be moved, and write down how it lay."""
    for i in range(begin, many):
        one = whole(state.moved[i, 0])
        state.moved[i, 1], state.moved[i, 2] = state.at[one], state.backup[one]
        first = tables.activities.needs[one]
        for n in range(first, tables.activities.needs[one + 1]):
            state.old[i, n - first] = state.asked[i, n - first] = state.crew[n]
        if state.at[one] != OUT:
            take(tables, state, one)


@pasted
def _lay(
    tables: Tables,
    state: State,
    many: int,
    need: int,
    who: int,
    limit: int,
    chance: np.random.Generator,
) -> int:
    """Lay all that is to be moved, the first with `who`; how many of them found a place."""
    for i in range(many):
        one, there = whole(state.moved[i, 0]), whole(state.moved[i, 3])
        if there == OUT or not fits(tables, state, one, there):
            return i
        if tables.choices.cost[there] > _dearest(tables, state, i, many, limit):
            return i
        state.at[one] = there
        if not _call(tables, state, i, one, there, need if i == 0 else OUT, who, chance):
            state.at[one] = OUT
            return i
        backup = _shelter(tables, state, one, there, chance)
        first = tables.activities.needs[one]
        for n in range(first, tables.activities.needs[one + 1]):
            state.crew[n] = state.new[n - first]
        put(tables, state, one, there, backup)
    return many


@inlined
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
def _gather(
    tables: Tables, state: State, old: int, choice: int, chance: np.random.Generator
) -> int:
    """Write on the scratch who must move along to the day of a choice, and where; how many."""
    start = tables.choices.start
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
                state.moved[many, 3] = _on_day(tables, other, start[choice] // DAY, chance)
                many += 1
    return many


@pasted
def _on_day(tables: Tables, activity: int, day: int, chance: np.random.Generator) -> int:
    """The cheapest of some choices of a day, or OUT."""
    places = tables.venues.first_place[-1]
    low = _first_from(tables, activity, day * places)
    return _some_choice(tables, low, _first_from(tables, activity, (day + 1) * places), chance)


@inlined
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


@inlined
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
        who = whole(state.asked[turn, need - first])
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


@inlined
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

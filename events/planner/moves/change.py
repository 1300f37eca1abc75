"""An activity laid down or taken up: rooms, duties and points follow.

Whoever calls has asked `fits` and `is_free`.
"""

from __future__ import annotations

from events.planner.compiled import inlined, whole
from events.planner.moves.legal import ticks
from events.planner.moves.points import count_series, count_track, cover, points_of
from events.planner.moves.state import State
from events.planner.moves.tables import OUT, Tables
from events.planner.problem import DAY


@inlined
def _enlist(tables: Tables, state: State, who: int, activity: int) -> None:
    """Give somebody a duty."""
    state.duties[who, state.many[who]] = activity
    state.many[who] += 1
    recount(tables, state, who)


@inlined
def _release(tables: Tables, state: State, who: int, activity: int) -> None:
    """Take a duty away."""
    many = state.many[who] - 1
    for n in range(many):
        if state.duties[who, n] == activity:
            state.duties[who, n] = state.duties[who, many]
            break
    state.many[who] = many
    recount(tables, state, who)


@inlined
def recount(tables: Tables, state: State, who: int) -> None:
    """Count somebody's points anew."""
    points = points_of(tables, state, who)
    state.points[0] += points - state.person[who]
    state.person[who] = points


@inlined
def _occupy(tables: Tables, state: State, activity: int, choice: int, venue: int, by: int) -> None:
    """Take (`by` 1) or give back (-1) a room at a venue, at the time of a choice."""
    begin, end = ticks(tables, activity, choice)
    for tick in range(begin, end):
        state.held[venue, tick] += by


@inlined
def put(tables: Tables, state: State, activity: int, choice: int, backup: int) -> None:
    """Lay an activity down; its crew is enlisted by itself."""
    state.at[activity], state.backup[activity] = choice, backup
    _charge(tables, state, activity, whole(1))
    for n in range(tables.activities.needs[activity], tables.activities.needs[activity + 1]):
        if state.crew[n] != OUT:
            _enlist(tables, state, whole(state.crew[n]), activity)


@inlined
def take(tables: Tables, state: State, activity: int) -> None:
    """Take an activity up; its crew stays written down."""
    for n in range(tables.activities.needs[activity], tables.activities.needs[activity + 1]):
        if state.crew[n] != OUT:
            _release(tables, state, whole(state.crew[n]), activity)
    _charge(tables, state, activity, whole(-1))
    state.at[activity] = state.backup[activity] = OUT


@inlined
def _charge(tables: Tables, state: State, activity: int, by: int) -> None:
    """Rooms and points of an activity that lies (`by` 1) or is about to be taken up (-1)."""
    asked, venues = tables.activities, tables.venues
    choice, backup = state.at[activity], state.backup[activity]
    venue, start = tables.choices.venue[choice], tables.choices.start[choice]
    _occupy(tables, state, activity, choice, venue, by)
    state.guests[venues.site[venue], start // DAY] += by
    alone = tables.choices.cost[choice] - asked.drop[activity]
    if backup != OUT:
        _occupy(tables, state, activity, choice, backup, by)
    elif asked.outdoor[activity] or venues.outdoor[venue]:
        alone += tables.weights.backup
    state.points[0] += by * alone
    for n in range(asked.series.first[activity], asked.series.first[activity + 1]):
        count_series(tables, state, asked.series.items[n], activity, by)
    for n in range(asked.tracks.first[activity], asked.tracks.first[activity + 1]):
        if tables.groups.compact[asked.tracks.items[n]]:
            count_track(tables, state, asked.tracks.items[n], activity, by)
    cover(tables, state, activity, venue, by)

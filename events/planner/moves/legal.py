"""What the hard rules allow beside what lies already."""

from __future__ import annotations

from events.planner.compiled import inlined
from events.planner.moves.state import State
from events.planner.moves.tables import BEFORE, KIT, OTHER_DAY, OUT, SAME_DAY, Tables
from events.planner.problem import DAY


@inlined
def ticks(tables: Tables, activity: int, choice: int) -> tuple[int, int]:
    """From when until when an activity holds a room at a choice."""
    asked, start = tables.activities, tables.choices.start[choice]
    begin = start - asked.setup[activity]
    end = start + asked.minutes[activity] + asked.strike[activity]
    return begin // tables.tick + tables.lead, end // tables.tick + tables.lead


@inlined
def fits(tables: Tables, state: State, activity: int, choice: int) -> bool:
    """Whether room, tracks and relations allow a choice of an activity that is not placed."""
    asked, venues = tables.activities, tables.venues
    venue, start = tables.choices.venue[choice], tables.choices.start[choice]
    begin, end = ticks(tables, activity, choice)
    for tick in range(begin, end):
        if state.held[venue, tick] >= venues.rooms[venue]:
            return False
    day = start // DAY
    if state.guests[venues.site[venue], day] >= venues.most[venue, day]:
        return False
    ended = start + asked.minutes[activity]
    for n in range(asked.tracks.first[activity], asked.tracks.first[activity + 1]):
        track = asked.tracks.items[n]
        for m in range(tables.groups.track.first[track], tables.groups.track.first[track + 1]):
            other = tables.groups.track.items[m]
            if state.at[other] != OUT and other != activity:
                then = tables.choices.start[state.at[other]]
                if then < ended and start < then + asked.minutes[other]:
                    return False
    for bond in range(asked.bonds.first[activity], asked.bonds.first[activity + 1]):
        if not _agrees(tables, state, activity, start, bond):
            return False
    return True


@inlined
def _agrees(tables: Tables, state: State, activity: int, start: int, bond: int) -> bool:
    """Whether a start keeps a relation, as far as the other one is placed."""
    other = tables.bonds.other[bond]
    if state.at[other] == OUT:
        return True
    first, first_start, second_start = activity, start, tables.choices.start[state.at[other]]
    if not tables.bonds.is_first[bond]:
        first, first_start, second_start = other, second_start, start
    days = abs(second_start // DAY - first_start // DAY)
    kind, amount = tables.bonds.kind[bond], tables.bonds.amount[bond]
    if kind == BEFORE:
        ended = first_start + tables.activities.minutes[first]
        return bool(second_start >= ended + amount)
    if kind == SAME_DAY:
        return bool(days == 0)
    if kind == OTHER_DAY:
        return bool(days > 0)
    return bool(days >= amount)


@inlined
def is_free(tables: Tables, state: State, who: int, activity: int, choice: int) -> bool:
    """Whether somebody may serve an activity at a choice beside the other duties."""
    people, asked, venues = tables.people, tables.activities, tables.venues
    venue, start = tables.choices.venue[choice], tables.choices.start[choice]
    many = state.many[who]
    if many >= people.most[who] or many == len(state.order):
        return False
    if not people.area[who, venues.district[venue]]:
        return False
    is_kit = people.kind[who] == KIT
    begin, end = start, start + asked.minutes[activity]
    if is_kit:
        begin, end = begin - asked.setup[activity], end + asked.strike[activity]
    for tick in range(begin // tables.tick + tables.lead, end // tables.tick + tables.lead):
        if not people.around[who, tick]:
            return False
    today = 0
    for n in range(many):
        other = state.duties[who, n]
        there = tables.choices.venue[state.at[other]]
        then = tables.choices.start[state.at[other]]
        today += then // DAY == start // DAY
        gap = people.pause[who]
        if venues.site[there] != venues.site[venue]:
            gap += people.moving[who]
            gap += tables.roads[venues.district[there], venues.district[venue]]
        ended = then + asked.minutes[other]
        if is_kit:
            then, ended = then - asked.setup[other], ended + asked.strike[other]
        if begin < ended + gap and then < end + gap:
            return False
    return bool(today < people.most_per_day[who])

"""Points of ways, series, tracks and quotas, in parts of SCALE.

A person's ways are points that are rounded down. A move that spares some minutes, and no whole
point yet, must not look like one that spares none: so a share of each point goes unrounded, the
less the colder it is.
"""

from __future__ import annotations

from events.planner.compiled import inlined, whole
from events.planner.moves.state import SOFTLY, State
from events.planner.moves.tables import KIT, OUT, SCALE, TEAM, Ints, Tables
from events.planner.problem import DAY
from events.planner.terms import PER_HOUR_OF_TRAVEL, UNIT_KM

TIRED = 2
"""Sessions of an expert on a day that cost nothing."""


@inlined
def points_of(tables: Tables, state: State, who: int) -> int:
    """Points of somebody's ways and tiring days."""
    people, weights = tables.people, tables.weights
    kind, many = people.kind[who], state.many[who]
    if kind == TEAM or many == 0:
        return 0
    _sort(tables, state, who)
    if kind == KIT:
        km = _tour(tables, state, who, whole(0), whole(many), tables.km)
        return int(weights.kit * _rounded(state, km, whole(UNIT_KM)))
    minutes = thirds = first = 0
    for n in range(1, many + 1):
        if n == many or _day(tables, state, n) != _day(tables, state, first):
            minutes += _tour(tables, state, who, whole(first), whole(n), tables.roads)
            thirds += max(0, n - first - TIRED)
            first = n
    points = _rounded(state, PER_HOUR_OF_TRAVEL * minutes, whole(60))
    return int(weights.third * thirds + weights.expert * points)


@inlined
def _rounded(state: State, amount: int, unit: int) -> int:
    """Parts of points: one for each unit, rounded down but for its soft parts."""
    soft = state.points[SOFTLY]
    return int((SCALE - soft) * (amount // unit) + soft * amount // unit)


@inlined
def _day(tables: Tables, state: State, n: int) -> int:
    return int(tables.choices.start[state.at[state.order[n]]] // DAY)


@inlined
def _sort(tables: Tables, state: State, who: int) -> None:
    """Writes the duties of somebody by time on the scratch."""
    for n in range(state.many[who]):
        duty = state.duties[who, n]
        start, m = tables.choices.start[state.at[duty]], n
        while m > 0 and tables.choices.start[state.at[state.order[m - 1]]] > start:
            state.order[m] = state.order[m - 1]
            m -= 1
        state.order[m] = duty


@inlined
def _tour(tables: Tables, state: State, who: int, first: int, end: int, ways: Ints) -> int:
    """From home to duties in a row on the scratch, and home again."""
    venues, home = tables.venues, tables.people.home[who]
    before = tables.choices.venue[state.at[state.order[first]]]
    last = tables.choices.venue[state.at[state.order[end - 1]]]
    total = 0
    if home != OUT:
        total += ways[home, venues.district[before]] + ways[home, venues.district[last]]
    for n in range(first + 1, end):
        venue = tables.choices.venue[state.at[state.order[n]]]
        if venues.site[venue] != venues.site[before]:
            total += ways[venues.district[before], venues.district[venue]]
        before = venue
    return total


@inlined
def count_series(tables: Tables, state: State, series: int, activity: int, by: int) -> None:
    """Days missing and further venues of a series; without `activity` where `by` is -1."""
    members, weights = tables.groups.series, tables.weights
    days = venues = 0
    for n in range(members.first[series], members.first[series + 1]):
        one = state.at[members.items[n]]
        if one == OUT or (by < 0 and members.items[n] == activity):
            continue
        is_new_day = is_new_venue = True
        for m in range(members.first[series], n):
            other = state.at[members.items[m]]
            if other == OUT or (by < 0 and members.items[m] == activity):
                continue
            if tables.choices.start[other] // DAY == tables.choices.start[one] // DAY:
                is_new_day = False
            if tables.choices.venue[other] == tables.choices.venue[one]:
                is_new_venue = False
        days += is_new_day
        venues += is_new_venue
    missing = max(0, tables.groups.least_days[series] - days)
    points = weights.spread * missing + weights.one_venue * max(0, venues - 1)
    state.points[0] += points - state.series[series]
    state.series[series] = points


@inlined
def count_track(tables: Tables, state: State, track: int, activity: int, by: int) -> None:
    """Sessions of a track without a neighbour; without `activity` where `by` is -1."""
    members, minutes = tables.groups.track, tables.activities.minutes
    alone = 0
    for n in range(members.first[track], members.first[track + 1]):
        one = members.items[n]
        if state.at[one] == OUT or (by < 0 and one == activity):
            continue
        start, is_alone = tables.choices.start[state.at[one]], True
        for m in range(members.first[track], members.first[track + 1]):
            other = members.items[m]
            if state.at[other] == OUT or other == one or (by < 0 and other == activity):
                continue
            then = tables.choices.start[state.at[other]]
            after, before = then - start - minutes[one], start - then - minutes[other]
            if then // DAY == start // DAY and (
                0 <= after < tables.grid or 0 <= before < tables.grid
            ):
                is_alone = False
        alone += is_alone
    points = tables.weights.compact * alone
    state.points[0] += points - state.track[track]
    state.track[track] = points


@inlined
def cover(tables: Tables, state: State, activity: int, venue: int, by: int) -> None:
    """Counts an activity for its quotas."""
    quotas, weights = tables.groups.quota, tables.weights
    audience = tables.activities.audience[activity]
    is_other = False
    for n in range(quotas.first[audience], quotas.first[audience + 1]):
        quota = quotas.items[n]
        district = tables.groups.quota_district[quota]
        if district == OUT or district == tables.venues.district[venue]:
            least = tables.groups.quota_least[quota]
            is_other |= min(state.reached[quota], state.reached[quota] + by) < least
            state.reached[quota] += by
    if is_other:
        total = most = 0
        for quota in range(len(tables.groups.quota_least)):
            gap = max(0, tables.groups.quota_least[quota] - state.reached[quota])
            total += gap
            most = max(most, gap)
        points = weights.coverage * total + weights.deviation * most
        state.points[0] += points - state.points[1]
        state.points[1] = points

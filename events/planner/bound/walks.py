"""The tour of one kit that earns most, when each session pays for service.

Tours grow day by day, session by session; of those that served the same sessions and are in one
district only the best are kept (Held and Karp 1962), and of these only such as could still beat the
best one found, were it allowed to serve sessions again (Christofides, Mingozzi and Toth 1981).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from events.planner.bound.copies import Floats
from events.planner.candidates import Ints
from events.planner.compiled import compiled, inlined, pasted
from events.planner.terms import UNIT_KM

KEPT, ROOM = 200_000, 20_000
"""Tours that are kept at most, and those that are looked at beside them."""
FAR = 2**24
"""Kilometres of no tour."""


class Kit(NamedTuple):
    """A kit, and its ways in kilometres, as short as they can be."""

    days: Ints
    times: int
    """sessions a day at most"""
    ways: Ints
    """(districts + 1, districts); the last from home"""
    home: Ints
    """(districts + 1,) from there home; the last is home itself"""
    per_unit: int
    """points of UNIT_KM"""


class Tours(NamedTuple):
    """Tours on their way, (n,) each."""

    paid: Floats
    """what their sessions paid"""
    km: Ints
    at: Ints
    """the district"""
    served: Ints
    """rows as bits"""
    before: Ints
    """the tour of which this is one session more"""
    row: Ints
    cell: Ints
    """where that is served"""


@compiled
def best_tour(
    worth: Floats, kit: Kit, known: Ints, most: int, calls: Ints
) -> tuple[float, int, float]:
    """The most that a tour earns, how many of `calls` (row, cell) it is, what others may add.

    worth: (rows, days, districts); known: a good tour, (calls, 2); at most so many tours go on.
    """
    rows, days, districts = worth.shape
    hopes = np.empty((len(kit.days) * kit.times + 1, districts))
    pays = np.zeros((days + 1, rows))
    _look_ahead(worth, kit, hopes, pays)
    size = 1 + min(most * (len(kit.days) * kit.times + 1), KEPT) + ROOM
    tours = Tours(
        np.empty(size),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
    )
    tours.paid[0], tours.km[0], tours.at[0], tours.served[0] = 0.0, 0, districts, 0
    alive, latest = np.zeros(size, np.int64), np.zeros(size, np.int64)
    best, last, is_sure = _again(worth, kit, known), -1, True
    end = many = 1
    for n in range(len(kit.days)):
        day, last_many = kit.days[n], many
        for i in range(many):
            latest[i] = alive[i]
        for time in range(kit.times):
            begin, hope = end, hopes[n * kit.times + time + 1]
            for i in range(last_many):
                tour = latest[i]
                end = _extend(tours, tour, end, worth, kit, day, pays[n], hope, best)
            is_sure &= end < size - districts * rows
            for i in range(begin, end):
                latest[i - begin] = i
            last_many = _kept(tours, latest, end - begin, kit)
            if last_many > most:
                is_sure = False
                last_many = _promising(tours, latest, last_many, most, kit, pays[n])
            latest[:last_many].sort()
            for i in range(last_many):
                tour = latest[i]
                _copy(tours, tour, begin + i)
                latest[i] = begin + i
                alive[many + i] = begin + i
                earned = _earned(tours, begin + i, kit)
                if earned > best:
                    best, last = earned, begin + i
            many += last_many
            end = begin + last_many
        many = _kept(tours, alive, many, kit)
    missing = 0.0 if is_sure else max(0.0, _most(worth, kit, hopes) - best)
    return best, _trace(tours, last, calls), missing


@inlined
def _trace(tours: Tours, last: int, calls: Ints) -> int:
    """Write down a tour backwards; how many calls it is."""
    many = 0
    while last > 0:
        calls[many, 0], calls[many, 1] = tours.row[last], tours.cell[last]
        last, many = tours.before[last], many + 1
    return many


@pasted
def _promising(tours: Tours, some: Ints, many: int, most: int, kit: Kit, pays: Floats) -> int:
    """Leave the most promising of some, by what they have earned and may still be paid."""
    hopes = np.empty(many)
    for i in range(many):
        hopes[i] = _earned(tours, some[i], kit) + _rest(pays, tours.served[some[i]])
    some[:most] = some[np.argsort(-hopes)[:most]]
    return most


@inlined
def _earned(tours: Tours, tour: int, kit: Kit) -> float:
    """What a tour has earned when it is home again."""
    km = tours.km[tour] + kit.home[tours.at[tour]]
    return float(tours.paid[tour] - kit.per_unit * (km // UNIT_KM))


@inlined
def _rest(pays: Floats, served: int) -> float:
    """What all rows that a tour has not served may pay together."""
    total = 0.0
    for row in range(len(pays)):
        if not served >> row & 1:
            total += pays[row]
    return total


@inlined
def _copy(tours: Tours, source: int, target: int) -> None:
    """Write a tour over another one."""
    tours.paid[target], tours.km[target] = tours.paid[source], tours.km[source]
    tours.at[target], tours.served[target] = tours.at[source], tours.served[source]
    tours.before[target] = tours.before[source]
    tours.row[target], tours.cell[target] = tours.row[source], tours.cell[source]


@inlined
def _again(worth: Floats, kit: Kit, known: Ints) -> float:
    """What the tour that was best last time earns now, if anything."""
    paid, km, at = 0.0, 0, len(kit.home) - 1
    for n in range(len(known)):
        row, cell = known[n]
        district = cell % (len(kit.home) - 1)
        paid += worth[row, cell // (len(kit.home) - 1), district]
        km, at = km + kit.ways[at, district], district
    return float(max(0.0, paid - kit.per_unit * ((km + kit.home[at]) // UNIT_KM)))


@inlined
def _look_ahead(worth: Floats, kit: Kit, hopes: Floats, pays: Floats) -> None:
    """The most that may still come in each district after so many sessions, home included.

    Somebody may be served again and again. And what each row pays at most from a day on.
    """
    per_km = kit.per_unit / UNIT_KM
    districts = len(kit.home) - 1
    last = len(hopes) - 1
    for district in range(districts):
        hopes[last, district] = -kit.home[district] * per_km
    for n in range(len(kit.days) - 1, -1, -1):
        day = kit.days[n]
        for row in range(len(worth)):
            pays[n, row] = pays[n + 1, row] if n + 1 < len(kit.days) else 0.0
            for district in range(districts):
                pays[n, row] = max(pays[n, row], worth[row, day, district])
        for _ in range(kit.times):
            last -= 1
            for here in range(districts):
                hopes[last, here] = hopes[last + 1, here]
                for there in range(districts):
                    pay = -np.inf
                    for row in range(len(worth)):
                        pay = max(pay, worth[row, day, there])
                    hope = pay + hopes[last + 1, there] - kit.ways[here, there] * per_km
                    hopes[last, here] = max(hopes[last, here], hope)


@inlined
def _most(worth: Floats, kit: Kit, hopes: Floats) -> float:
    """The most that a tour could earn if it were paid for a session again and again."""
    most = 0.0
    per_km = kit.per_unit / UNIT_KM
    for n in range(len(kit.days)):
        for district in range(len(kit.home) - 1):
            for row in range(len(worth)):
                hope = worth[row, kit.days[n], district] + hopes[n * kit.times + 1, district]
                most = max(most, hope + per_km * (UNIT_KM - 1 - kit.home[district]))
    return most


@inlined
def _extend(
    tours: Tours,
    tour: int,
    end: int,
    worth: Floats,
    kit: Kit,
    day: int,
    pays: Floats,
    hopes: Floats,
    best: float,
) -> int:
    """Write down a tour with one session more, each that could still be better than the best."""
    per_km = kit.per_unit / UNIT_KM
    slack = per_km * (UNIT_KM - 1)
    rest = _rest(pays, tours.served[tour])
    rows, _, districts = worth.shape
    for row in range(rows):
        if tours.served[tour] >> row & 1:
            continue
        for district in range(districts):
            pay = worth[row, day, district]
            if pay <= 0 or end == len(tours.paid):
                continue
            paid = tours.paid[tour] + pay
            km = tours.km[tour] + kit.ways[tours.at[tour], district]
            earned = paid - per_km * km + slack
            out = kit.home[district] * per_km
            if earned - out + rest - pays[row] > best and earned + hopes[district] > best:
                tours.paid[end], tours.km[end], tours.at[end] = paid, km, district
                tours.served[end] = tours.served[tour] | 1 << row
                tours.before[end], tours.row[end] = tour, row
                tours.cell[end] = day * districts + district
                end += 1
    return end


@pasted
def _kept(tours: Tours, some: Ints, many: int, kit: Kit) -> int:
    """Leave of `some` those that no other one with the same sessions and district can replace."""
    if many < 2:
        return many
    keys = np.empty(many, np.int64)
    for i in range(many):
        tour = some[i]
        keys[i] = (tours.served[tour] * len(kit.home) + tours.at[tour]) * FAR + tours.km[tour]
    order = np.argsort(keys)
    own = some[:many][order]
    per_km = kit.per_unit / UNIT_KM
    kept, group = 0, -1
    paid = raw = -np.inf
    for i in range(many):
        tour, key = own[i], keys[order[i]] // FAR
        if key != group:
            group, paid, raw = key, -np.inf, -np.inf
        earned = tours.paid[tour] - tours.km[tour] * per_km
        if tours.paid[tour] > paid and earned > raw - per_km * (UNIT_KM - 1):
            some[kept] = tour
            kept += 1
        paid, raw = max(paid, tours.paid[tour]), max(raw, earned)
    return kept

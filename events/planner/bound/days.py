"""The week in which one expert earns most, when each session pays for service.

A day is one session, or two with the way between them; from the third on what the best other one
pays, less the points of a tiring day. Two sessions go together where both can be had in time, if
not at their cheapest starts, then at dearer ones. Of a day only what is within a point of its best
counts, for that is what rounding down a week's minutes can spare; days add up by dynamic
programming over these minutes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from events.planner.bound.copies import Floats
from events.planner.bound.times import Times, beside
from events.planner.candidates import Ints
from events.planner.compiled import compiled, inlined
from events.planner.terms import PER_HOUR_OF_TRAVEL


class Ground(NamedTuple):
    """Places, and minutes between districts: no more than the ways that are charged; to be kept."""

    district: Ints
    """(places,)"""
    site: Ints
    """(places,)"""
    ways: Ints
    roads: Ints


class Person(NamedTuple):
    """An expert."""

    rows: Ints
    days: Ints
    legs: Ints
    """(districts,) minutes from home"""
    pause: int
    """minutes between two sessions"""
    moving: int
    """more of them where the second is elsewhere"""
    most: int
    """sessions a day"""
    factor: int
    """of the slider"""
    third: int
    """points of a third session on a day"""


class Sessions(NamedTuple):
    """What could be served on a day, the best paid first; (n,) each."""

    row: Ints
    place: Ints
    pays: Floats


class Options(NamedTuple):
    """Of a day by minutes on the road."""

    paid: Floats
    """(minutes,) the most that sessions pay, -inf where there are none"""
    whom: Ints
    """(minutes, 3) rows x places and place of these, or -1"""


@compiled
def best_week(
    worth: Floats, times: Times, ground: Ground, person: Person, served: Ints
) -> tuple[float, int]:
    """Points of the best week, and how many rows of `served` (row, day, place) it fills.

    worth: (rows, days, places), -inf where a session cannot be.
    """
    days, places = len(person.days), len(ground.district)
    per_minute = person.factor * PER_HOUR_OF_TRAVEL / 60
    highest = 0.0
    for one in person.rows:
        highest = max(highest, worth[one].max())
    longest = 2 * person.legs.max() + ground.ways.max()
    longest = min(longest, int((highest * person.most + person.factor) / per_minute))
    paid = np.full((days, longest + 1), -np.inf)
    whom = np.full((days, longest + 1, 3), -1)
    size = len(person.rows) * places
    row, place, pays = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size)
    for n in range(days):
        day = person.days[n]
        many = _find(worth, person, day, row, place, pays)
        order = np.argsort(-pays[:many])
        sessions = Sessions(row[:many][order], place[:many][order], pays[:many][order])
        options = Options(paid[n], whom[n])
        best = _fill_day(options, sessions, day, times, ground, person)
        for minutes in range(longest + 1):
            if paid[n, minutes] - minutes * per_minute <= best - person.factor:
                paid[n, minutes] = -np.inf
    earned = np.full((days + 1, days * longest + 1), -np.inf)
    taken = np.full((days, days * longest + 1), -1)
    points, at = _fill_week(Options(paid, whom), person, earned, taken)
    return points, _trace(whom, taken, at, person, places, served) if points > 0 else 0


@inlined
def _find(worth: Floats, person: Person, day: int, row: Ints, place: Ints, pays: Floats) -> int:
    """Write down all sessions of a day that pay anything; how many they are."""
    many = 0
    for one in person.rows:
        for there in range(worth.shape[2]):
            if worth[one, day, there] > 0:
                row[many], place[many], pays[many] = one, there, worth[one, day, there]
                many += 1
    return many


@inlined
def _trace(whom: Ints, taken: Ints, at: int, person: Person, places: int, served: Ints) -> int:
    """Write down who is served in a week of so many minutes; how many they are."""
    many = 0
    for n in range(len(taken) - 1, -1, -1):
        minutes = taken[n, at]
        if minutes >= 0:
            at -= minutes
            for item in whom[n, minutes]:
                if item >= 0:
                    served[many, 0], served[many, 1] = item // places, person.days[n]
                    served[many, 2] = item % places
                    many += 1
    return many


@inlined
def _fill_day(
    options: Options, sessions: Sessions, day: int, times: Times, ground: Ground, person: Person
) -> float:
    """Write down what a day may be; the most that it earns, less the ways."""
    per_minute = person.factor * PER_HOUR_OF_TRAVEL / 60
    nearest = 2 * person.legs.min() * per_minute
    best = 0.0
    for a in range(len(sessions.row)):
        minutes = 2 * person.legs[ground.district[sessions.place[a]]]
        best = max(best, sessions.pays[a] - minutes * per_minute)
        _offer(options, sessions, ground, minutes, sessions.pays[a], a, -1, -1)
        if person.most < 2:
            continue
        for b in range(a + 1, len(sessions.row)):
            others = max(0.0, sessions.pays[0] - person.third) * (person.most - 2)
            two = sessions.pays[a] + sessions.pays[b]
            if two + others - nearest <= best - person.factor:
                break
            if times.activity[sessions.row[a]] == times.activity[sessions.row[b]]:
                continue
            c = _third(sessions, times, person, a, b)
            if c >= 0:
                two += (sessions.pays[c] - person.third) * (person.most - 2)
            minutes = _minutes(sessions, ground, person, a, b)
            if two - minutes * per_minute <= best - person.factor:
                continue
            two -= _beside(sessions, day, times, ground, person, a, b)
            best = max(best, two - minutes * per_minute)
            _offer(options, sessions, ground, minutes, two, a, b, c)
    return best


@inlined
def _offer(
    options: Options,
    sessions: Sessions,
    ground: Ground,
    minutes: int,
    paid: float,
    a: int,
    b: int,
    c: int,
) -> None:
    """Write down up to three sessions if no others pay more for the same minutes."""
    places = len(ground.district)
    if minutes < len(options.paid) and paid > options.paid[minutes]:
        options.paid[minutes] = paid
        options.whom[minutes, 0] = sessions.row[a] * places + sessions.place[a]
        options.whom[minutes, 1] = sessions.row[b] * places + sessions.place[b] if b >= 0 else -1
        options.whom[minutes, 2] = sessions.row[c] * places + sessions.place[c] if c >= 0 else -1


@inlined
def _third(sessions: Sessions, times: Times, person: Person, a: int, b: int) -> int:
    """The session that pays most beside two others, and more than a third one costs; or -1."""
    first, second = times.activity[sessions.row[a]], times.activity[sessions.row[b]]
    if person.most > 2:
        for c in range(len(sessions.row)):
            if sessions.pays[c] <= person.third:
                return -1
            own = times.activity[sessions.row[c]]
            if own not in (first, second):
                return c
    return -1


@inlined
def _minutes(sessions: Sessions, ground: Ground, person: Person, a: int, b: int) -> int:
    """On the road to two sessions; between two places of one district lies its inner way."""
    p, q = ground.district[sessions.place[a]], ground.district[sessions.place[b]]
    minutes = person.legs[p] + person.legs[q]
    if sessions.place[a] != sessions.place[b]:
        minutes += ground.ways[p, q]
    return int(minutes)


@inlined
def _beside(
    sessions: Sessions, day: int, times: Times, ground: Ground, person: Person, a: int, b: int
) -> float:
    """What two sessions of a day cost more because one is after the other."""
    here, there, gap = sessions.place[a], sessions.place[b], person.pause
    if ground.site[here] != ground.site[there]:
        gap += person.moving + ground.roads[ground.district[here], ground.district[there]]
    first = day * len(ground.district)
    return beside(times, sessions.row[a], first + here, sessions.row[b], first + there, gap)


@inlined
def _fill_week(days: Options, person: Person, earned: Floats, taken: Ints) -> tuple[float, int]:
    """The best sum of days, and its minutes; `taken`: of each day, at these minutes at its end."""
    longest = len(days.paid[0])
    earned[0, 0] = 0.0
    reach = 0
    for n in range(len(days.paid)):
        for minutes in range(reach + 1):
            earned[n + 1, minutes] = earned[n, minutes]
        most = 0
        for minutes in range(longest):
            if days.paid[n, minutes] > -np.inf:
                most = minutes
                for before in range(reach + 1):
                    with_it = earned[n, before] + days.paid[n, minutes]
                    if with_it > earned[n + 1, before + minutes]:
                        earned[n + 1, before + minutes] = with_it
                        taken[n, before + minutes] = minutes
        reach += most
    best, at = 0.0, 0
    for minutes in range(reach + 1):
        points = person.factor * (PER_HOUR_OF_TRAVEL * minutes // 60)
        if earned[len(days.paid), minutes] - points > best:
            best, at = earned[len(days.paid), minutes] - points, minutes
    return best, at

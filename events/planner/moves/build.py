"""The tables of an instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from events.planner import spans
from events.planner.board import Spot
from events.planner.instance import Instance
from events.planner.moves.tables import (
    BEFORE,
    DAYS_APART,
    EXPERT,
    KIT,
    OTHER_DAY,
    OUT,
    SAME_DAY,
    SCALE,
    TEAM,
    Activities,
    Bonds,
    Choices,
    Flags,
    Groups,
    Ints,
    Lists,
    People,
    Tables,
    Venues,
    Weights,
)
from events.planner.people import Kind
from events.planner.problem import DAY, Problem, Term, Tie, Window
from events.planner.score import choice
from events.planner.terms import LARGEST_DEVIATION, TERMS, level, points

CHOICES = 600
"""Choices of an activity at most, twice as many where there are no more: cheapest, and some."""
OFTEN = 3
"""How much more often than others moves begin with activities that are tied to others."""
UNLIMITED = 2**30
ALWAYS = (Window(-UNLIMITED, UNLIMITED),)
KINDS = {Kind.EXPERT: EXPERT, Kind.KIT: KIT, Kind.TEAM: TEAM}
TIES = {
    Tie.BEFORE: BEFORE,
    Tie.SAME_DAY: SAME_DAY,
    Tie.OTHER_DAY: OTHER_DAY,
    Tie.DAYS_APART: DAYS_APART,
}


def build(instance: Instance, spots: Sequence[Spot | None], chance: np.random.Generator) -> Tables:
    """The tables of an instance; of very many choices some are drawn, and those of `spots`."""
    problem = instance.problem
    size = max(1, len(problem.districts))
    none = np.zeros((size, size), dtype=np.int32)
    places = _places(instance)
    return Tables(
        _choices(instance, places, spots, chance),
        _activities(instance),
        _venues(instance, places),
        _people(instance),
        _bonds(instance),
        _groups(instance),
        _weights(instance),
        np.array(instance.minutes, dtype=np.int32) if instance.minutes else none,
        np.array(problem.travel.km, dtype=np.int32) if problem.travel.km else none,
        instance.tick,
        _lead(instance),
        problem.grid,
    )


def _places(instance: Instance) -> Ints:
    """Of each venue its place, (V,): by district, then site."""
    where = list(zip(instance.district, instance.site, strict=True))
    index = {place: n for n, place in enumerate(sorted(set(where)))}
    return _ints(index[place] for place in where)


def _first_places(instance: Instance, places: Ints) -> Ints:
    """Where the places of each district begin, and where the last ones end."""
    size = max(1, len(instance.problem.districts))
    district = np.zeros(int(places.max(initial=-1)) + 1, dtype=np.int32)
    district[places] = instance.district
    return _ints(np.searchsorted(district, np.arange(size + 1)))


def _choices(
    instance: Instance, places: Ints, spots: Sequence[Spot | None], chance: np.random.Generator
) -> Choices:
    count = int(places.max(initial=0)) + 1
    rows = []
    for activity, spot in enumerate(spots):
        venues, starts, costs = instance.candidates.sample(activity, CHOICES, chance)
        if spot is not None and not ((venues == spot.venue) & (starts == spot.start)).any():
            venues, starts = np.append(venues, spot.venue), np.append(starts, spot.start)
            asked, venue = instance.activities[activity], instance.problem.venues[spot.venue]
            costs = np.append(costs, choice(instance.problem, asked, venue, spot.start))
        costs = costs + instance.prices_of(activity, venues, starts)
        cells = starts // DAY * count + places[venues]
        costs = costs * SCALE
        order = np.argsort(cells, kind="stable")
        rows.append([column[order] for column in (venues, starts, costs, cells)])
    first = np.cumsum([0, *(len(row[0]) for row in rows)])
    none = np.zeros(0, dtype=np.int32)
    venues, starts, costs, cells = (
        np.concatenate([none, *(row[n] for row in rows)]) for n in range(4)
    )
    ranked = [
        begin + np.argsort(row[2], kind="stable") for begin, row in zip(first, rows, strict=False)
    ]
    return Choices(
        first=_ints(first),
        venue=_ints(venues),
        start=_ints(starts),
        cost=_ints(costs),
        cell=_ints(cells),
        ranked=_ints(np.concatenate([none, *ranked])),
    )


def _activities(instance: Instance) -> Activities:
    problem, asked = instance.problem, instance.activities
    audience = {one: n for n, one in enumerate(_audiences(problem))}
    return Activities(
        minutes=_ints(one.minutes for one in asked),
        setup=_ints(one.setup for one in asked),
        strike=_ints(one.strike for one in asked),
        drop=_ints(SCALE * drop for drop in instance.drop),
        outdoor=np.array([one.outdoor for one in asked], dtype=np.bool_),
        audience=_ints(audience[one.audience] for one in asked),
        needs=_ints(np.cumsum([0, *map(len, instance.needs)])),
        drawn=_drawn(instance),
        shelters=_lists(instance.shelters(n) for n in range(len(asked))),
        bonds=_lists(_numbered(instance.bonds)),
        tracks=_lists(instance.tracks),
        series=_lists(instance.series),
    )


def _drawn(instance: Instance) -> Ints:
    """All activities, and those that people with ways, relations and series tie more often."""
    everyone = range(len(instance.activities))
    tied = [
        n
        for n in everyone
        if instance.bonds[n]
        or instance.series[n]
        or any(need.kind is not Kind.TEAM for need in instance.needs[n])
    ]
    return _ints([*everyone, *tied * OFTEN])


def _venues(instance: Instance, places: Ints) -> Venues:
    venues = instance.problem.venues
    days = len(instance.problem.days)
    most = [one or (UNLIMITED,) * days for one in instance.most_per_day]
    return Venues(
        rooms=_ints(one.rooms for one in venues),
        district=_ints(instance.district),
        site=_ints(instance.site),
        place=places,
        first_place=_first_places(instance, places),
        outdoor=np.array([one.outdoor for one in venues], dtype=np.bool_),
        most=np.array(most, dtype=np.int32).reshape(len(venues), days),
        opened=_flags(instance, [spans.cut(one.open, one.closed) for one in venues]),
    )


def _people(instance: Instance) -> People:
    people = instance.resources
    size = max(1, len(instance.problem.districts))
    needs = [need for several in instance.needs for need in several]
    area = [[not one.area or district in one.area for district in range(size)] for one in people]
    return People(
        kind=_ints(KINDS[one.kind] for one in people),
        home=_ints(OUT if one.home is None else one.home for one in people),
        pause=_ints(one.pause for one in people),
        moving=_ints(one.moving for one in people),
        most_per_day=_ints(_most(one.most_per_day) for one in people),
        most=_ints(_most(one.most) for one in people),
        around=_flags(instance, [one.windows or ALWAYS for one in people]),
        area=np.array(area, dtype=np.bool_).reshape(len(people), size),
        need=_ints(KINDS[need.kind] for need in needs),
        qualified=_lists(need.qualified for need in needs),
    )


def _bonds(instance: Instance) -> Bonds:
    bonds = [bond for several in instance.bonds for bond in several]
    return Bonds(
        other=_ints(bond.other for bond in bonds),
        kind=_ints(TIES[bond.relation.kind] for bond in bonds),
        amount=_ints(bond.relation.amount for bond in bonds),
        is_first=np.array([bond.is_first for bond in bonds], dtype=np.bool_),
    )


def _groups(instance: Instance) -> Groups:
    problem, place = instance.problem, instance.place
    districts = {district.id: n for n, district in enumerate(problem.districts)}
    by_audience: dict[str | None, list[int]] = defaultdict(list)
    for n, quota in enumerate(problem.quotas):
        by_audience[quota.audience].append(n)
    return Groups(
        track=_lists([place[one] for one in track.activities] for track in problem.tracks),
        compact=np.array([track.compact for track in problem.tracks], dtype=np.bool_),
        series=_lists(
            [place[one] for one in dict.fromkeys(series.activities)] for series in problem.series
        ),
        least_days=_ints(series.least_days for series in problem.series),
        quota=_lists(by_audience[audience] for audience in _audiences(problem)),
        quota_district=_ints(districts.get(quota.district or "", OUT) for quota in problem.quotas),
        quota_least=_ints(quota.least for quota in problem.quotas),
    )


def _audiences(problem: Problem) -> list[str | None]:
    """Those of activities and of quotas, in the order in which they are counted."""
    asked = {one.audience for one in problem.activities}
    return sorted(asked | {one.audience for one in problem.quotas}, key=str)


def _weights(instance: Instance) -> Weights:
    problem = instance.problem
    factor = int(level(problem, Term.EXPERTS))
    return Weights(
        backup=SCALE * instance.points_of_backup,
        coverage=SCALE * points(problem, Term.COVERAGE),
        deviation=SCALE * LARGEST_DEVIATION * int(level(problem, Term.COVERAGE)),
        spread=SCALE * points(problem, Term.SPREAD),
        one_venue=SCALE * points(problem, Term.ONE_VENUE),
        compact=SCALE * points(problem, Term.COMPACT),
        expert=factor,
        third=SCALE * factor * TERMS[Term.EXPERTS].points,
        kit=points(problem, Term.KIT_TRAVEL),
    )


def _flags(instance: Instance, windows: Sequence[Iterable[Window]]) -> Flags:
    """Of each row of windows the whole ticks within them, (n, ticks)."""
    asked, tick, lead = instance.activities, instance.tick, _lead(instance)
    tail = max((one.minutes + one.strike for one in asked), default=0)
    ticks = lead + (len(instance.problem.days) * DAY + tail) // tick
    flags = np.zeros((len(windows), ticks), dtype=np.bool_)
    for n, row in enumerate(windows):
        for window in row:
            first, last = lead - (-window.start // tick), lead + window.end // tick
            flags[n, max(0, first) : max(0, last)] = True
    return flags


def _lead(instance: Instance) -> int:
    """Ticks before the first day, in which something may be set up."""
    return max((one.setup for one in instance.activities), default=0) // instance.tick


def _numbered(lists: Sequence[Sequence[object]]) -> Iterable[range]:
    """The numbers of the items when all lists stand in a row."""
    at = 0
    for one in lists:
        yield range(at, at + len(one))
        at += len(one)


def _lists(lists: Iterable[Sequence[int]]) -> Lists:
    rows = [list(one) for one in lists]
    return Lists(
        _ints(np.cumsum([0, *map(len, rows)])), _ints(item for row in rows for item in row)
    )


def _most(limit: int | None) -> int:
    return UNLIMITED if limit is None else limit


def _ints(numbers: Any) -> Ints:
    return np.ascontiguousarray(
        numbers if isinstance(numbers, np.ndarray) else list(numbers), dtype=np.int32
    )

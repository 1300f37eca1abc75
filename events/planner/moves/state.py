"""Where everything of a campaign lies while it is moved about, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.planner.board import Spot
from events.planner.moves.tables import OUT, Ints, Tables

SOFTLY = 2
"""Of `State.points`."""
TOGETHER = 5
"""Activities that are moved together at most."""
SPARE = 32
"""Duties that somebody may have on top of the most that anybody has at first."""


class Layout(NamedTuple):
    """What lies where, and who serves it."""

    at: Ints
    """(A,) a choice, or OUT"""
    backup: Ints
    """(A,) the venue kept for rain, or OUT"""
    crew: Ints
    """(N,) who fills each need, or OUT"""


class State(NamedTuple):
    """One layout with what it takes up and costs; everything is changed in place."""

    at: Ints
    """(A,) a choice, or OUT"""
    backup: Ints
    """(A,) the venue kept for rain, or OUT"""
    crew: Ints
    """(N,) who fills each need, or OUT"""
    held: npt.NDArray[np.int16]
    """(V, ticks) rooms taken"""
    guests: Ints
    """(sites, days) activities there"""
    many: Ints
    """(R,) duties of each"""
    duties: Ints
    """(R, most duties) activities"""
    person: Ints
    """(R,) points of each one's ways and tiring days"""
    series: Ints
    """(series,) points"""
    track: Ints
    """(tracks,) points"""
    reached: Ints
    """(quotas,) activities that count"""
    points: npt.NDArray[np.int64]
    """(3,) of everything; of coverage, a part of it; SOFTLY, parts of a point that go unrounded"""
    order: Ints
    """(most duties,) scratch: a person's duties by time"""
    new: Ints
    """(most needs,) scratch: a crew"""
    old: Ints
    """(TOGETHER, most needs) likewise, of each that is moved"""
    asked: Ints
    """likewise: who is asked first"""
    moved: Ints
    """(TOGETHER, 4) scratch: activities moved together, old choices and backups, new choices"""


def blank(tables: Tables, layout: Layout) -> State:
    """Nothing placed, and room for the duties of a layout."""
    activities, people = len(tables.activities.drop), len(tables.people.kind)
    sites, days = int(tables.venues.site.max(initial=0)) + 1, tables.venues.most.shape[1]
    duties = int(np.bincount(layout.crew + 1)[1:].max(initial=0)) + SPARE
    most_needs = int(np.diff(tables.activities.needs).max(initial=0))

    def none(*shape: int) -> Ints:
        return np.full(shape, OUT, dtype=np.int32)

    def zero(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int32)

    state = State(
        at=none(activities),
        backup=none(activities),
        crew=none(len(tables.people.need)),
        held=np.zeros(tables.venues.opened.shape, dtype=np.int16),
        guests=zero(sites, days),
        many=zero(people),
        duties=none(people, duties),
        person=zero(people),
        series=zero(len(tables.groups.least_days)),
        track=zero(len(tables.groups.compact)),
        reached=zero(len(tables.groups.quota_least)),
        points=np.zeros(3, dtype=np.int64),
        order=zero(duties),
        new=none(max(1, most_needs)),
        old=none(TOGETHER, max(1, most_needs)),
        asked=none(TOGETHER, max(1, most_needs)),
        moved=none(TOGETHER, 4),
    )
    gaps, weights = tables.groups.quota_least, tables.weights
    missing = weights.spread * int(tables.groups.least_days.sum())
    state.series[:] = weights.spread * tables.groups.least_days
    covered = weights.coverage * int(gaps.sum()) + weights.deviation * int(gaps.max(initial=0))
    state.points[:] = int(tables.activities.drop.sum()) + missing + covered, covered, 0
    return state


def layout_of(tables: Tables, spots: Sequence[Spot | None]) -> Layout:
    """What lies on a board, whose choices are all in the tables."""
    choices, needs = tables.choices, tables.activities.needs
    sizes = (len(spots), len(spots), needs[-1])
    layout = Layout(*(np.full(size, OUT, dtype=np.int32) for size in sizes))
    for activity, spot in enumerate(spots):
        if spot is not None:
            own = slice(choices.first[activity], choices.first[activity + 1])
            is_it = (choices.venue[own] == spot.venue) & (choices.start[own] == spot.start)
            layout.at[activity] = own.start + np.argmax(is_it)
            layout.backup[activity] = spot.backup
            layout.crew[needs[activity] : needs[activity + 1]] = spot.crew
    return layout


def spots_of(tables: Tables, layout: Layout) -> list[Spot | None]:
    """The same for a board."""
    choices, needs = tables.choices, tables.activities.needs
    spots: list[Spot | None] = [None] * len(layout.at)
    for activity in np.flatnonzero(layout.at != OUT).tolist():
        at = layout.at[activity]
        crew = layout.crew[needs[activity] : needs[activity + 1]]
        spots[activity] = Spot(
            int(choices.venue[at]),
            int(choices.start[at]),
            tuple(crew.tolist()),
            int(layout.backup[activity]),
        )
    return spots

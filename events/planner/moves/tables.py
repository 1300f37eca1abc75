"""A campaign as tables of whole numbers: what compiled moves read and never write."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

SCALE = 12
"""Points are counted in twelfths, so that ways may be rounded in part: see points.py."""
OUT = -1
"""In place of a choice, a person, a venue or a district: none."""
EXPERT, KIT, TEAM = range(3)
BEFORE, SAME_DAY, OTHER_DAY, DAYS_APART = range(4)


class Lists(NamedTuple):
    """Lists of different lengths in a row: the n-th is items[first[n]:first[n + 1]]."""

    first: Ints
    items: Ints


class Choices(NamedTuple):
    """Venue-times of all activities in a row, an activity's by day and then place."""

    first: Ints
    """(A + 1,)"""
    venue: Ints
    start: Ints
    """minutes"""
    cost: Ints
    cell: Ints
    """day x places + place, rising within an activity"""
    ranked: Ints
    """an activity's choices, cheapest first"""


class Activities(NamedTuple):
    """(A,) each; minutes."""

    minutes: Ints
    setup: Ints
    strike: Ints
    drop: Ints
    """points where it is left out"""
    outdoor: Flags
    audience: Ints
    needs: Ints
    """(A + 1,) where its needs begin"""
    drawn: Ints
    """(n,) from which moves draw theirs: those tied to others several times"""
    shelters: Lists
    bonds: Lists
    tracks: Lists
    series: Lists


class Venues(NamedTuple):
    """(V,) each."""

    rooms: Ints
    district: Ints
    site: Ints
    place: Ints
    """the part of a site in one district; by district"""
    first_place: Ints
    """(districts + 1,)"""
    outdoor: Flags
    most: Ints
    """(V, days) activities that its site takes a day"""
    opened: Flags
    """(V, ticks) whether open then"""


class People(NamedTuple):
    """Experts, kits and teams, (R,) each; minutes."""

    kind: Ints
    home: Ints
    pause: Ints
    moving: Ints
    most_per_day: Ints
    most: Ints
    around: Flags
    """(R, ticks) whether there then"""
    area: Flags
    """(R, districts)"""
    need: Ints
    """(N,) the kind that each need asks for"""
    qualified: Lists
    """for each need"""


class Bonds(NamedTuple):
    """Relations, each seen from one activity, (B,) each."""

    other: Ints
    kind: Ints
    amount: Ints
    is_first: Flags


class Groups(NamedTuple):
    """Tracks, series and quotas."""

    track: Lists
    """members"""
    compact: Flags
    """(tracks,)"""
    series: Lists
    """members"""
    least_days: Ints
    """(series,)"""
    quota: Lists
    """quotas of each audience"""
    quota_district: Ints
    quota_least: Ints


class Weights(NamedTuple):
    """Points of a unit of each term."""

    backup: int
    coverage: int
    deviation: int
    spread: int
    one_venue: int
    compact: int
    expert: int
    """the factor of the slider"""
    third: int
    kit: int


class Tables(NamedTuple):
    """All of a campaign that does not change."""

    choices: Choices
    activities: Activities
    venues: Venues
    people: People
    bonds: Bonds
    groups: Groups
    weights: Weights
    roads: Ints
    """minutes (districts, districts)"""
    km: Ints
    tick: int
    """minutes"""
    lead: int
    """ticks before the first day"""
    grid: int

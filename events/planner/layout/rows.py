"""Which venue-times each activity may be moved to, given the people that it carries along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from events.planner import people
from events.planner.answer import Placement
from events.planner.candidates import Candidates, Flags, Ints
from events.planner.people import Crew, Kind, Need, Resource, Roll
from events.planner.problem import Activity, Problem, Window

ALL_CHOICES = 2_000_000
"""So many choices are looked at in all, of each activity the cheapest, but at least 256."""
LEAST_CHOICES = 256
NOWHERE = np.empty((0, 3), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of activities: an activity, or the room kept as its backup."""

    activity: Activity
    choices: Ints
    """Of shape (n, 3): venue, start in minutes, cost; ascending by start, then venue."""
    home: int = -1
    """Which of them it has at first, or -1."""
    crew: Crew = ()
    carried: Placement | None = None
    """Whom it carries along; None: it stays out, or is a backup."""


def rows(
    problem: Problem, candidates: Candidates, roll: Roll, placements: Iterable[Placement]
) -> list[Row]:
    """The activities in their order, then the backups.

    An activity that is out and whose people are not determined stays out. One that keeps a
    backup, or is where it should not be, stays where it is.
    """
    placed = {placement.activity: placement for placement in placements}
    maker = _Maker(problem, candidates, roll.resources)
    found = []
    for n, (activity, needs) in enumerate(zip(problem.activities, roll.needs, strict=True)):
        if activity.id in placed:
            found.append(maker.placed(n, placed[activity.id]))
        elif any(len(need.qualified) != 1 for need in needs):
            found.append(Row(activity, NOWHERE))
        else:
            found.append(maker.out(n, needs))
    by_id = {activity.id: activity for activity in problem.activities}
    backups = [one for one in placed.values() if one.backup is not None]
    return found + [maker.backup(by_id[one.activity], one) for one in backups]


class _Maker:
    """Makes rows; equal activities share their choices, which keeps the table small."""

    def __init__(
        self, problem: Problem, candidates: Candidates, resources: Sequence[Resource]
    ) -> None:
        self._problem = problem
        self._candidates = candidates
        self._resources = resources
        self._resource_at = {(one.kind, one.id): n for n, one in enumerate(resources)}
        self._venue_at = {venue.id: n for n, venue in enumerate(problem.venues)}
        districts = {district.id: n for n, district in enumerate(problem.districts)}
        self._district = np.array([districts.get(v.district, -1) for v in problem.venues])
        self._locked = {lock.activity for lock in problem.locks}
        self._most = max(LEAST_CHOICES, ALL_CHOICES // max(len(problem.activities), 1))
        self._known: dict[tuple[Activity, Crew], Ints] = {}

    def placed(self, n: int, placement: Placement) -> Row:
        """An activity that lies somewhere already."""
        activity, crew = self._problem.activities[n], self._crew(placement)
        choices = self._choices(n, crew)
        here = np.array([[self._venue_at[placement.venue], placement.start, 0]])
        home = np.flatnonzero((choices[:, :2] == here[:, :2]).all(axis=1))
        if len(home) and placement.backup is None:
            return Row(activity, choices, int(home[0]), crew, placement)
        return Row(activity, choices[home] if len(home) else here, 0, crew, placement)

    def out(self, n: int, needs: Sequence[Need]) -> Row:
        """An activity that is out, and whose people are determined."""
        activity = self._problem.activities[n]
        crew = tuple(need.qualified[0] for need in needs)
        named = [
            (need.kind, self._resources[one].id) for need, one in zip(needs, crew, strict=True)
        ]
        carried = Placement(
            activity=activity.id,
            venue="",
            start=0,
            team=next((name for kind, name in named if kind is Kind.TEAM), None),
            experts=tuple(name for kind, name in named if kind is Kind.EXPERT),
            kits=tuple(name for kind, name in named if kind is Kind.KIT),
        )
        return Row(activity, self._choices(n, crew), -1, crew, carried)

    def backup(self, activity: Activity, placement: Placement) -> Row:
        """The room that is kept free for it."""
        here = np.array([[self._venue_at[placement.backup or ""], placement.start, 0]])
        return Row(activity, here, 0)

    def _crew(self, carried: Placement) -> Crew:
        at = self._resource_at
        team = [] if carried.team is None else [at[Kind.TEAM, carried.team]]
        experts = [at[Kind.EXPERT, one] for one in carried.experts]
        return (*experts, *(at[Kind.KIT, one] for one in carried.kits), *team)

    def _choices(self, n: int, crew: Crew) -> Ints:
        """What is possible for the activity and for whom it carries."""
        activity = self._problem.activities[n]
        key = replace(activity, id="", title=""), crew
        if key in self._known:
            return self._known[key]
        venues, starts, costs = self._candidates.arrays(n)
        serves = np.ones(len(venues), dtype=np.bool_)
        for one in crew:
            serves &= self._serves(self._resources[one], activity, venues, starts)
        found = np.stack([venues[serves], starts[serves], costs[serves]], axis=1)[: self._most]
        found = found[np.lexsort((found[:, 0], found[:, 1]))]
        if activity.id not in self._locked:
            self._known[key] = found
        return found

    def _serves(self, one: Resource, activity: Activity, venues: Ints, starts: Ints) -> Flags:
        """Where and when somebody may work, other duties aside."""
        serves = np.ones(len(venues), dtype=np.bool_)
        if one.area:
            serves &= np.isin(self._district[venues], list(one.area))
        if one.windows:
            begin, end = people.held(activity, one.kind, 0)
            serves &= _within(starts + begin, starts + end, one.windows)
        return serves


def _within(begins: Ints, ends: Ints, windows: Sequence[Window]) -> Flags:
    """Whether [begin, end) lies in one of the merged windows, elementwise."""
    found = np.zeros(len(begins), dtype=np.bool_)
    for window in windows:
        found |= (window.start <= begins) & (ends <= window.end)
    return found

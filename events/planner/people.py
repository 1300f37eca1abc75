"""Experts, kits and teams seen alike: a resource serves one activity at a time and must travel.

Who is qualified for which need of which activity is worked out here once; who is free, where
everything lies now knows (`board.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from events.planner import spans
from events.planner.problem import Activity, Lock, Problem, Window

Crew = tuple[int, ...]
"""Who serves an activity: an index of `Roll.resources` for each of its needs, in their order."""


class Kind(Enum):
    """What a resource is."""

    EXPERT = "expert"
    KIT = "kit"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Resource:
    """One expert, kit or team.

    Between two duties lie `pause` minutes and, when the second is at another site, `moving`
    minutes and the travel.
    """

    kind: Kind
    id: str
    home: int | None
    windows: tuple[Window, ...] = ()
    pause: int = 0
    moving: int = 0
    most_per_day: int | None = None
    most: int | None = None
    area: frozenset[int] = frozenset()

    def serves(self, begin: int, end: int, district: int) -> bool:
        """Whether it may work there and then, other duties aside."""
        inside = not self.windows or spans.within(Window(begin, end), self.windows)
        return inside and (not self.area or district in self.area)


@dataclass(frozen=True, slots=True)
class Need:
    """One resource of a kind that an activity asks for: any of `qualified`, by index."""

    kind: Kind
    qualified: Crew


@dataclass(frozen=True, slots=True)
class Roll:
    """All resources, and the needs of each activity: experts, then kits, then the team."""

    resources: tuple[Resource, ...]
    needs: tuple[tuple[Need, ...], ...]


def held(activity: Activity, kind: Kind, start: int) -> tuple[int, int]:
    """From when until when a session holds a resource: kits help to set up and strike."""
    if kind is Kind.KIT:
        return start - activity.setup, start + activity.minutes + activity.strike
    return start, start + activity.minutes


def call(problem: Problem) -> Roll:
    """Everybody who could be asked, and by whom."""
    place = {district.id: index for index, district in enumerate(problem.districts)}
    resources = (*_experts(problem, place), *_kits(problem, place), *_teams(problem, place))
    locks = {lock.activity: lock for lock in problem.locks}
    by_id = {(resource.kind, resource.id): n for n, resource in enumerate(resources)}
    asked = _Asked(problem, by_id)
    needs = tuple(asked.needs(activity, locks.get(activity.id)) for activity in problem.activities)
    return Roll(resources, needs)


def _experts(problem: Problem, place: Mapping[str, int]) -> list[Resource]:
    return [
        Resource(
            Kind.EXPERT,
            expert.id,
            place.get(expert.district or ""),
            spans.merged(expert.windows),
            pause=expert.buffer,
            most_per_day=expert.most_per_day,
            most=expert.most,
        )
        for expert in problem.experts
    ]


def _kits(problem: Problem, place: Mapping[str, int]) -> list[Resource]:
    return [
        Resource(
            Kind.KIT,
            kit.id,
            place.get(kit.district or ""),
            spans.merged(kit.windows),
            moving=2 * kit.loading,
            most_per_day=kit.most_per_day,
        )
        for kit in problem.kits
    ]


def _teams(problem: Problem, place: Mapping[str, int]) -> list[Resource]:
    return [
        Resource(
            Kind.TEAM,
            team.id,
            place.get(team.district or ""),
            spans.merged(team.windows),
            area=frozenset(place[district] for district in team.area if district in place),
        )
        for team in problem.teams
    ]


class _Asked:
    """Who is qualified for what, looked up once."""

    def __init__(self, problem: Problem, by_id: Mapping[tuple[Kind, str], int]) -> None:
        self._problem = problem
        self._by_id = by_id
        self._experts: dict[str, Crew] = {}
        self._kits: dict[str, Crew] = {}
        self._teams: dict[tuple[int, frozenset[str]], Crew] = {}

    def needs(self, activity: Activity, lock: Lock | None) -> tuple[Need, ...]:
        """The needs of one activity; what is locked can only be filled by whom it names."""
        experts = [Need(Kind.EXPERT, self._with_field(field)) for field in activity.fields]
        kits = [Need(Kind.KIT, self._of_kind(kind)) for kind in activity.kits]
        teams = [Need(Kind.TEAM, self._able(activity))] if activity.team_size else []
        if lock is not None:
            experts = self._kept(Kind.EXPERT, experts, lock.experts)
            kits = self._kept(Kind.KIT, kits, lock.kits)
            if lock.team is not None:
                able = teams or [Need(Kind.TEAM, self._able(activity))]
                teams = self._kept(Kind.TEAM, able, (lock.team,))
        return (*experts, *kits, *teams)

    def _kept(self, kind: Kind, needs: list[Need], names: tuple[str, ...] | None) -> list[Need]:
        """Needs that only those named can fill, if they can at all."""
        if names is None:
            return needs
        if len(names) != len(needs):
            return [Need(kind, ())]
        asked = [self._by_id.get((kind, name)) for name in names]
        return [
            Need(kind, (who,) if who is not None and who in need.qualified else ())
            for need, who in zip(needs, asked, strict=True)
        ]

    def _able(self, activity: Activity) -> Crew:
        key = activity.team_size, activity.team_skills
        if key not in self._teams:
            self._teams[key] = tuple(
                self._by_id[Kind.TEAM, team.id]
                for team in self._problem.teams
                if team.size >= activity.team_size and team.skills >= activity.team_skills
            )
        return self._teams[key]

    def _with_field(self, field: str) -> Crew:
        if field not in self._experts:
            self._experts[field] = tuple(
                self._by_id[Kind.EXPERT, expert.id]
                for expert in self._problem.experts
                if field in expert.fields
            )
        return self._experts[field]

    def _of_kind(self, kind: str) -> Crew:
        if kind not in self._kits:
            self._kits[kind] = tuple(
                self._by_id[Kind.KIT, kit.id] for kit in self._problem.kits if kit.kind == kind
            )
        return self._kits[kind]

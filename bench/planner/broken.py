"""Planted campaigns with sets of activities added that cannot all be placed, and why."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.planner.planted import planted
from bench.planner.sizes import Size
from events.planner.problem import (
    DAY,
    Activity,
    District,
    Expert,
    Kit,
    Problem,
    Relation,
    Team,
    Tie,
    Travel,
    Venue,
    Window,
)

FAR_KM = 600
"""A district that no road reaches overnight: 600 km take more than fifteen hours."""


@dataclass(frozen=True, slots=True)
class PlantedCore:
    """Activities that cannot all be placed, any smaller part can; `rule` is what they break.

    `other` is the expert, venue, kit or team that all of them need.
    """

    kind: str
    rule: str
    activities: tuple[str, ...]
    other: str | None


def broken(size: Size, seed: int, *, cores: int) -> tuple[Problem, tuple[PlantedCore, ...]]:
    """A planted campaign with `cores` impossible sets of 2 to 6 activities, disjoint in all."""
    problem, _ = planted(size, seed)
    rng = random.Random(seed)
    problem = _with_far_district(problem)
    found = []
    for number in range(cores):
        plant = PLANTS[number % len(PLANTS)]
        problem, core = plant(problem, f"X{number:02}", rng.randint(2, 6), rng)
        found.append(core)
    return problem, tuple(found)


def _talks(
    problem: Problem, name: str, many: int, rng: random.Random
) -> tuple[Problem, PlantedCore]:
    """As many talks on one field as its one expert has hours, and one more."""
    day = rng.randrange(len(problem.days))
    hours = Window(day * DAY + 540, day * DAY + 540 + (many - 1) * 60)
    expert = Expert(f"{name}-E", frozenset({name}), f"{name}专家", windows=(hours,))
    activities = _activities(name, many, fields=(name,))
    venue = _venue(problem, f"{name}-V", 0, rooms=many)
    grown = _grown(problem, activities, venue)
    grown = replace(grown, experts=(*grown.experts, expert))
    return grown, _core("talks", "H4", activities, expert.id)


def _hall(
    problem: Problem, name: str, many: int, rng: random.Random
) -> tuple[Problem, PlantedCore]:
    """A hall with one room, open on one day for all but one of those who need it."""
    day = rng.randrange(len(problem.days))
    hours = Window(day * DAY + 540, day * DAY + 540 + (many - 1) * 60)
    venue = replace(_venue(problem, f"{name}-V", 0), open=(hours,))
    activities = _activities(name, many, venues=frozenset({venue.id}))
    return _grown(problem, activities, venue), _core("hall", "H3", activities, venue.id)


def _kit(
    problem: Problem, name: str, _many: int, rng: random.Random
) -> tuple[Problem, PlantedCore]:
    """A caravan in the evening here, the next morning 600 km away."""
    day = rng.randrange(len(problem.days) - 1)
    kit = Kit(f"{name}-K", name, f"{name}大篷车", loading=30)
    here = _venue(problem, f"{name}-V", 0)
    there = _venue(problem, f"{name}-W", len(problem.districts) - 1)
    first, second = _activities(name, 2, kits=(name,))
    evening = Window(day * DAY + 1140, day * DAY + 1200)
    morning = Window((day + 1) * DAY + 480, (day + 1) * DAY + 540)
    activities = (
        replace(first, venues=frozenset({here.id}), windows=(evening,)),
        replace(second, venues=frozenset({there.id}), windows=(morning,)),
    )
    grown = _grown(problem, activities, here, there)
    return replace(grown, kits=(*grown.kits, kit)), _core("kit", "H5", activities, kit.id)


def _chain(
    problem: Problem, name: str, many: int, rng: random.Random
) -> tuple[Problem, PlantedCore]:
    """One after the other in a span that is an hour too short for all."""
    day = rng.randrange(len(problem.days))
    span = Window(day * DAY + 540, day * DAY + 540 + (many - 1) * 60)
    activities = _activities(name, many, windows=(span,))
    ties = tuple(
        Relation(Tie.BEFORE, first.id, second.id)
        for n, first in enumerate(activities)
        for second in activities[n + 1 :]
    )
    grown = _grown(problem, activities, _venue(problem, f"{name}-V", 0, rooms=many))
    return replace(grown, relations=(*grown.relations, *ties)), _core(
        "chain", "H8", activities, None
    )


def _crew(
    problem: Problem, name: str, many: int, rng: random.Random
) -> tuple[Problem, PlantedCore]:
    """The one team with a rare skill, asked once more than its hours allow."""
    day = rng.randrange(len(problem.days))
    hours = Window(day * DAY + 540, day * DAY + 540 + (many - 1) * 60)
    team = Team(f"{name}-T", 5, f"{name}队", skills=frozenset({name}), windows=(hours,))
    activities = _activities(name, many, team_size=5, team_skills=frozenset({name}))
    grown = _grown(problem, activities, _venue(problem, f"{name}-V", 0, rooms=many))
    return replace(grown, teams=(*grown.teams, team)), _core("crew", "H6", activities, team.id)


_Plant = Callable[[Problem, str, int, random.Random], tuple[Problem, PlantedCore]]
PLANTS: tuple[_Plant, ...] = (_talks, _hall, _kit, _chain, _crew)


def _core(kind: str, rule: str, activities: tuple[Activity, ...], other: str | None) -> PlantedCore:
    return PlantedCore(kind, rule, tuple(x.id for x in activities), other)


def _activities(name: str, many: int, **needs: object) -> tuple[Activity, ...]:
    """Hour-long sessions at the venue that was added for them."""
    asked = {"venues": frozenset({f"{name}-V"}), **needs}
    return tuple(
        replace(Activity(f"{name}-{n}", 60, visitors=20, title=f"{name}之{n + 1}"), **asked)  # type: ignore[arg-type]
        for n in range(many)
    )


def _venue(problem: Problem, name: str, district: int, *, rooms: int = 1) -> Venue:
    days = range(len(problem.days))
    return Venue(
        id=name,
        district=problem.districts[district].id,
        seats=30,
        rooms=rooms,
        name=f"{name}厅",
        open=tuple(Window(d * DAY + 480, d * DAY + 1260) for d in days),
    )


def _grown(problem: Problem, activities: tuple[Activity, ...], *venues: Venue) -> Problem:
    """With venues that the other activities may not use."""
    named = frozenset(x.id for x in problem.venues)
    others = tuple(
        x if x.venues is not None else replace(x, venues=named) for x in problem.activities
    )
    return replace(problem, activities=(*others, *activities), venues=(*problem.venues, *venues))


def _with_far_district(problem: Problem) -> Problem:
    """One more district, far from all others."""
    minutes = FAR_KM * 3 // 2 + 15
    return replace(
        problem,
        districts=(*problem.districts, District("FAR", "远县")),
        travel=Travel(
            _framed(problem.travel.minutes, minutes, 21), _framed(problem.travel.km, FAR_KM, 4)
        ),
    )


def _framed(
    square: tuple[tuple[int, ...], ...], far: int, near: int
) -> tuple[tuple[int, ...], ...]:
    return (*((*row, far) for row in square), (*(far for _ in square), near))

"""Whom an activity asks for: one of some experts, kits or teams for each of its needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from events.planner.candidates import Ints
from events.planner.problem import Activity, Lock, Problem, Window

Time = TypeVar("Time", int, Ints)


@dataclass(frozen=True, slots=True)
class Able:
    """One who could serve: when, where, how often; what lies between two of its duties."""

    id: str
    windows: tuple[Window, ...] = ()
    area: frozenset[str] = frozenset()
    most: int | None = None
    most_per_day: int | None = None
    pause: int = 0
    moving: int = 0
    """Minutes on top of the travel when the next duty is at another site."""


@dataclass(frozen=True, slots=True)
class Need:
    """One need of an activity: its rule, what it is called, who could fill it."""

    rule: str
    asked: str
    activity: Activity
    able: Mapping[str, Able]

    def begins(self, start: Time) -> Time:
        """From when it is filled, for visitors from `start`: kits help to set up."""
        return start - self.activity.setup if self.rule == "H5" else start

    def ends(self, start: Time) -> Time:
        """Until when it is filled: kits are there until everything is struck."""
        extra = self.activity.strike if self.rule == "H5" else 0
        return start + self.activity.minutes + extra


def needs(problem: Problem, activity: Activity) -> list[Need]:
    """Experts, then kits, then the team, each in the activity's order; locks narrow them."""
    lock = next((one for one in problem.locks if one.activity == activity.id), None)
    return [
        Need(rule, asked, activity, _kept(able, lock, rule, at))
        for rule, asked, at, able in _asked(problem, activity)
    ]


def _asked(problem: Problem, activity: Activity) -> Iterator[tuple[str, str, int, dict[str, Able]]]:
    for at, field in enumerate(activity.fields):
        experts = (one for one in problem.experts if field in one.fields)
        yield (
            "H4",
            field,
            at,
            {
                one.id: Able(
                    one.id,
                    one.windows,
                    most=one.most,
                    most_per_day=one.most_per_day,
                    pause=one.buffer,
                )
                for one in experts
            },
        )
    for at, kind in enumerate(activity.kits):
        kits = (one for one in problem.kits if one.kind == kind)
        yield (
            "H5",
            kind,
            at,
            {
                one.id: Able(
                    one.id, one.windows, most_per_day=one.most_per_day, moving=2 * one.loading
                )
                for one in kits
            },
        )
    if activity.team_size:
        teams = (
            one
            for one in problem.teams
            if one.size >= activity.team_size and activity.team_skills <= one.skills
        )
        asked = "、".join(sorted(activity.team_skills))
        yield "H6", asked, 0, {one.id: Able(one.id, one.windows, one.area) for one in teams}


def _kept(able: dict[str, Able], lock: Lock | None, rule: str, at: int) -> dict[str, Able]:
    """Those whom a lock leaves."""
    if lock is None:
        return able
    kept = {"H4": lock.experts, "H5": lock.kits, "H6": (lock.team,) if lock.team else None}[rule]
    if kept is None:
        return able
    return {who: one for who, one in able.items() if at < len(kept) and kept[at] == who}

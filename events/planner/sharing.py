"""Experts and kits that several blocks ask for, and what is left of them for one.

On a day they serve one block alone, and between their days for two blocks lies time for the
longest way between these. So plans that were made block by block are legal together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from events.planner import spans
from events.planner.answer import Placement
from events.planner.problem import DAY, Expert, Kit, Problem, Window
from events.planner.roads import hold, session

Shared = Expert | Kit
Name = tuple[type, str]
"""`Expert` or `Kit`, and an id."""
Duty = tuple[Window, str]
"""From when until when, and in which district, somebody serves."""

Either = TypeVar("Either", bound=Shared)


def without(one: Either, away: Iterable[Window], sessions: int, days: int) -> Either:
    """An expert or kit outside of some windows of a campaign, for so many sessions less."""
    windows = spans.cut(one.windows or (Window(0, (days + 1) * DAY),), away)
    if not windows:
        return replace(one, most_per_day=0)
    if isinstance(one, Expert) and one.most is not None:
        return replace(one, windows=windows, most=max(0, one.most - sessions))
    return replace(one, windows=windows)


def reaches(block: Problem) -> dict[str, int]:
    """Of each district the minutes of the longest way between it and a venue of the block."""
    ways = block.travel.minutes
    at = {one.id: n for n, one in enumerate(block.districts)}
    there = {at[one.district] for one in block.venues}
    if not ways or not there:
        return dict.fromkeys(at, 0)
    return {
        district: max(max(ways[n][other], ways[other][n]) for other in there)
        for district, n in at.items()
    }


def pause(one: Shared) -> int:
    """Minutes between two duties, on top of the way."""
    return one.buffer if isinstance(one, Expert) else 2 * one.loading


def name(one: Shared) -> Name:
    """What an expert or kit is told apart by."""
    return type(one), one.id


def duties(problem: Problem, placements: Iterable[Placement]) -> dict[Name, list[Duty]]:
    """Whom placements of a problem use, when and where."""
    activities = {one.id: one for one in problem.activities}
    districts = {one.id: one.district for one in problem.venues}
    found: dict[Name, list[Duty]] = defaultdict(list)
    for one in placements:
        activity, district = activities[one.activity], districts[one.venue]
        for expert in one.experts:
            found[Expert, expert].append((session(activity, one.start), district))
        for kit in one.kits:
            found[Kit, kit].append((hold(activity, one.start), district))
    return found

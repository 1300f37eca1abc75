"""Experts and kits that several blocks ask for: what is left of them for one block.

On a day they serve one block alone, and between their days for two blocks lies time for the
longest way between these. So plans that were made block by block are legal together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
"""From when until when, and in which district, somebody serves another block."""

Either = TypeVar("Either", bound=Shared)


def left_over(block: Problem, whole: Problem, others: Iterable[Placement]) -> Problem:
    """A block with what the placements of other blocks leave of its experts and kits."""
    duties = _duties(whole, others)
    reach = reaches(block)

    def rest(one: Either) -> Either:
        taken = duties.get(name(one), ())
        if not taken:
            return one
        return without(one, _away(taken, pause(one), reach), len(taken), len(whole.days))

    return replace(
        block,
        experts=tuple(rest(one) for one in block.experts),
        kits=tuple(rest(one) for one in block.kits),
    )


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


def _duties(whole: Problem, placements: Iterable[Placement]) -> dict[Name, list[Duty]]:
    activities = {one.id: one for one in whole.activities}
    districts = {one.id: one.district for one in whole.venues}
    duties: dict[Name, list[Duty]] = defaultdict(list)
    for one in placements:
        activity, district = activities[one.activity], districts[one.venue]
        for expert in one.experts:
            duties[Expert, expert].append((session(activity, one.start), district))
        for kit in one.kits:
            duties[Kit, kit].append((hold(activity, one.start), district))
    return duties


def _away(taken: Sequence[Duty], gap: int, reach: Mapping[str, int]) -> list[Window]:
    """The days of these duties, and before and after them the longest way."""
    days = {Window(duty.start // DAY * DAY, -(-duty.end // DAY) * DAY) for duty, _ in taken}
    wider = [(duty, gap + reach[district]) for duty, district in taken]
    return [*days, *(Window(duty.start - way, duty.end + way) for duty, way in wider)]

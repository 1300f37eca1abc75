"""What a free activity may choose from in a window: some choices, and for each need some people.

Pruned by what is free now, never by what is possible at all: an activity that is left out is
offered everything (see `improve.py`), so that no list hides its only place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from events.planner.board import NOWHERE, Board, Duty, Spot
from events.planner.instance import Choice
from events.planner.people import Crew, Kind, Need, held

Column = tuple[int, int, int, int]
"""A choice with what it costs alone and the venue kept in case of rain, or `NOWHERE`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one free activity may choose from; `people` for each of its needs."""

    activity: int
    choices: tuple[Column, ...]
    people: tuple[Crew, ...]


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much an offer holds at most.

    Experts or kits a need; teams; people of a need that are looked at; indoor venues offered to an
    outdoor choice in case of rain.
    """

    choices: int
    people: int
    teams: int
    asked: int
    dry: int = 2


def offer(
    board: Board, activity: int, old: Spot | None, choices: Iterable[Choice], most: Breadth
) -> Offer:
    """The first choices that are free and served, and for each need the nearest who could serve.

    Where the activity lies now, and who serves it, is always among them.
    """
    needs = board.instance.needs[activity]
    crew = (None,) * len(needs) if old is None else old.crew
    asked = [_asked(need, who, most.asked) for need, who in zip(needs, crew, strict=True)]
    ways: list[dict[int, int]] = [{} for _ in asked]
    kept: list[Column] = []
    left = most.choices
    is_old_found = old is None
    for choice in choices:
        is_old = old is not None and (old.venue, old.start) == choice[:2]
        is_old_found = is_old_found or is_old
        if (left or is_old) and board.fits(activity, choice[0], choice[1]):
            if _serve(board, activity, choice, asked, ways):
                left -= left > 0
                kept += _columns(board, activity, choice, old if is_old else None, most.dry)
        elif not left and is_old_found:
            break
    people = []
    for need, who, way in zip(needs, crew, ways, strict=True):
        ranked = sorted(way, key=lambda one: (one != who, way[one]))
        people.append(tuple(ranked[: most.teams if need.kind is Kind.TEAM else most.people]))
    return Offer(activity, tuple(kept), tuple(people))


def _asked(need: Need, old: int | None, most: int) -> Crew:
    """Who is asked: who serves now, and others at equal distances in the list."""
    if len(need.qualified) <= most:
        return need.qualified
    step = len(need.qualified) / most
    some = {need.qualified[int(k * step)] for k in range(most)}
    return tuple(sorted(some if old is None else some | {old}))


def _serve(
    board: Board, activity: int, choice: Choice, asked: list[Crew], ways: list[dict[int, int]]
) -> bool:
    """Whether all needs find somebody at a choice; the shortest way of each is kept in `ways`."""
    venue, start, _ = choice
    found = []
    for n, some in enumerate(asked):
        kind = board.instance.needs[activity][n].kind
        duty = Duty(*held(board.instance.activities[activity], kind, start), venue, start)
        free = [who for who in some if board.is_free(who, duty)]
        if not free:
            return False
        found.append(free)
    for free, way in zip(found, ways, strict=True):
        for who in free:
            home = board.instance.way_from(board.instance.resources[who].home, venue)
            way[who] = min(way.get(who, home), home)
    return True


def _columns(
    board: Board, activity: int, choice: Choice, old: Spot | None, most: int
) -> list[Column]:
    """A choice, outdoors once without and once with each of some indoor venues kept for it."""
    venue, start, cost = choice
    instance = board.instance
    if not instance.points_of_backup or not instance.is_outdoors(activity, venue):
        return [(venue, start, cost, NOWHERE)]
    dry = [other for other in board.dry(activity, start) if other != venue]
    if old is not None and old.backup in dry:
        dry = [old.backup, *(other for other in dry if other != old.backup)]
    kept = [(venue, start, cost, other) for other in dry[:most]]
    return [*kept, (venue, start, cost + instance.points_of_backup, NOWHERE)]

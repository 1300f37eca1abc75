"""A first plan: hardest first, each where it costs least; then whoever is left out pushes in.

The order is that of Brélaz (1979) in spirit, static: what has few choices and few people who
could serve it goes first. Pushing in is an ejection chain of length one or two (Glover 1996).
"""

from __future__ import annotations

from dataclasses import replace

from events.planner.board import NOWHERE, Board, Duty, Spot
from events.planner.dice import Dice
from events.planner.instance import Choice, Instance
from events.planner.people import Kind, held
from events.planner.stop import Stop

LOOKED_AT = 120
"""Choices of an activity that pushes in which are tried."""


def construct(board: Board, dice: Dice, stop: Stop) -> None:
    """Lay down everything that finds a place, hardest first."""
    for activity in by_hardness(board.instance, board.unplaced()):
        if stop.over():
            return
        settle(board, activity, board.instance.pool(activity, dice))


def settle(board: Board, activity: int, choices: list[Choice]) -> bool:
    """Lay an activity down at the cheapest choice that is free; whether there was one."""
    for venue, start, _ in choices:
        if board.fits(activity, venue, start):
            crew = board.crew(activity, venue, start)
            if crew is not None:
                board.put(activity, Spot(venue, start, crew))
                return True
    return False


def by_hardness(instance: Instance, activities: list[int]) -> list[int]:
    """Priority first, then few choices per person who could serve, then long ones."""

    def ease(activity: int) -> tuple[int, float, int]:
        people = [len(need.qualified) for need in instance.needs[activity]]
        asked = instance.activities[activity]
        return (
            -asked.priority,
            instance.count(activity) * min(people, default=50),
            -asked.minutes,
        )

    return sorted(activities, key=ease)


def push_in(board: Board, dice: Dice, stop: Stop) -> int:
    """Find a place for those left out by moving one other each; how many found one."""
    found = 0
    for activity in by_hardness(board.instance, board.unplaced()):
        if stop.over():
            break
        if not board.instance.drop[activity]:
            continue
        choices = board.instance.all_choices(activity)
        found += settle(board, activity, choices) or _eject(board, activity, choices, dice)
    return found


def reserve(board: Board) -> None:
    """Keep an indoor room for what lies outdoors without one, where one is left."""
    instance = board.instance
    if not instance.points_of_backup:
        return
    for activity, spot in enumerate(board.spots):
        if spot is None or spot.backup != NOWHERE:
            continue
        if not instance.is_outdoors(activity, spot.venue):
            continue
        dry = board.dry(activity, spot.start)
        if dry:
            board.take(activity)
            board.put(activity, replace(spot, backup=dry[0]))


def _eject(board: Board, activity: int, choices: list[Choice], dice: Dice) -> bool:
    """Take the place of one other activity that finds another, or that counts for less."""
    for venue, start, _ in _some(choices, dice):
        for other in _single_hindrance(board, activity, venue, start):
            spot = board.take(other)
            crew = board.crew(activity, venue, start)
            if spot is None or crew is None or not board.fits(activity, venue, start):
                if spot is not None:
                    board.put(other, spot)
                continue
            board.put(activity, Spot(venue, start, crew))
            if settle(board, other, board.instance.pool(other, dice)):
                return True
            if board.instance.drop[other] < board.instance.drop[activity]:
                return True
            board.take(activity)
            board.put(other, spot)
    return False


def _some(choices: list[Choice], dice: Dice) -> list[Choice]:
    """The cheapest, and some drawn from all others."""
    cheap, rest = choices[: LOOKED_AT // 2], choices[LOOKED_AT // 2 :]
    return cheap + dice.sample(rest, min(len(rest), LOOKED_AT // 2))


def _single_hindrance(board: Board, activity: int, venue: int, start: int) -> list[int]:
    """Activities any one of which, moved away, may free this choice."""
    others = board.in_the_way(activity, venue, start)
    if len(others) > max(1, len(board.count(venue))):
        return []
    return sorted(others) if others else _who_keeps_the_crew(board, activity, venue, start)


def _who_keeps_the_crew(board: Board, activity: int, venue: int, start: int) -> list[int]:
    """Activities of those who are qualified, when nobody is free for a need."""
    found: set[int] = set()
    for position, need in enumerate(board.instance.needs[activity]):
        if board.able(activity, position, venue, start):
            continue
        begin, end = held(board.instance.activities[activity], need.kind, start)
        duty = Duty(begin, end, venue, start)
        for who in need.qualified:
            if need.kind is Kind.TEAM and len(need.qualified) > LOOKED_AT:
                break
            if board.instance.resources[who].serves(begin, end, board.instance.district[venue]):
                found |= board.rivals(who, duty)
    return sorted(found)

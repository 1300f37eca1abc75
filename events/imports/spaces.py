"""Rooms of a venue's row as bookable spaces. Pure: names and numbers in, names out."""

from __future__ import annotations

from collections.abc import Sequence

from events.imports.plan import SpacePlan
from events.imports.world import StoredSpace

OUTDOORS = "户外场地"
ROOM = "{number}号场地"
ROOMS = {
    "报告厅": "报告厅",
    "展厅": "展厅",
    "多媒体教室": "多媒体教室",
    "多功能厅": "多功能厅",
    "会议室": "会议室",
    "阅览室": "阅览室",
    "教室": "教室",
    "礼堂": "礼堂",
    "剧场": "剧场",
    "体育馆": "体育馆",
    "实验室": "实验室",
    "实验台": "实验室",
    "舞台": "舞台厅",
}


def names(rooms: int, facilities: Sequence[str]) -> list[str]:
    """Names of `rooms` indoor spaces: after facilities that are rooms, then numbered."""
    named = list(dict.fromkeys(ROOMS[one] for one in facilities if one in ROOMS))[:rooms]
    return named + [ROOM.format(number=n) for n in range(len(named) + 1, rooms + 1)]


def wanted(
    *, rooms: int | None, indoor: int, outdoor: int, stored: Sequence[StoredSpace]
) -> tuple[int, bool]:
    """How many indoor spaces, and whether an outdoor one. rooms: None = the row does not say."""
    there = sum(not space.is_outdoor for space in stored)
    inside = max(rooms if rooms is not None else there, 1) if indoor else 0
    return inside, outdoor > 0


def plan(
    *, inside: int, outside: bool, facilities: Sequence[str], stored: Sequence[StoredSpace]
) -> tuple[SpacePlan, list[str]]:
    """What to add and to drop, and the names of spaces that stay because they have bookings."""
    rooms = [space for space in stored if not space.is_outdoor]
    fields = [space for space in stored if space.is_outdoor]
    taken = {space.name for space in stored}
    added = [(name, False) for name in _free_names(inside - len(rooms), facilities, inside, taken)]
    if outside and not fields and OUTDOORS not in taken:
        added.append((OUTDOORS, True))
    surplus = _surplus(rooms, inside) + ([] if outside else fields)
    dropped = tuple(space.id for space in surplus if not space.is_booked)
    kept = [space.name for space in surplus if space.is_booked]
    return SpacePlan(added=tuple(added), dropped=dropped), kept


def _free_names(count: int, facilities: Sequence[str], rooms: int, taken: set[str]) -> list[str]:
    if count <= 0:
        return []
    free = [name for name in names(rooms + len(taken), facilities) if name not in taken]
    return free[:count]


def _surplus(rooms: list[StoredSpace], inside: int) -> list[StoredSpace]:
    """The newest rooms beyond `inside`; those without bookings go first."""
    surplus = max(len(rooms) - inside, 0)
    newest = sorted(rooms, key=lambda space: (space.is_booked, -space.id))
    return newest[:surplus]

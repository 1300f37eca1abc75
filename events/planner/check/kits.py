"""H5: kits and caravans: of the right kind, loaded and moved in time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from events.planner.check.rule import Found, Seen, rule
from events.planner.check.serving import (
    hold_of,
    miscounted,
    overlapping,
    serving,
    too_close,
    too_many_a_day,
    unavailable,
)
from events.planner.problem import Kit


@rule(
    "H5",
    "{activity}需要{need}套器材，现安排{have}套",
    "Kits at {activity}: {need} needed, {have} named",
)
def kits_asked(seen: Seen) -> Iterator[Found]:
    """As many different kits as kinds."""
    for laid in seen.laid:
        yield from miscounted(seen, laid, len(laid.activity.kits), laid.placement.kits)


@rule(
    "H5",
    "{name}不是{activity}需要的“{asked}”",
    "{name} is not the “{asked}” that {activity} asks for",
)
def kit_qualified(seen: Seen) -> Iterator[Found]:
    """The kit in each position is of the kind in that position."""
    for laid in seen.laid:
        for kind, name in zip(laid.activity.kits, laid.placement.kits, strict=False):
            kit = seen.kits.get(name)
            if kit is not None and kit.kind != kind:
                yield serving(seen, Kit, name, [laid], {"asked": kind})


@rule(
    "H5",
    "{name}在{session}不能使用，无法用于{activity}",
    "{name} is not available {session}, when {activity} needs it",
)
def kit_available(seen: Seen) -> Iterator[Found]:
    """Within the kit's windows, if any; set-up and strike included."""
    for name, laid in seen.of_kit.items():
        yield from unavailable(seen, Kit, name, seen.kits[name].windows, laid, hold_of)


@rule(
    "H5",
    "{name}来不及从{activity}转到{after}：中间有{gap}，装卸和路途需要{needed}",
    "{name} cannot move from {activity} to {after}: {gap} between them, {needed} needed",
)
def kit_on_time(seen: Seen) -> Iterator[Found]:
    """Loading and travel fit between strike and the next set-up."""
    for name, laid in seen.of_kit.items():
        needed = partial(seen.roads.kit_gap, seen.kits[name])
        yield from too_close(seen, Kit, name, laid, needed, hold_of)


@rule(
    "H5",
    "{name}同时被安排给{activity}和{after}",
    "{name} is given to {activity} and {after} at the same time",
)
def kit_at_one_place(seen: Seen) -> Iterator[Found]:
    """One hold at a time."""
    for name, laid in seen.of_kit.items():
        yield from overlapping(seen, Kit, name, laid, hold_of)


@rule(
    "H5",
    "{name}{day}有{held}，一天最多{most}场",
    "{name} has {held} on {day}; {most} a day at most",
)
def kit_per_day(seen: Seen) -> Iterator[Found]:
    """The most sessions of a day."""
    for name, laid in seen.of_kit.items():
        yield from too_many_a_day(seen, Kit, name, seen.kits[name].most_per_day, laid)


RULES = (
    kits_asked,
    kit_qualified,
    kit_available,
    kit_on_time,
    kit_at_one_place,
    kit_per_day,
)

"""H4: experts: who speaks on what, when, and how they get there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from events.planner.check.rule import Found, Seen, rule
from events.planner.check.serving import (
    miscounted,
    overlapping,
    serving,
    sessions,
    too_close,
    too_many_a_day,
    unavailable,
)
from events.planner.problem import Expert
from events.planner.wording import Said


@rule(
    "H4",
    "{activity}需要{need}位专家，现安排{have}位",
    "Experts at {activity}: {need} needed, {have} named",
)
def experts_asked(seen: Seen) -> Iterator[Found]:
    """As many different experts as fields."""
    for laid in seen.laid:
        yield from miscounted(seen, laid, len(laid.activity.fields), laid.placement.experts)


@rule(
    "H4",
    "{name}的专长不含“{asked}”，不能承担{activity}",
    "{name} does not speak on “{asked}”, which {activity} asks for",
)
def expert_qualified(seen: Seen) -> Iterator[Found]:
    """The expert in each position speaks on the field in that position."""
    for laid in seen.laid:
        for field, name in zip(laid.activity.fields, laid.placement.experts, strict=False):
            expert = seen.experts.get(name)
            if expert is not None and field not in expert.fields:
                yield serving(seen, Expert, name, [laid], {"asked": field})


@rule(
    "H4",
    "{name}在{session}没有空，无法参加{activity}",
    "{name} is not available {session}, the time of {activity}",
)
def expert_available(seen: Seen) -> Iterator[Found]:
    """Within the expert's windows, if any."""
    for name, laid in seen.of_expert.items():
        yield from unavailable(seen, Expert, name, seen.experts[name].windows, laid)


@rule(
    "H4",
    "{name}来不及连续参加{activity}和{after}：中间有{gap}，路途和间歇需要{needed}",
    "{name} cannot get from {activity} to {after}: {gap} between them, {needed} needed",
)
def expert_on_time(seen: Seen) -> Iterator[Found]:
    """Travel and buffer fit between one session and the next."""
    for name, laid in seen.of_expert.items():
        needed = partial(seen.roads.expert_gap, seen.experts[name])
        yield from too_close(seen, Expert, name, laid, needed)


@rule(
    "H4",
    "{name}同时被安排在{activity}和{after}",
    "{name} is asked for {activity} and {after} at the same time",
)
def expert_at_one_place(seen: Seen) -> Iterator[Found]:
    """One session at a time."""
    for name, laid in seen.of_expert.items():
        yield from overlapping(seen, Expert, name, laid)


@rule(
    "H4",
    "{name}{day}有{held}，一天最多{most}场",
    "{name} has {held} on {day}; {most} a day at most",
)
def expert_per_day(seen: Seen) -> Iterator[Found]:
    """The most sessions of a day."""
    for name, laid in seen.of_expert.items():
        yield from too_many_a_day(seen, Expert, name, seen.experts[name].most_per_day, laid)


@rule(
    "H4",
    "{name}一共有{held}，最多{most}场",
    "{name} has {held} in all; {most} at most",
)
def expert_in_all(seen: Seen) -> Iterator[Found]:
    """The most sessions of the campaign."""
    for name, laid in seen.of_expert.items():
        most = seen.experts[name].most
        if most is not None and len(laid) > most:
            facts: dict[str, Said] = {"held": sessions(len(laid)), "most": most}
            yield serving(seen, Expert, name, laid, facts, len(laid) - most)


RULES = (
    experts_asked,
    expert_qualified,
    expert_available,
    expert_on_time,
    expert_at_one_place,
    expert_per_day,
    expert_in_all,
)

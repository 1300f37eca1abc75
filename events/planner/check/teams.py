"""H6: teams: large and skilled enough, in their area, one activity at a time."""

from __future__ import annotations

from collections.abc import Iterator

from events.planner.check.rule import Found, Seen, rule
from events.planner.check.serving import overlapping, serving, too_close, unavailable
from events.planner.problem import District, Team
from events.planner.wording import Said, listed


@rule(
    "H6",
    "{activity}需要一支{size}人的志愿队，还没有安排",
    "{activity} asks for a team of {size} and has none",
)
def team_asked(seen: Seen) -> Iterator[Found]:
    """A team where one is asked."""
    for laid in seen.laid:
        if laid.activity.team_size and laid.placement.team is None:
            activity = laid.activity.id
            facts: dict[str, Said] = {
                "activity": seen.names.activity(activity),
                "size": laid.activity.team_size,
            }
            yield Found(facts, (activity,), amount=laid.activity.team_size)


@rule(
    "H6",
    "{name}有{size}人，{activity}需要{need}人",
    "{name} has {size} members; {activity} needs {need}",
)
def team_large_enough(seen: Seen) -> Iterator[Found]:
    """As many members as the activity needs."""
    for name, served in seen.of_team.items():
        size = seen.teams[name].size
        for laid in served:
            short = laid.activity.team_size - size
            if short > 0:
                facts = {"size": size, "need": laid.activity.team_size}
                yield serving(seen, Team, name, [laid], facts, short)


@rule(
    "H6",
    "{name}不具备{activity}需要的技能：{missing}",
    "{name} lacks the skills that {activity} needs: {missing}",
)
def team_skilled(seen: Seen) -> Iterator[Found]:
    """Every skill that the activity asks for."""
    for name, served in seen.of_team.items():
        for laid in served:
            missing = sorted(laid.activity.team_skills - seen.teams[name].skills)
            if missing:
                yield serving(seen, Team, name, [laid], {"missing": listed(missing)}, len(missing))


@rule(
    "H6",
    "{name}不服务{district}，无法参加{activity}",
    "{name} does not serve in {district}, where {activity} is",
)
def team_in_its_area(seen: Seen) -> Iterator[Found]:
    """A district that the team serves."""
    for name, served in seen.of_team.items():
        area = seen.teams[name].area
        for laid in served if area else ():
            if laid.venue.district not in area:
                district = seen.names.of(District, laid.venue.district)
                yield serving(seen, Team, name, [laid], {"district": district})


@rule(
    "H6",
    "{name}在{session}没有空，无法参加{activity}",
    "{name} is not available {session}, the time of {activity}",
)
def team_available(seen: Seen) -> Iterator[Found]:
    """Within the team's windows, if any."""
    for name, laid in seen.of_team.items():
        yield from unavailable(seen, Team, name, seen.teams[name].windows, laid)


@rule(
    "H6",
    "{name}来不及连续参加{activity}和{after}：中间有{gap}，路途需要{needed}",
    "{name} cannot get from {activity} to {after}: {gap} between them, {needed} needed",
)
def team_on_time(seen: Seen) -> Iterator[Found]:
    """Travel fits between one session and the next."""
    for name, laid in seen.of_team.items():
        yield from too_close(seen, Team, name, laid, seen.roads.minutes)


@rule(
    "H6",
    "{name}同时被安排在{activity}和{after}",
    "{name} is asked for {activity} and {after} at the same time",
)
def team_at_one_place(seen: Seen) -> Iterator[Found]:
    """One session at a time."""
    for name, laid in seen.of_team.items():
        yield from overlapping(seen, Team, name, laid)


RULES = (
    team_asked,
    team_large_enough,
    team_skilled,
    team_in_its_area,
    team_available,
    team_on_time,
    team_at_one_place,
)

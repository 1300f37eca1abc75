"""H7, its first half: who may take which place, and gets there in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from events.planner import spans
from events.planner.check.duties import each, everybody, found, in_turn
from events.planner.check.rule import Found, Seen, rule
from events.planner.problem import DAY, Volunteer, Window
from events.planner.wording import Said, length


@rule(
    "H7",
    "{activity}没有排上，却给它安排了{name}",
    "{name} is assigned to {activity}, which is not placed",
)
def activity_placed(seen: Seen) -> Iterator[Found]:
    """Nobody serves at what does not take place."""
    for one in seen.plan.assignments:
        known = one.activity in seen.activities and one.volunteer in seen.volunteers
        if known and one.activity not in seen.by_activity:
            facts: dict[str, Said] = {
                "name": seen.names.of(Volunteer, one.volunteer),
                "activity": seen.names.activity(one.activity),
            }
            yield Found(facts, (one.activity,), (one.volunteer,))


@rule(
    "H7",
    "{activity}没有“{skill}”岗位，却安排了{name}",
    "{activity} has no place for “{skill}”, to which {name} is assigned",
)
def place_asked(seen: Seen) -> Iterator[Found]:
    """A place that the activity has."""
    for volunteer, duty in each(seen):
        if all(place.skill != duty.skill for place in duty.laid.activity.places):
            yield found(seen, volunteer, [duty])


@rule(
    "H7",
    "{activity}的“{skill}”岗位需要{need}人，现安排{taken}人",
    "{activity} needs {need} for “{skill}” and has {taken}",
)
def not_too_many(seen: Seen) -> Iterator[Found]:
    """Never more than needed where a place does not say what more would cost."""
    for laid in seen.laid:
        skills: Mapping[str, int] = seen.taken.get(laid.activity.id, {})
        for place in laid.activity.places:
            taken = skills.get(place.skill, 0)
            if place.over is None and taken > place.need:
                facts: dict[str, Said] = {
                    "activity": seen.names.activity(laid.activity.id),
                    "skill": place.skill,
                    "need": place.need,
                    "taken": taken,
                }
                yield Found(facts, (laid.activity.id,), amount=taken - place.need)


@rule(
    "H7",
    "{name}不具备“{skill}”技能，不能承担{activity}的这个岗位",
    "{name} is not skilled as “{skill}”, a place at {activity}",
)
def skilled(seen: Seen) -> Iterator[Found]:
    """The skill that the place asks for."""
    for volunteer, duty in each(seen):
        if duty.skill not in volunteer.skills:
            yield found(seen, volunteer, [duty])


@rule(
    "H7",
    "{name}在{session}没有空，无法参加{activity}",
    "{name} is not available {session}, the time of {activity}",
)
def available(seen: Seen) -> Iterator[Found]:
    """Within the volunteer's windows, if any."""
    for volunteer, duties in everybody(seen):
        windows = spans.merged(volunteer.windows)
        for duty in duties if volunteer.windows else ():
            if not spans.within(duty.laid.session, windows):
                yield found(seen, volunteer, [duty])


@rule(
    "H7",
    "{name}{day}休息，却被安排参加{activity}",
    "{name} is off on {day} and is assigned to {activity}",
)
def not_on_a_day_off(seen: Seen) -> Iterator[Found]:
    """No duty begins on a day off."""
    for volunteer, duty in each(seen):
        if duty.laid.day in volunteer.days_off:
            yield found(seen, volunteer, [duty])


@rule(
    "H7",
    "{name}未成年，不能在夜间参加{activity}（{session}）",
    "{name} is a minor and may not serve at night: {activity}, {session}",
)
def no_minor_at_night(seen: Seen) -> Iterator[Found]:
    """Minors do not serve in the night hours of any day."""
    night = seen.problem.night
    for volunteer, duty in each(seen):
        session = duty.laid.session
        nights = range(session.start // DAY - 1, session.end // DAY + 1)
        if volunteer.minor and any(
            spans.overlap(session, Window(day * DAY + night.start, day * DAY + night.end))
            for day in nights
        ):
            yield found(seen, volunteer, [duty])


@rule(
    "H7",
    "{name}同时被安排在{activity}和{after}",
    "{name} is assigned to {activity} and {after} at the same time",
)
def one_at_a_time(seen: Seen) -> Iterator[Found]:
    """One place at a time."""
    for volunteer, before, after in in_turn(seen):
        shared = before.laid.session.end - after.laid.session.start
        if shared > 0:
            facts = {"after": seen.names.activity(after.laid.activity.id)}
            yield found(seen, volunteer, [before, after], facts, shared)


@rule(
    "H7",
    "{name}来不及连续参加{activity}和{after}：中间有{gap}，路途需要{needed}",
    "{name} cannot get from {activity} to {after}: {gap} between them, {needed} needed",
)
def on_time(seen: Seen) -> Iterator[Found]:
    """Travel fits between one duty and the next."""
    for volunteer, before, after in in_turn(seen):
        gap = after.laid.session.start - before.laid.session.end
        needed = seen.roads.minutes(before.laid.venue, after.laid.venue)
        if 0 <= gap < needed:
            facts = {
                "after": seen.names.activity(after.laid.activity.id),
                "gap": length(gap),
                "needed": length(needed),
            }
            yield found(seen, volunteer, [before, after], facts, needed - gap)


RULES = (
    activity_placed,
    place_asked,
    not_too_many,
    skilled,
    available,
    not_on_a_day_off,
    no_minor_at_night,
    one_at_a_time,
    on_time,
)

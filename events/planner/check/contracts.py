"""H7, its second half: what a volunteer's days must look like by contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from events.planner.check.duties import by_day, everybody, found, overnight
from events.planner.check.rule import Found, Seen, rule
from events.planner.laid import Duty
from events.planner.problem import Volunteer
from events.planner.wording import Said, count, length


@rule(
    "H7",
    "{name}{day}有{held}，一天最多{most}",
    "{name} has {held} on {day}; {most} a day at most",
)
def not_too_often_a_day(seen: Seen) -> Iterator[Found]:
    """The most places of a day."""
    for volunteer, duties in everybody(seen):
        most = volunteer.contract.most_per_day
        for that_day in by_day(duties).values() if most is not None else ():
            if most is not None and len(that_day) > most:
                facts = _numbers(_places(len(that_day)), _places(most))
                yield found(seen, volunteer, that_day, facts, len(that_day) - most)


@rule(
    "H7",
    "{name}{day}服务{held}，一天最多{most}",
    "{name} serves {held} on {day}; {most} a day at most",
)
def not_too_long_a_day(seen: Seen) -> Iterator[Found]:
    """The most minutes of a day."""
    for volunteer, duties in everybody(seen):
        most = volunteer.contract.most_minutes_per_day
        for that_day in by_day(duties).values() if most is not None else ():
            served = _minutes(that_day)
            if most is not None and served > most:
                facts = _numbers(length(served), length(most))
                yield found(seen, volunteer, that_day, facts, served - most)


@rule(
    "H7",
    "{name}一共服务{held}，最多{most}",
    "{name} serves {held} in all; {most} at most",
)
def not_too_long(seen: Seen) -> Iterator[Found]:
    """The most minutes of the campaign."""
    for volunteer, duties in everybody(seen):
        most, served = volunteer.contract.most_minutes, _minutes(duties)
        if most is not None and served > most:
            facts = _numbers(length(served), length(most))
            yield found(seen, volunteer, duties, facts, served - most)


@rule(
    "H7",
    "{name}一共服务{held}，至少{least}",
    "{name} serves {held} in all; {least} at least",
    is_owed=True,
)
def long_enough(seen: Seen) -> Iterator[Found]:
    """The least minutes of the campaign, also of those who have no duty yet."""
    for volunteer in seen.problem.volunteers:
        least = volunteer.contract.least_minutes
        served = _minutes(seen.duties.get(volunteer.id, ()))
        if least is not None and served < least:
            facts: dict[str, Said] = {"held": length(served), "least": length(least)}
            yield found(seen, volunteer, (), facts, least - served)


@rule(
    "H7",
    "{name}参加{activity}和次日的{after}之间只休息{gap}，至少应休息{needed}",
    "{name} rests {gap} between {activity} and {after} the next day; {needed} at least",
)
def rested(seen: Seen) -> Iterator[Found]:
    """The least rest from the last duty of a day to the first of the next."""
    for volunteer, before, after in overnight(seen):
        last = max(before, key=lambda duty: duty.laid.session.end)
        gap = after[0].laid.session.start - last.laid.session.end
        needed = volunteer.contract.least_rest
        if gap < needed:
            facts = {
                "after": seen.names.activity(after[0].laid.activity.id),
                "gap": length(max(gap, 0)),
                "needed": length(needed),
            }
            yield found(seen, volunteer, [last, after[0]], facts, needed - gap)


@rule(
    "H7",
    "{name}{day}承担“{skill}”，次日不能承担“{next}”（{after}）",
    "{name} serves as “{skill}” on {day} and may not be “{next}” the next day ({after})",
)
def not_after(seen: Seen) -> Iterator[Found]:
    """Skills that one volunteer may not take on two days in a row."""
    if not seen.problem.not_after:
        return
    for volunteer, before, after in overnight(seen):
        for first in before:
            for then in after:
                if (first.skill, then.skill) in seen.problem.not_after:
                    named = seen.names.activity(then.laid.activity.id)
                    facts: dict[str, Said] = {"next": then.skill, "after": named}
                    yield found(seen, volunteer, [first, then], facts)


@rule(
    "H7",
    "{name}从{day}起连续服务{held}，最多连续{most}",
    "{name} serves {held} in a row from {day}; {most} at most",
)
def not_too_many_days_in_a_row(seen: Seen) -> Iterator[Found]:
    """The longest run of days with duties."""
    for volunteer, duties in everybody(seen):
        most = volunteer.contract.most_run
        for first, days in _runs(by_day(duties)) if most is not None else ():
            if most is not None and days > most:
                yield _run(seen, volunteer, first, _numbers(_days(days), _days(most)), days - most)


@rule(
    "H7",
    "{name}从{day}起只连续服务{held}，至少连续{least}",
    "{name} serves only {held} in a row from {day}; {least} at least",
)
def enough_days_in_a_row(seen: Seen) -> Iterator[Found]:
    """The shortest run of days with duties, unless it touches an end of the campaign."""
    for volunteer, duties in everybody(seen):
        least = volunteer.contract.least_run
        for first, days in _runs(by_day(duties)) if least > 1 else ():
            if days < least and not _touches_an_end(seen, first, days):
                facts: dict[str, Said] = {"held": _days(days), "least": _days(least)}
                yield _run(seen, volunteer, first, facts, least - days)


@rule(
    "H7",
    "{name}从{day}起只连续休息{held}，至少连续{least}",
    "{name} is off only {held} in a row from {day}; {least} at least",
)
def enough_days_off_in_a_row(seen: Seen) -> Iterator[Found]:
    """The shortest run of days off between two runs of duties."""
    for volunteer, duties in everybody(seen):
        least = volunteer.contract.least_run_off
        for one, other in pairwise(_runs(by_day(duties))) if least > 1 else ():
            first, days = sum(one), other[0] - sum(one)
            if days < least:
                facts: dict[str, Said] = {"held": _days(days), "least": _days(least)}
                yield _run(seen, volunteer, first, facts, least - days)


@rule(
    "H7",
    "{name}有{held}服务，最多{most}个",
    "{name} serves on {held}; {most} at most",
)
def not_too_many_weekends(seen: Seen) -> Iterator[Found]:
    """The most weekends with a duty on Saturday or Sunday."""
    for volunteer, duties in everybody(seen):
        most = volunteer.contract.most_weekends
        if most is not None:
            weekends = {_weekend(seen, duty.laid.day) for duty in duties} - {None}
            if len(weekends) > most:
                facts = _numbers(count(len(weekends), "个周末", "weekend"), most)
                yield found(seen, volunteer, duties, facts, len(weekends) - most)


@rule(
    "H7",
    "{name}承担“{skill}”{held}，最多{most}次",
    "{name} serves as “{skill}” {held}; {most} at most",
)
def not_too_often_in_one_skill(seen: Seen) -> Iterator[Found]:
    """How often a place of a skill may be taken."""
    for volunteer, duties in everybody(seen):
        for skill, most in volunteer.contract.most_by_skill.items():
            served = [duty for duty in duties if duty.skill == skill]
            if len(served) > most:
                facts = _numbers(count(len(served), "次", "time"), most)
                yield found(seen, volunteer, served, facts, len(served) - most)


def _runs(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First day and length of each run of days; `days` ascend."""
    first: int | None = None
    lasted = 0
    for day in days:
        if first is not None and day == first + lasted:
            lasted += 1
            continue
        if first is not None:
            yield first, lasted
        first, lasted = day, 1
    if first is not None:
        yield first, lasted


def _touches_an_end(seen: Seen, first: int, days: int) -> bool:
    return first <= 0 or first + days >= len(seen.problem.days)


def _weekend(seen: Seen, day: int) -> tuple[int, int] | None:
    """Year and week of a Saturday or Sunday."""
    if not 0 <= day < len(seen.problem.days):
        return None
    year, week, weekday = seen.problem.days[day].date.isocalendar()
    return (year, week) if weekday >= 6 else None


def _minutes(duties: Iterable[Duty]) -> int:
    return sum(duty.laid.activity.minutes for duty in duties)


def _places(number: int) -> Said:
    return count(number, "个岗位", "place")


def _days(number: int) -> Said:
    return count(number, "天", "day")


def _numbers(held: Said, most: Said) -> dict[str, Said]:
    return {"held": held, "most": most}


def _run(
    seen: Seen, volunteer: Volunteer, first: int, more: Mapping[str, Said], amount: int
) -> Found:
    facts: dict[str, Said] = {
        "name": seen.names.of(Volunteer, volunteer.id),
        "day": seen.names.day(first),
        **more,
    }
    return Found(facts, (), (volunteer.id,), amount)


RULES = (
    not_too_often_a_day,
    not_too_long_a_day,
    not_too_long,
    long_enough,
    rested,
    not_after,
    not_too_many_days_in_a_row,
    enough_days_in_a_row,
    enough_days_off_in_a_row,
    not_too_many_weekends,
    not_too_often_in_one_skill,
)

"""Volunteers' duties in the orders in which rules look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from events.planner.check.rule import Found, Seen
from events.planner.laid import Duty
from events.planner.problem import Volunteer
from events.planner.wording import Said


def everybody(seen: Seen) -> Iterator[tuple[Volunteer, Sequence[Duty]]]:
    """Everybody with duties, and those."""
    for name, duties in seen.duties.items():
        yield seen.volunteers[name], duties


def each(seen: Seen) -> Iterator[tuple[Volunteer, Duty]]:
    """Every single duty."""
    for volunteer, duties in everybody(seen):
        for duty in duties:
            yield volunteer, duty


def in_turn(seen: Seen) -> Iterator[tuple[Volunteer, Duty, Duty]]:
    """Every two duties of one volunteer that follow each other."""
    for volunteer, duties in everybody(seen):
        for before, after in pairwise(duties):
            yield volunteer, before, after


def overnight(seen: Seen) -> Iterator[tuple[Volunteer, Sequence[Duty], Sequence[Duty]]]:
    """The duties of a day and of the next, where there are both."""
    for volunteer, duties in everybody(seen):
        days = by_day(duties)
        for day, before in days.items():
            if day + 1 in days:
                yield volunteer, before, days[day + 1]


def by_day(duties: Iterable[Duty]) -> Mapping[int, list[Duty]]:
    """Duties by the day on which they begin, ascending."""
    days: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        days[duty.laid.day].append(duty)
    return days


def found(
    seen: Seen,
    volunteer: Volunteer,
    duties: Sequence[Duty],
    more: Mapping[str, Said] | None = None,
    amount: int = 1,
) -> Found:
    """A case that concerns a volunteer; the first of `duties` fills the sentence's usual gaps."""
    facts: dict[str, Said] = {"name": seen.names.of(Volunteer, volunteer.id)}
    if duties:
        first = duties[0]
        facts |= {
            "activity": seen.names.activity(first.laid.activity.id),
            "skill": first.skill,
            "session": seen.names.span(first.laid.session),
            "day": seen.names.day(first.laid.day),
        }
    activities = tuple(dict.fromkeys(duty.laid.activity.id for duty in duties))
    return Found({**facts, **(more or {})}, activities, (volunteer.id,), amount)

"""Whom an activity can ask for: what is wished, less what nobody could give at its times.

The planner takes what is asked as a must and would leave an activity out for want of a speaker. A
person would not: they give it a time and a place and go on looking. So what no team and no expert
could give is not asked; it stays open, and is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from events.planner import spans
from events.planner.problem import Activity, Expert, Problem, Team, Venue, Window

MARGIN_MIN = 60
"""Between two sessions of an expert, for the way, before any place is known."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An activity as the planner gets it, and what stays open: expert fields, skills, people."""

    activity: Activity
    fields: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    people: int = 0


def askable(problem: Problem) -> list[Asked]:
    """Every activity with what can be asked for, in the problem's order.

    Experts go to activities in the order of their priority, as long as their days last. One that
    has no place at any time keeps all that it asks: whom it could have is no question then.
    """
    diary = _Diary(problem.experts)
    heard: dict[str, Asked] = {}
    for activity in sorted(problem.activities, key=lambda one: -one.priority):
        places = [venue for venue in problem.venues if _holds(venue, activity)]
        starts = {
            start
            for free in {spans.cut(venue.open, venue.closed) for venue in places}
            for start in _starts(activity, free, problem.grid)
        }
        if not starts:
            heard[activity.id] = Asked(activity=activity)
            continue
        fields, starts = diary.find(activity, starts)
        districts = frozenset(venue.district for venue in places)
        teams = [team for team in problem.teams if not team.area or team.area & districts]
        able = [team for team in teams if any(_is_free(team, activity, one) for one in starts)]
        heard[activity.id] = _asked(activity, fields, able)
    return [heard[activity.id] for activity in problem.activities]


def _holds(venue: Venue, activity: Activity) -> bool:
    is_chosen = activity.venues is None or venue.id in activity.venues
    return (
        is_chosen and venue.seats >= activity.visitors and activity.facilities <= venue.facilities
    )


def _asked(activity: Activity, fields: tuple[str, ...], able: Sequence[Team]) -> Asked:
    """With a team that is large enough, or the largest, and brings most of the skills."""
    size = min(activity.team_size, max((team.size for team in able), default=0))
    skills: frozenset[str] = max(
        (team.skills & activity.team_skills for team in able if team.size >= size > 0),
        key=lambda one: (len(one), sorted(one)),
        default=frozenset(),
    )
    return Asked(
        activity=replace(activity, fields=fields, team_size=size, team_skills=skills),
        fields=tuple((Counter(activity.fields) - Counter(fields)).elements()),
        skills=activity.team_skills - skills,
        people=activity.team_size - size,
    )


class _Diary:
    """Which expert could speak when: one way to serve as many activities as come first."""

    def __init__(self, experts: Sequence[Expert]) -> None:
        self._by_field: dict[str, list[Expert]] = defaultdict(list)
        for expert in experts:
            for field in sorted(expert.fields):
                self._by_field[field].append(expert)
        self._taken: dict[str, list[Window]] = defaultdict(list)

    def find(self, activity: Activity, starts: set[int]) -> tuple[tuple[str, ...], set[int]]:
        """Fields for which somebody can come at one of `starts`, all at once, and those starts.

        They are taken at the first of these.
        """
        found: list[tuple[str, dict[int, Expert]]] = []
        for field in activity.fields:
            used = {id(one) for _, free in found for one in free.values()}
            free = {
                start: expert
                for start in starts
                for expert in reversed(self._by_field[field])
                if id(expert) not in used and self._can(expert, activity, start)
            }
            if free:
                found.append((field, free))
                starts = set(free)
        for _, free in found:
            start = min(starts)
            self._taken[free[start].id].append(Window(start, start + activity.minutes))
        return tuple(field for field, _ in found), starts

    def _can(self, expert: Expert, activity: Activity, start: int) -> bool:
        taken = self._taken[expert.id]
        if expert.most is not None and len(taken) >= expert.most:
            return False
        span = Window(start - MARGIN_MIN, start + activity.minutes + MARGIN_MIN)
        if any(spans.overlap(span, other) for other in taken):
            return False
        return _is_free(expert, activity, start)


def _is_free(who: Expert | Team, activity: Activity, start: int) -> bool:
    span = Window(start, start + activity.minutes)
    return not who.windows or spans.within(span, spans.merged(who.windows))


def _starts(activity: Activity, free: Iterable[Window], grid: int) -> Iterable[int]:
    """Starts of the grid at which the session lies within its wishes and within what is free."""
    for wish in spans.merged(activity.windows):
        for window in free:
            first, end = max(wish.start, window.start), min(wish.end, window.end)
            yield from range(first + -first % grid, end - activity.minutes + 1, grid)

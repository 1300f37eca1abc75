"""A second judge of tiny plans, minute by minute and without cleverness, for property tests.

It tells only which rules are broken. Written from the rules' wording, not from the checker.
"""
# ruff: noqa: C901, PLR0911, PLR0912 - one case after the other, as the rules are told

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, groupby, pairwise, permutations

from events.planner.answer import Placement, Plan
from events.planner.problem import DAY, Activity, Level, Problem, Term, Tie, Venue, Volunteer


def broken(problem: Problem, plan: Plan) -> set[str]:
    """Ids of the rules that a plan breaks; all its ids are known and stand in it once."""
    return set(_broken(problem, plan))


def _broken(problem: Problem, plan: Plan) -> Iterator[str]:
    activities = {one.id: one for one in problem.activities}
    venues = {one.id: one for one in problem.venues}
    for one in plan.placements:
        activity, venue = activities[one.activity], venues[one.venue]
        yield from _where_and_when(problem, activity, venue, one)
        yield from _served(problem, activity, venue, one)
        yield from _lock(problem, plan, one)
        if one.backup is not None:
            backup = venues[one.backup]
            if not _free(activity, backup, one.start):
                yield "H1"
            if backup.outdoor or not _suits(problem, activity, backup):
                yield "H2"
    yield from _rooms(problem, plan)
    yield from _ties(problem, plan)
    for expert in problem.experts:
        served = [one for one in plan.placements if expert.id in one.experts]
        days = [one.start // DAY for one in served]
        most = expert.most_per_day
        if most is not None and any(days.count(day) > most for day in days):
            yield "H4"
        if expert.most is not None and len(served) > expert.most:
            yield "H4"
        if not _reachable(problem, served, expert.buffer, 0, whole=False):
            yield "H4"
    for kit in problem.kits:
        served = [one for one in plan.placements if kit.id in one.kits]
        if not _reachable(problem, served, 0, 2 * kit.loading, whole=True):
            yield "H5"
    for team in problem.teams:
        served = [one for one in plan.placements if one.team == team.id]
        if not _reachable(problem, served, 0, 0, whole=False):
            yield "H6"
    if not _staffed(problem, plan):
        yield "H7"
    if any(_volunteer_overburdened(problem, plan, one) for one in problem.volunteers):
        yield "H7"


def _where_and_when(
    problem: Problem, activity: Activity, venue: Venue, one: Placement
) -> Iterator[str]:
    minutes = range(one.start, one.start + activity.minutes)
    if not _free(activity, venue, one.start):
        yield "H1"
    if activity.venues is not None and venue.id not in activity.venues:
        yield "H1"
    windows = activity.windows
    if windows and not all(_in(minute, windows) for minute in minutes):
        yield "H1"
    if not 0 <= one.start < len(problem.days) * DAY:
        yield "H1"
    if problem.weights.get(Term.TIME) is Level.MUST:
        half = activity.wish_half
        if activity.wish_day not in {None, one.start // DAY}:
            yield "H1"
        if half and one.start % DAY not in range(*half.value):
            yield "H1"
    must = problem.weights.get(Term.VENUE) is Level.MUST
    if must and activity.district not in {None, venue.district}:
        yield "H1"
    if not _suits(problem, activity, venue):
        yield "H2"
    stormy = any((minute // DAY, venue.district) in problem.storms for minute in minutes)
    if stormy and (activity.outdoor or venue.outdoor):
        yield "H10"


def _free(activity: Activity, venue: Venue, start: int) -> bool:
    return all(
        _in(minute, venue.open) and not _in(minute, venue.closed)
        for minute in _held(activity, start)
    )


def _held(activity: Activity, start: int) -> range:
    return range(start - activity.setup, start + activity.minutes + activity.strike)


def _in(minute: int, windows: object) -> bool:
    assert isinstance(windows, tuple)
    return any(window.start <= minute < window.end for window in windows)


def _suits(problem: Problem, activity: Activity, venue: Venue) -> bool:
    must = problem.weights.get(Term.CROWDING, Level.MUST) is Level.MUST
    seated = not must or venue.seats >= activity.visitors
    return seated and activity.facilities <= venue.facilities


def _served(problem: Problem, activity: Activity, venue: Venue, one: Placement) -> Iterator[str]:
    minutes = range(one.start, one.start + activity.minutes)
    experts = {expert.id: expert for expert in problem.experts}
    kits = {kit.id: kit for kit in problem.kits}
    given = [experts[expert] for expert in one.experts]
    if len(given) != len(activity.fields):
        yield "H4"
    for expert, field in zip(given, activity.fields, strict=False):
        if field not in expert.fields:
            yield "H4"
    for expert in given:
        if expert.windows and not all(_in(minute, expert.windows) for minute in minutes):
            yield "H4"
    if len(one.kits) != len(activity.kits):
        yield "H5"
    for kit, kind in zip(one.kits, activity.kits, strict=False):
        if kits[kit].kind != kind:
            yield "H5"
    for team in problem.teams:
        if team.id == one.team:
            if team.size < activity.team_size or not activity.team_skills <= team.skills:
                yield "H6"
            if team.windows and not all(_in(minute, team.windows) for minute in minutes):
                yield "H6"
    if activity.team_size and one.team is None:
        yield "H6"


def _lock(problem: Problem, plan: Plan, one: Placement) -> Iterator[str]:
    staffed = {(each.activity, each.volunteer, each.skill) for each in plan.assignments}
    for lock in problem.locks:
        if lock.activity == one.activity:
            if lock.venue not in {None, one.venue} or lock.start not in {None, one.start}:
                yield "H9"
            if any((lock.activity, *pair) not in staffed for pair in lock.volunteers or ()):
                yield "H9"


def _rooms(problem: Problem, plan: Plan) -> Iterator[str]:
    activities = {one.id: one for one in problem.activities}
    for venue in problem.venues:
        used = [
            one for one in plan.placements for room in (one.venue, one.backup) if room == venue.id
        ]
        for moment in (one.start - activities[one.activity].setup for one in used):
            held = [one for one in used if moment in _held(activities[one.activity], one.start)]
            if len(held) > venue.rooms:
                yield "H3"
    sites = {venue.id: venue.site for venue in problem.venues}
    for site in problem.sites:
        days = [one.start // DAY for one in plan.placements if sites[one.venue] == site.id]
        if any(days.count(day) > most for day, most in enumerate(site.most_per_day)):
            yield "H3"


def _ties(problem: Problem, plan: Plan) -> Iterator[str]:
    activities = {one.id: one for one in problem.activities}
    placed = {one.activity: one.start for one in plan.placements}
    for tie in problem.relations:
        if tie.first in placed and tie.second in placed:
            first, second = placed[tie.first], placed[tie.second]
            apart = abs(first // DAY - second // DAY)
            kept = {
                Tie.BEFORE: first + activities[tie.first].minutes + tie.amount <= second,
                Tie.SAME_DAY: apart == 0,
                Tie.OTHER_DAY: apart > 0,
                Tie.DAYS_APART: apart >= tie.amount,
            }
            if not kept[tie.kind]:
                yield "H8"
    for track in problem.tracks:
        for one, other in combinations([one for one in track.activities if one in placed], 2):
            if set(_session(activities[one], placed[one])) & set(
                _session(activities[other], placed[other])
            ):
                yield "H11"


def _session(activity: Activity, start: int) -> range:
    return range(start, start + activity.minutes)


def _way(problem: Problem, a: Venue, b: Venue) -> int:
    if a.id == b.id or (a.site and a.site == b.site):
        return 0
    names = [district.id for district in problem.districts]
    return problem.travel.minutes[names.index(a.district)][names.index(b.district)]


def _reachable(
    problem: Problem, served: list[Placement], pause: int, moving: int, *, whole: bool
) -> bool:
    """Whether there is an order in which one can be everywhere in time."""
    activities = {one.id: one for one in problem.activities}
    venues = {one.id: one for one in problem.venues}

    def follows(one: Placement, other: Placement) -> bool:
        spans = [
            _held(activities[each.activity], each.start)
            if whole
            else _session(activities[each.activity], each.start)
            for each in (one, other)
        ]
        here, there = venues[one.venue], venues[other.venue]
        away = here.id != there.id and not (here.site and here.site == there.site)
        gap = pause + _way(problem, here, there) + (moving if away else 0)
        return spans[0].stop + gap <= spans[1].start

    return any(
        all(follows(one, other) for one, other in pairwise(order)) for order in permutations(served)
    )


def _staffed(problem: Problem, plan: Plan) -> bool:
    activities = {one.id: one for one in problem.activities}
    placed = {one.activity for one in plan.placements}
    for one in plan.assignments:
        places = {place.skill: place for place in activities[one.activity].places}
        if one.activity not in placed or one.skill not in places:
            return False
        taken = [
            each
            for each in plan.assignments
            if (each.activity, each.skill) == (one.activity, one.skill)
        ]
        place = places[one.skill]
        if place.over is None and len(taken) > place.need:
            return False
    return True


def _volunteer_overburdened(problem: Problem, plan: Plan, volunteer: Volunteer) -> bool:
    activities = {one.id: one for one in problem.activities}
    placed = {one.activity: one for one in plan.placements}
    duties = [
        one for one in plan.assignments if one.volunteer == volunteer.id and one.activity in placed
    ]
    served = [placed[one.activity] for one in duties]
    contract, length = volunteer.contract, len(problem.days)
    minutes = [activities[one.activity].minutes for one in served]
    skills = [one.skill for one in duties]
    if any(skill not in volunteer.skills for skill in skills):
        return True
    if not _reachable(problem, served, 0, 0, whole=False):
        return True
    for one in served:
        session = _session(activities[one.activity], one.start)
        if one.start // DAY in volunteer.days_off:
            return True
        if volunteer.windows and not all(_in(minute, volunteer.windows) for minute in session):
            return True
        night = {problem.night.start, problem.night.end}
        if volunteer.minor and any(
            min(night) <= minute - DAY * day < max(night)
            for minute in session
            for day in range(-1, length + 1)
        ):
            return True
    most = [
        (contract.most_minutes, sum(minutes)),
        *((limit, skills.count(skill)) for skill, limit in contract.most_by_skill.items()),
    ]
    by_day: dict[int, list[int]] = {day: [] for day in range(length)}
    for at, one in enumerate(served):
        by_day[one.start // DAY].append(at)
    for ats in by_day.values():
        most.append((contract.most_per_day, len(ats)))
        most.append((contract.most_minutes_per_day, sum(minutes[at] for at in ats)))
    weeks = {
        problem.days[day].date.isocalendar()[:2]
        for day in by_day
        if by_day[day] and problem.days[day].date.weekday() >= 5
    }
    most.append((contract.most_weekends, len(weeks)))
    runs = [
        (works, list(days))
        for works, days in groupby(range(length), key=lambda day: bool(by_day[day]))
    ]
    for works, days in runs:
        touches = days[0] == 0 or days[-1] == length - 1
        if works:
            most.append((contract.most_run, len(days)))
        least = contract.least_run if works else contract.least_run_off
        if not touches and len(days) < least:
            return True
    for day in range(length - 1):
        for before in by_day[day]:
            for after in by_day[day + 1]:
                end = served[before].start + minutes[before]
                if served[after].start - end < contract.least_rest:
                    return True
                if (skills[before], skills[after]) in problem.not_after:
                    return True
    if contract.least_minutes is not None and sum(minutes) < contract.least_minutes:
        return True
    return any(limit is not None and number > limit for limit, number in most)

"""What a plan costs, term by term, as the sliders stand.

Every term is counted here and nowhere else with authority; searches keep their own running sums
and are held to this by tests. A term at MUST still counts, with that factor: plans that miss it
come after all that do not. The three that a venue and a start decide alone (seats, wished time,
wished district) are rules of `check` then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise

from events.planner.answer import Plan, Score
from events.planner.laid import Laid, Overview
from events.planner.problem import DAY, Activity, Problem, Term, Venue
from events.planner.terms import (
    LARGEST_DEVIATION,
    MOST_LOADED,
    PER_100_EMPTY_SEATS,
    PER_HOUR_OF_TRAVEL,
    TERMS,
    UNIT_KM,
    WRONG_HALF_DAY,
    level,
)


def score(problem: Problem, plan: Plan) -> Score:
    """The points of a plan, also of one that breaks rules; what it does not know is left out."""
    seen = Overview(problem, plan)
    by_activity = Counter({activity.id: 0 for activity in problem.activities})
    by_term: dict[Term, int] = {}
    for term in Term:
        factor = int(level(problem, term))
        by_term[term] = 0
        if factor and term in _ALONE:
            for activity, units in _ALONE[term](seen):
                by_activity[activity] += factor * units
                by_term[term] += factor * units
        elif factor and term in _TOGETHER:
            by_term[term] = factor * _TOGETHER[term](seen)
    return Score(sum(by_term.values()), by_term, dict(by_activity))


def choice(problem: Problem, activity: Activity, venue: Venue, start: int) -> int:
    """The points of TIME, VENUE and CROWDING that a venue and a start cause alone."""
    return (
        level(problem, Term.TIME) * time_units(activity, start)
        + level(problem, Term.VENUE) * venue_units(activity, venue)
        + level(problem, Term.CROWDING) * crowding_units(activity, venue)
    )


def time_units(activity: Activity, start: int) -> int:
    """Points of TIME before the slider's factor."""
    day, minute = divmod(start, DAY)
    units = 0
    if activity.wish_day is not None:
        units += TERMS[Term.TIME].points * abs(day - activity.wish_day)
    if activity.wish_half is not None:
        first, end = activity.wish_half.value
        units += 0 if first <= minute < end else WRONG_HALF_DAY
    return units


def venue_units(activity: Activity, venue: Venue) -> int:
    """Points of VENUE before the slider's factor: the district, and seats that stay empty."""
    elsewhere = activity.district is not None and venue.district != activity.district
    empty = max(venue.seats - activity.visitors, 0) // 100
    return TERMS[Term.VENUE].points * elsewhere + PER_100_EMPTY_SEATS * empty


def crowding_units(activity: Activity, venue: Venue) -> int:
    """Points of CROWDING before the slider's factor: visitors above the seats."""
    return TERMS[Term.CROWDING].points * max(activity.visitors - venue.seats, 0)


def _unplaced(seen: Overview) -> Iterable[tuple[str, int]]:
    for activity in seen.problem.activities:
        if activity.id not in seen.by_activity:
            yield activity.id, TERMS[Term.UNPLACED].points * activity.priority


def _time(seen: Overview) -> Iterable[tuple[str, int]]:
    for laid in seen.laid:
        yield laid.activity.id, time_units(laid.activity, laid.session.start)


def _venue(seen: Overview) -> Iterable[tuple[str, int]]:
    for laid in seen.laid:
        yield laid.activity.id, venue_units(laid.activity, laid.venue)


def _crowding(seen: Overview) -> Iterable[tuple[str, int]]:
    for laid in seen.laid:
        yield laid.activity.id, crowding_units(laid.activity, laid.venue)


def _backup(seen: Overview) -> Iterable[tuple[str, int]]:
    for laid in seen.laid:
        if laid.outdoors and laid.placement.backup is None:
            yield laid.activity.id, TERMS[Term.BACKUP].points


def _places(seen: Overview) -> Iterable[tuple[str, int]]:
    """Under- and over-cover, as Curtois' rosters weigh it; of what is left out, all is under."""
    for activity in seen.problem.activities:
        taken = seen.taken.get(activity.id, Counter())
        for place in activity.places:
            gap = place.need - taken[place.skill]
            yield activity.id, gap * place.under if gap > 0 else -gap * (place.over or 0)


def _coverage(seen: Overview) -> int:
    held: Counter[tuple[str | None, str | None]] = Counter()
    for laid in seen.laid:
        held[laid.activity.audience, laid.venue.district] += 1
        held[laid.activity.audience, None] += 1
    gaps = [
        max(quota.least - held[quota.audience, quota.district], 0) for quota in seen.problem.quotas
    ]
    return TERMS[Term.COVERAGE].points * sum(gaps) + LARGEST_DEVIATION * max(gaps, default=0)


def _spread(seen: Overview) -> int:
    """ITC-2007 track 3's minimum working days, for series of lectures."""
    missing = (
        max(series.least_days - len({laid.day for laid in seen.together(series.activities)}), 0)
        for series in seen.problem.series
    )
    return TERMS[Term.SPREAD].points * sum(missing)


def _compact(seen: Overview) -> int:
    """ITC-2007 track 3's curriculum compactness, for tracks as curricula."""
    alone = sum(
        _isolated(seen.together(track.activities), seen.problem.grid)
        for track in seen.problem.tracks
        if track.compact
    )
    return TERMS[Term.COMPACT].points * alone


def _isolated(track: Sequence[Laid], grid: int) -> int:
    """How many of a track have no neighbour: another one that day, less than a grid step away."""
    accompanied: set[str] = set()
    for before in track:
        for after in track:
            gap = after.session.start - before.session.end
            if before.day == after.day and 0 <= gap < grid:
                accompanied |= {before.activity.id, after.activity.id}
    return len(track) - len(accompanied)


def _one_venue(seen: Overview) -> int:
    """ITC-2007 track 3's room stability."""
    further = (
        max(len({laid.venue.id for laid in seen.together(series.activities)}) - 1, 0)
        for series in seen.problem.series
    )
    return TERMS[Term.ONE_VENUE].points * sum(further)


def _experts(seen: Overview) -> int:
    """From the third session a day, and each expert's travel: out, between, and home again."""
    units = 0
    for expert, laid in seen.of_expert.items():
        by_day = [list(day) for _, day in groupby(laid, key=lambda one: one.day)]
        third = sum(max(len(day) - 2, 0) for day in by_day)
        home = seen.experts[expert].district
        minutes = sum(
            _tour(day, seen.roads.minutes) + _out_and_home(day, home, seen.roads.minutes_from)
            for day in by_day
        )
        units += TERMS[Term.EXPERTS].points * third + PER_HOUR_OF_TRAVEL * minutes // 60
    return units


def _kit_travel(seen: Overview) -> int:
    """Each kit's way through the whole campaign, from its district and back, in full 50 km."""
    units = 0
    for kit, laid in seen.of_kit.items():
        home = seen.kits[kit].district
        km = _tour(laid, seen.roads.km) + _out_and_home(laid, home, seen.roads.km_from)
        units += TERMS[Term.KIT_TRAVEL].points * (km // UNIT_KM)
    return units


def _tour(laid: Sequence[Laid], way: Callable[[Venue, Venue], int]) -> int:
    return sum(way(a.venue, b.venue) for a, b in pairwise(laid))


def _out_and_home(
    laid: Sequence[Laid], home: str | None, way: Callable[[str | None, Venue], int]
) -> int:
    return way(home, laid[0].venue) + way(home, laid[-1].venue)


def _wishes(seen: Overview) -> int:
    """Wishes not met, by their points; Curtois' shift-on and shift-off requests."""
    given = {
        (volunteer, duty.laid.activity.id, duty.skill)
        for volunteer, duties in seen.duties.items()
        for duty in duties
    }
    return TERMS[Term.WISHES].points * sum(
        wish.points
        for wish in seen.problem.wishes
        if wish.wanted is not ((wish.volunteer, wish.activity, wish.skill) in given)
    )


def _fairness(seen: Overview) -> int:
    """Full hours above the average of all volunteers; those of the most loaded count five times."""
    minutes = [
        sum(duty.laid.activity.minutes for duty in seen.duties.get(volunteer, ()))
        for volunteer in seen.volunteers
    ]
    if not minutes:
        return 0
    share = sum(minutes) // len(minutes)
    above = [max(served - share, 0) // 60 for served in minutes]
    return TERMS[Term.FAIRNESS].points * (sum(above) + (MOST_LOADED - 1) * max(above))


_ALONE: dict[Term, Callable[[Overview], Iterable[tuple[str, int]]]] = {
    Term.UNPLACED: _unplaced,
    Term.TIME: _time,
    Term.VENUE: _venue,
    Term.CROWDING: _crowding,
    Term.BACKUP: _backup,
    Term.PLACES: _places,
}
"""Terms that one activity causes: its id and its points, before the slider's factor."""
_TOGETHER: dict[Term, Callable[[Overview], int]] = {
    Term.COVERAGE: _coverage,
    Term.SPREAD: _spread,
    Term.COMPACT: _compact,
    Term.ONE_VENUE: _one_venue,
    Term.EXPERTS: _experts,
    Term.WISHES: _wishes,
    Term.FAIRNESS: _fairness,
    Term.KIT_TRAVEL: _kit_travel,
}
"""Terms that several activities cause together, before the slider's factor."""

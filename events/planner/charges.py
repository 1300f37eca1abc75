"""Coverage and series as costs of a draft."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from events.planner.draft import Draft
from events.planner.problem import DAY, Quota, Term
from events.planner.terms import LARGEST_DEVIATION, level, points


def coverage(draft: Draft) -> None:
    """Points for what is missing below the quotas, and for the largest gap."""
    problem = draft.instance.problem
    cost = points(problem, Term.COVERAGE)
    if not cost or not problem.quotas:
        return
    floor = 0
    gaps: list[Any] = []
    for quota in problem.quotas:
        fixed, literals = _reached(draft, quota)
        need = quota.least - fixed
        if need > 0 and literals:
            gaps.append(draft.count(need, need - draft.hint(*literals)))
            draft.model.add(gaps[-1] >= need - sum(literals))
            draft.charge(cost, gaps[-1])
        floor = max(floor, need if not literals else 0)
    if gaps:
        most = max(quota.least for quota in problem.quotas)
        largest = draft.count(most, max(floor, *(draft.hint(gap) for gap in gaps)))
        draft.model.add(largest >= floor)
        for gap in gaps:
            draft.model.add(largest >= gap)
        draft.charge(LARGEST_DEVIATION * level(problem, Term.COVERAGE), largest)


def _reached(draft: Draft, quota: Quota) -> tuple[int, list[Any]]:
    """How many placed activities count for a quota, and the literals of choices that would."""
    instance = draft.instance
    venues = instance.problem.venues

    def counts(activity: int, venue: int) -> bool:
        is_for = instance.activities[activity].audience == quota.audience
        return is_for and quota.district in {None, venues[venue].district}

    fixed = sum(spot is not None and counts(n, spot.venue) for n, spot in _spots(draft))
    literals = [
        x
        for activity in draft.offers
        if instance.activities[activity].audience == quota.audience
        for column, x in draft.columns(activity)
        if counts(activity, column[0])
    ]
    return fixed, literals


def _spots(draft: Draft) -> Any:
    return enumerate(draft.board.spots)


def series(draft: Draft) -> None:
    """Points for days missing to a series' least, and for its every further venue."""
    problem, place = draft.instance.problem, draft.instance.place
    for one in problem.series:
        members = [place[activity] for activity in dict.fromkeys(one.activities)]
        free = [activity for activity in members if activity in draft.offers]
        fixed = [spot for n in members if (spot := draft.board.spots[n]) is not None]
        if free and one.least_days > 1:
            _spread(draft, free, {spot.start // DAY for spot in fixed}, one.least_days)
        if free:
            _venues(draft, free, {spot.venue for spot in fixed})


def _spread(draft: Draft, free: list[int], fixed: set[int], least: int) -> None:
    cost, need = points(draft.instance.problem, Term.SPREAD), least - len(fixed)
    if not cost or need <= 0:
        return
    days: dict[int, list[Any]] = defaultdict(list)
    for activity in free:
        for column, x in draft.columns(activity):
            days[column[1] // DAY].append(x)
    used = []
    for day, literals in days.items():
        if day not in fixed:
            used.append(draft.literal(hint=draft.hint(*literals) > 0))
            draft.model.add_bool_or([*literals, used[-1].negated()])
    missing = draft.count(need, need - draft.hint(*used))
    draft.model.add(missing >= need - sum(used))
    draft.charge(cost, missing)


def _venues(draft: Draft, free: list[int], fixed: set[int]) -> None:
    cost = points(draft.instance.problem, Term.ONE_VENUE)
    if not cost:
        return
    venues: dict[int, list[list[Any]]] = defaultdict(list)
    for activity in free:
        there: dict[int, list[Any]] = defaultdict(list)
        for column, x in draft.columns(activity):
            there[column[0]].append(x)
        for venue, literals in there.items():
            venues[venue].append(literals)
    used = []
    for venue, groups in venues.items():
        if venue not in fixed:
            used.append(draft.literal(hint=any(draft.hint(*literals) for literals in groups)))
            for literals in groups:
                draft.model.add(sum(literals) <= used[-1])
    first = 0 if fixed else 1
    further = draft.count(len(used), draft.hint(*used) - first)
    draft.model.add(further >= sum(used) - first)
    draft.charge(cost, further)

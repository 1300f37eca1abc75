"""What the second stage says to the first, as prices of where and when.

Before it begins: what no volunteers can help, because those who wish for an activity, or all who
could take a place of it, are away that day. Afterwards: places that stayed empty. Such a price
stands on (district, half-day, skill): the points of one place there, times the share of places
that nobody took. An activity pays it for each place of the skill that it asks for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import product

from events.planner import spans
from events.planner.answer import Plan
from events.planner.board import Board
from events.planner.instance import HALF_DAY, Instance
from events.planner.problem import Term
from events.planner.terms import points

Prices = dict[int, dict[tuple[int, int], int]]
"""Of an activity: points on top of a choice in a district and half-day, by index."""


def floors(instance: Instance) -> Prices:
    """Points of wishes and places that any roster has for an activity on a day, wherever it is."""
    problem = instance.problem
    days = len(problem.days)
    districts = sorted(set(instance.district))
    free = {one.id: set(spans.days(one.windows, days)) - one.days_off for one in problem.volunteers}
    least = _missed_wishes(instance, free) + _empty_places(instance, free)
    found: Prices = defaultdict(dict)
    for (n, day), missed in least.items():
        halves = (2 * day, 2 * day + 1)
        found[n] |= dict.fromkeys(product(districts, halves), missed)
    return dict(found)


def forgone(instance: Instance) -> tuple[int, ...]:
    """What leaving each activity out costs: its own points, the wishes for it, and its places."""
    wished: Counter[str] = Counter()
    for wish in instance.problem.wishes:
        wished[wish.activity] += wish.points if wish.wanted else 0
    wishes, places = (points(instance.problem, term) for term in (Term.WISHES, Term.PLACES))
    return tuple(
        drop + wishes * wished[one.id] + places * sum(x.need * x.under for x in one.places)
        for drop, one in zip(instance.drop, instance.activities, strict=True)
    )


def is_beyond_choice(board: Board, spent: int) -> bool:
    """Whether nothing that lies on the board could be left out to save points, or to make room.

    spent: points of the board; leaving out saves no more than these, for its places count all the
    same (`score`).
    """
    instance, left_out = board.instance, board.unplaced()
    saved = spent - sum(instance.drop[n] for n in left_out)
    return not any(instance.count(n) for n in left_out) and all(
        spot is None or saved <= instance.drop[n] for n, spot in enumerate(board.spots)
    )


def prices(instance: Instance, plan: Plan) -> Prices:
    """Prices after a plan; empty when every place is filled."""
    taken = Counter((one.activity, one.skill) for one in plan.assignments)
    asked: Counter[tuple[int, int, str]] = Counter()
    empty: Counter[tuple[int, int, str]] = Counter()
    for placement in plan.placements:
        district = instance.district[instance.venue_place[placement.venue]]
        half = placement.start // HALF_DAY
        for place in instance.activities[instance.place[placement.activity]].places:
            cell = district, half, place.skill
            asked[cell] += place.need
            empty[cell] += max(0, place.need - taken[placement.activity, place.skill])
    found: Prices = {}
    for n, activity in enumerate(instance.activities):
        dearer: Counter[tuple[int, int]] = Counter()
        for place in activity.places:
            for (district, half, skill), missing in empty.items():
                if skill == place.skill and missing:
                    share = missing / asked[district, half, skill]
                    dearer[district, half] += round(place.under * place.need * share)
        if any(dearer.values()):
            found[n] = dict(dearer)
    return found


def together(one: Prices, other: Prices) -> Prices:
    """The sums of both."""
    return {n: dict(Counter(one.get(n, {})) + Counter(other.get(n, {}))) for n in {**one, **other}}


def _missed_wishes(instance: Instance, free: Mapping[str, set[int]]) -> Counter[tuple[int, int]]:
    """Points of the wishes of those who are away, by activity and day."""
    factor = points(instance.problem, Term.WISHES)
    missed: Counter[tuple[int, int]] = Counter()
    for wish in instance.problem.wishes if factor else ():
        for day in range(len(instance.problem.days)) if wish.wanted else ():
            if day not in free[wish.volunteer]:
                missed[instance.place[wish.activity], day] += factor * wish.points
    return missed


def _empty_places(instance: Instance, free: Mapping[str, set[int]]) -> Counter[tuple[int, int]]:
    """Points of the places that outnumber those who have the skill that day, likewise."""
    factor = points(instance.problem, Term.PLACES)
    able = Counter(
        (skill, day)
        for one in instance.problem.volunteers
        for skill, day in product(one.skills, free[one.id])
    )
    empty: Counter[tuple[int, int]] = Counter()
    for n, activity in enumerate(instance.activities):
        for place, day in product(activity.places, range(len(instance.problem.days))):
            missing = place.need - able[place.skill, day]
            if missing > 0 and factor:
                empty[n, day] += factor * place.under * missing
    return empty

"""What the second stage says to the first: places that nobody fills, as prices of where and when.

A price stands on (district, half-day, skill): the points of one place there, times the share of
places that stayed empty. An activity pays it for each place of the skill that it asks for.
"""

from __future__ import annotations

from collections import Counter

from events.planner.answer import Plan
from events.planner.instance import HALF_DAY, Instance

Prices = dict[int, dict[tuple[int, int], int]]
"""Of an activity: points on top of a choice in a district and half-day, by index."""


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
        points: Counter[tuple[int, int]] = Counter()
        for place in activity.places:
            for (district, half, skill), missing in empty.items():
                if skill == place.skill and missing:
                    share = missing / asked[district, half, skill]
                    points[district, half] += round(place.under * place.need * share)
        if any(points.values()):
            found[n] = dict(points)
    return found

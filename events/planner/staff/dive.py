"""From fractions of lines to one line each: column generation, then diving day by day.

Generation smooths the marks around those of the best bound (Wentges 1997; Pessoa et al. 2018).
The dive settles days, not lines (Strandmark, Qu, Curtois 2020): the days on which most of a
volunteer's mix agrees, a share of them at a time, with new lines generated in between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from events.planner.staff.book import Ints
from events.planner.staff.master import Master
from events.planner.staff.pricing import Orders, Pricing
from events.planner.staff.tables import Floats
from events.planner.stop import Stop

SMOOTH = 0.5
"""Weight of the marks of the best bound."""
SETTLED = 0.999
"""A share that counts as whole."""
LOOKS = 2
"""Rounds of generation between two steps of a dive."""
Lines = dict[int, Ints]
"""A line (D,) of each volunteer in question."""


def generate(
    master: Master, pricing: Pricing, orders: Mapping[int, Orders], stop: Stop, rounds: int
) -> float:
    """Adds lines that pay until none does, `stop` or `rounds`; a bound on the mix of any lines."""
    bound = -math.inf
    centre: Floats | None = None
    for _ in range(rounds):
        master.solve()
        marks = master.marks
        if centre is not None:
            marks = SMOOTH * centre + (1 - SMOOTH) * marks
        good = {one: worth - 0.01 for one, worth in master.worth.items()}
        priced = pricing.cheapest(master.volunteers, marks, good, orders)
        if len(priced) == len(master.volunteers):
            level = float(marks @ master.need) + sum(one.bound for one in priced)
            if level > bound:
                bound, centre = level, marks
        new = sum(
            master.add(one.volunteer, one.line)
            for one in priced
            if one.price < good[one.volunteer] or centre is None
        )
        if not new:
            if centre is None or marks is master.marks:
                break
            centre = None
        if stop.over() or master.value - bound < 0.5:
            break
    return bound


def dive(
    master: Master,
    pricing: Pricing,
    orders: dict[int, Orders],
    stop: Stop,
    share: float,
    ceiling: float = math.inf,
    slow: Stop | None = None,
) -> Lines | None:
    """One line for each volunteer of the master; None when `stop` came first, or `ceiling`.

    `share`: of the days that are in fractions, how many are settled at a time; all once `slow`
    is over. `orders`: what is settled before; `ceiling`: dearer mixes are of no use.
    """
    open_ = list(master.volunteers)
    while True:
        _refine(master, pricing, orders, open_)
        if master.value > ceiling:
            master.reopen()
            return None
        mixes = {one: master.mix(one) for one in master.volunteers}
        open_ = [one for one, mix in mixes.items() if len(mix) > 1]
        if not open_:
            master.reopen()
            return {one: mix[0][1] for one, mix in mixes.items() if mix}
        if stop.over():
            master.reopen()
            return None
        if slow is not None and slow.over():
            share = 1.0
        agreed = _agreed({one: mixes[one] for one in open_})
        for _, volunteer, day, post in agreed[: max(1, math.ceil(len(agreed) * share))]:
            mine = orders.get(volunteer)
            lines = [line for _, line in mixes[volunteer]]
            if mine is None:
                mine = orders[volunteer] = Orders(master.book)
            if any(line[day] == post and mine.allow(line) for line in lines):
                mine.settle(day, post)
                master.obey(volunteer, mine)


def _refine(
    master: Master, pricing: Pricing, orders: dict[int, Orders], volunteers: list[int]
) -> None:
    """A few rounds of generation within the orders."""
    for _ in range(LOOKS):
        master.solve()
        good = {one: master.worth[one] - 0.01 for one in volunteers}
        priced = pricing.cheapest(volunteers, master.marks, good, orders, tries=4)
        new = [
            master.add(one.volunteer, one.line) for one in priced if one.price < good[one.volunteer]
        ]
        if not any(new):
            return
    master.solve()


def _agreed(mixes: dict[int, list[tuple[float, Ints]]]) -> list[tuple[float, int, int, int]]:
    """(share, volunteer, day, post) of days in fractions, those most agreed upon first."""
    found = []
    for volunteer, mix in mixes.items():
        shares: dict[tuple[int, int], float] = {}
        for share, line in mix:
            for day, post in enumerate(line.tolist()):
                shares[day, post] = shares.get((day, post), 0.0) + share
        found += [
            (share, volunteer, day, post)
            for (day, post), share in shares.items()
            if share < SETTLED
        ]
    halves = [one for one in found if one[0] > 0.5] or found
    return sorted(halves, key=lambda one: (-one[0], *one[1:]))

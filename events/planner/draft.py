"""A model in the making: variables with hints, costs, and what is known of the free activities.

CP-SAT wants a hint for every variable (or-tools#4166), so each is made together with the value
that it has while everything stays as it lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from events.planner.board import Board, Duty, Spot
from events.planner.offers import Column, Offer
from events.planner.people import held
from events.planner.problem import DAY


class Draft:
    """Choices x[a][c], out[a] and people y[a][need][who] of the free activities.

    `board` holds all others; `old` is where the free ones lay before they were taken up.
    """

    def __init__(self, board: Board, offers: Sequence[Offer], old: dict[int, Spot | None]) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 - takes half a second

        self.board = board
        self.instance = board.instance
        self.offers = {one.activity: one for one in offers}
        self.old = old
        self.model: Any = cp_model.CpModel()
        self.costs: list[tuple[int, Any]] = []
        self.x: dict[int, list[Any]] = {}
        self.out: dict[int, Any] = {}
        self.y: dict[int, list[dict[int, Any]]] = {}
        self._hints: dict[int, int] = {}
        for activity, one in self.offers.items():
            self._choose(activity, one, old[activity])
            self._call(activity, one, old[activity])

    def literal(self, *, hint: bool) -> Any:
        """A Boolean that is true or false while nothing moves."""
        literal = self.model.new_bool_var("")
        return self._hinted(literal, int(hint))

    def count(self, most: int, hint: int) -> Any:
        """A number from 0 to `most`."""
        return self._hinted(self.model.new_int_var(0, most, ""), max(0, min(most, hint)))

    def hint(self, *variables: Any) -> int:
        """What these sum up to while nothing moves."""
        return sum(self._hints[variable.index] for variable in variables)

    def charge(self, points: int, variable: Any) -> None:
        """So many points for each unit of a variable."""
        if points:
            self.costs.append((points, variable))

    def packed(self, holds: Iterable[tuple[int, int, Any]], left: Any) -> None:
        """At every tick at which a hold begins no more holds than `left` says.

        `holds` are masks of ticks, activities and literals. Cliques of intervals begin where one
        of them does, so no other tick needs to be looked at.
        """
        held_by = list(holds)
        seen: set[tuple[int, ...]] = set()
        for tick in sorted({(mask & -mask).bit_length() - 1 for mask, _, _ in held_by}):
            there = [(activity, x) for mask, activity, x in held_by if mask >> tick & 1]
            room = left(tick)
            key = tuple(x.index for _, x in there)
            if len({activity for activity, _ in there}) <= room or key in seen:
                continue
            seen.add(key)
            if room == 1:
                self.model.add_at_most_one([x for _, x in there])
            else:
                self.model.add(sum(x for _, x in there) <= room)

    def is_old(self, activity: int, column: Column) -> bool:
        """Whether an activity lies there now."""
        spot = self.old[activity]
        now = None if spot is None else (spot.venue, spot.start, spot.backup)
        return now == (column[0], column[1], column[3])

    def columns(self, activity: int) -> list[tuple[Column, Any]]:
        """The choices of an activity with their literals."""
        return list(zip(self.offers[activity].choices, self.x[activity], strict=True))

    def by_site(self, activity: int, day: int, district: int) -> dict[int, list[Any]]:
        """The literals of an activity's choices there and then, by site."""
        instance, found = self.instance, defaultdict[int, list[Any]](list)
        for (venue, start, _, _), x in self.columns(activity):
            if (start // DAY, instance.district[venue]) == (day, district):
                found[instance.site[venue]].append(x)
        return found

    def _hinted(self, variable: Any, hint: int) -> Any:
        self.model.add_hint(variable, hint)
        self._hints[variable.index] = hint
        return variable

    def _choose(self, activity: int, one: Offer, spot: Spot | None) -> None:
        literals = [self.literal(hint=self.is_old(activity, column)) for column in one.choices]
        out = self.literal(hint=spot is None)
        self.model.add_exactly_one([*literals, out])
        self.x[activity], self.out[activity] = literals, out
        self.charge(self.instance.drop[activity], out)
        for column, literal in zip(one.choices, literals, strict=True):
            self.charge(column[2], literal)

    def _call(self, activity: int, one: Offer, spot: Spot | None) -> None:
        needs: list[dict[int, Any]] = []
        for n, people in enumerate(one.people):
            who = {r: self.literal(hint=bool(spot and spot.crew[n] == r)) for r in people}
            self.model.add_exactly_one([*who.values(), self.out[activity]])
            needs.append(who)
        for first, second in combinations(needs, 2):
            for both in sorted(first.keys() & second.keys()):
                self.model.add_at_most_one([first[both], second[both]])
        self.y[activity] = needs
        for n, need in enumerate(needs):
            for member, literal in need.items():
                self._keep_from(activity, n, member, literal)

    def _keep_from(self, activity: int, n: int, who: int, literal: Any) -> None:
        """Those choices at which somebody is not free, as far as others stay."""
        kind = self.instance.needs[activity][n].kind
        asked = self.instance.activities[activity]
        shut = [
            x
            for (venue, start, _, _), x in self.columns(activity)
            if not self.board.is_free(who, Duty(*held(asked, kind, start), venue, start))
        ]
        if shut:
            self.model.add_at_most_one([literal, *shut])

"""An exact model of some activities while all others stay: CP-SAT over lists of candidates.

With all activities free it is the whole problem, and its bound a bound on every plan over the
same candidates. What depends on the order of a person's ways is charged from below, tracks that
like to be compact are not charged at all, so the bound holds; the tally has the last word.

Model: x[a,c] choice c of activity a, out[a], y[a,n,r] resource r fills need n. Rooms: at every
tick at which a hold begins, no more holds than rooms left. People: for two activities that share
a resource a literal "too close" is forced by their choices, and no resource serves both then;
one literal serves all resources with equal gaps. (Large neighbourhood search: Shaw 1998.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from events.planner.board import NOWHERE, Board, Duty, Spot, keeps
from events.planner.engine import Engine, Outcome
from events.planner.instance import Choice
from events.planner.people import Crew, Kind, Need, held
from events.planner.problem import DAY, Term, Tie
from events.planner.roadbook import Roadbook
from events.planner.terms import LARGEST_DEVIATION, PER_HOUR_OF_TRAVEL, level, points

TIRED = 2
"""Sessions of an expert on a day that cost nothing."""
DRY = 2
"""Indoor venues that are offered to an outdoor choice in case of rain."""

Column = tuple[int, int, int, int]
"""A choice with what it costs alone and the venue kept in case of rain, or `NOWHERE`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one free activity may choose from; `people` for each of its needs."""

    activity: int
    choices: tuple[Column, ...]
    people: tuple[Crew, ...]
    is_all: bool
    """Nothing that is possible was left off."""


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much an offer holds at most: choices, experts or kits a need, teams, people looked at."""

    choices: int
    people: int
    teams: int
    asked: int


def offer(
    board: Board, activity: int, old: Spot | None, choices: Iterable[Choice], most: Breadth
) -> Offer:
    """The first choices that are free and served, and for each need the nearest who could serve.

    Where the activity lies now, and who serves it, is always among them.
    """
    asked = [
        _asked(need, None if old is None else old.crew[n], most.asked)
        for n, need in enumerate(board.instance.needs[activity])
    ]
    is_all = all(
        len(some) == len(need.qualified)
        for some, need in zip(asked, board.instance.needs[activity], strict=True)
    )
    ways: list[dict[int, int]] = [{} for _ in asked]
    kept: list[Column] = []
    left = most.choices
    for choice in choices:
        is_old = old is not None and (old.venue, old.start) == choice[:2]
        if left == 0 and not is_old:
            is_all = False
            if old is None or any(column[:2] == (old.venue, old.start) for column in kept):
                break
            continue
        if not board.fits(activity, choice[0], choice[1]):
            continue
        if _serve(board, activity, choice, asked, ways):
            left -= left > 0
            kept += _columns(board, activity, choice, old if is_old else None)
    people = []
    for n, way in enumerate(ways):
        is_team = board.instance.needs[activity][n].kind is Kind.TEAM
        ranked = sorted(way, key=lambda one: (old is None or one != old.crew[n], way[one]))
        size = most.teams if is_team else most.people
        is_all = is_all and len(ranked) <= size
        people.append(tuple(ranked[:size]))
    return Offer(activity, tuple(kept), tuple(people), is_all)


def _asked(need: Need, old: int | None, most: int) -> Crew:
    """Who is asked: who serves now, and others at equal distances in the list."""
    if len(need.qualified) <= most:
        return need.qualified
    step = len(need.qualified) / most
    some = {need.qualified[int(k * step)] for k in range(most)}
    return tuple(sorted(some if old is None else some | {old}))


def _serve(
    board: Board, activity: int, choice: Choice, asked: list[Crew], ways: list[dict[int, int]]
) -> bool:
    """Whether all needs find somebody at a choice; the shortest way of each is kept in `ways`."""
    venue, start, _ = choice
    found = []
    for n, some in enumerate(asked):
        kind = board.instance.needs[activity][n].kind
        duty = Duty(*held(board.instance.activities[activity], kind, start), venue, start)
        free = [who for who in some if board.is_free(who, duty)]
        if not free:
            return False
        found.append(free)
    for free, way in zip(found, ways, strict=True):
        for who in free:
            home = board.instance.way_from(board.instance.resources[who].home, venue)
            way[who] = min(way.get(who, home), home)
    return True


def _columns(board: Board, activity: int, choice: Choice, old: Spot | None) -> list[Column]:
    """A choice, outdoors once without and once with each of some indoor venues kept for it."""
    venue, start, cost = choice
    instance = board.instance
    if not instance.points_of_backup or not instance.is_outdoors(activity, venue):
        return [(venue, start, cost, NOWHERE)]
    dry = [other for other in board.dry(activity, start) if other != venue]
    if old is not None and old.backup in dry:
        dry = [old.backup, *(other for other in dry if other != old.backup)]
    kept = [(venue, start, cost, other) for other in dry[:DRY]]
    return [*kept, (venue, start, cost + instance.points_of_backup, NOWHERE)]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a window came to: new spots (None: left out), the bound of its model."""

    outcome: Outcome
    spots: dict[int, Spot | None]
    bound: int | None
    effort: float


class Window:
    """The model. `board` holds everything but the free activities; `old` is where they lay."""

    def __init__(self, board: Board, offers: Sequence[Offer], old: dict[int, Spot | None]) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415

        self._board = board
        self._instance = board.instance
        self._offers = {one.activity: one for one in offers}
        self._old = old
        self._model: Any = cp_model.CpModel()
        self._cost: list[tuple[int, Any]] = []
        self._x: dict[int, list[Any]] = {}
        self._out: dict[int, Any] = {}
        self._y: dict[int, list[dict[int, Any]]] = {}
        self._hint: dict[int, int] = {}
        self._close: dict[tuple[int, int, Kind, int, int], Any] = {}
        self._road = Roadbook(board)
        self._distance: dict[tuple[int, int], Any] = {}
        self._far: dict[int, list[tuple[Any, int]]] = defaultdict(list)
        self._daily: dict[int, dict[int, list[Any]]] = {}
        self._choices()
        self._rooms()
        self._tracks()
        self._relations()
        self._people()
        self._coverage()
        self._series()
        self._tired()
        self._ways()

    def solve(self, engine: Engine, seconds: float, on_bound: Any = None) -> Solution:
        """The best spots found, if any, within seconds."""
        self._model.minimize(
            sum(factor * literal for factor, literal in self._cost) if self._cost else 0
        )
        solved = engine.solve(self._model, seconds, on_bound)
        spots = self._read(solved.solver) if solved.is_found else {}
        return Solution(solved.outcome, spots, solved.bound, solved.effort)

    def _read(self, solver: Any) -> dict[int, Spot | None]:
        spots: dict[int, Spot | None] = {}
        for activity, one in self._offers.items():
            at = next((n for n, x in enumerate(self._x[activity]) if solver.value(x)), None)
            if at is None:
                spots[activity] = None
                continue
            crew = tuple(
                next(who for who, y in need.items() if solver.value(y))
                for need in self._y[activity]
            )
            venue, start, _, backup = one.choices[at]
            spots[activity] = Spot(venue, start, crew, backup)
        return spots

    def _literal(self, *, hint: bool) -> Any:
        literal = self._model.new_bool_var("")
        self._model.add_hint(literal, hint)
        self._hint[literal.index] = hint
        return literal

    def _count(self, most: int, hint: int) -> Any:
        count = self._model.new_int_var(0, most, "")
        self._model.add_hint(count, min(most, hint))
        return count

    def _is_old(self, activity: int, column: Column) -> bool:
        spot = self._old[activity]
        return spot is not None and (spot.venue, spot.start, spot.backup) == (
            column[0],
            column[1],
            column[3],
        )

    def _choices(self) -> None:
        for activity, one in self._offers.items():
            spot = self._old[activity]
            literals = [self._literal(hint=self._is_old(activity, c)) for c in one.choices]
            out = self._literal(hint=spot is None)
            self._model.add_exactly_one([*literals, out])
            self._x[activity], self._out[activity] = literals, out
            self._cost.append((self._instance.drop[activity], out))
            self._cost += [(c[2], x) for c, x in zip(one.choices, literals, strict=True) if c[2]]
            self._crews(activity, one, spot)

    def _crews(self, activity: int, one: Offer, spot: Spot | None) -> None:
        needs: list[dict[int, Any]] = []
        for n, people in enumerate(one.people):
            who = {r: self._literal(hint=bool(spot and spot.crew[n] == r)) for r in people}
            self._model.add_exactly_one([*who.values(), self._out[activity]])
            needs.append(who)
        for first, second in combinations(needs, 2):
            for both in sorted(first.keys() & second.keys()):
                self._model.add_at_most_one([first[both], second[both]])
        self._y[activity] = needs
        for n, need in enumerate(needs):
            for resource, literal in need.items():
                self._keep_from(activity, n, resource, literal)

    def _keep_from(self, activity: int, n: int, resource: int, literal: Any) -> None:
        """Those choices at which a resource is not free, as far as others stay."""
        kind = self._instance.needs[activity][n].kind
        asked = self._instance.activities[activity]
        shut = []
        for (venue, start, _, _), x in zip(
            self._offers[activity].choices, self._x[activity], strict=True
        ):
            if not self._board.is_free(resource, Duty(*held(asked, kind, start), venue, start)):
                shut.append(x)
        if shut:
            self._model.add_at_most_one([literal, *shut])

    def _rooms(self) -> None:
        instance = self._instance
        by_venue: dict[int, list[tuple[int, int, Any]]] = defaultdict(list)
        for activity, one in self._offers.items():
            asked = instance.activities[activity]
            for (venue, start, _, dry), x in zip(one.choices, self._x[activity], strict=True):
                hold = instance.hold(asked, start)
                by_venue[venue].append((hold, activity, x))
                if dry != NOWHERE:
                    by_venue[dry].append((hold, activity, x))
        for venue, holds in by_venue.items():
            levels = self._board.count(venue)
            self._packed(holds, lambda tick, levels=levels: sum(not m >> tick & 1 for m in levels))

    def _tracks(self) -> None:
        instance = self._instance
        by_track: dict[int, list[tuple[int, int, Any]]] = defaultdict(list)
        for activity, one in self._offers.items():
            for track in instance.tracks[activity]:
                minutes = instance.activities[activity].minutes
                for (_, start, _, _), x in zip(one.choices, self._x[activity], strict=True):
                    by_track[track].append((instance.mask(start, start + minutes), activity, x))
        for holds in by_track.values():
            self._packed(holds, lambda _: 1)

    def _packed(self, holds: list[tuple[int, int, Any]], left: Any) -> None:
        """At every tick at which a hold begins, no more holds than are left."""
        seen: set[tuple[int, ...]] = set()
        for tick in sorted({(mask & -mask).bit_length() - 1 for mask, _, _ in holds}):
            there = [(activity, x) for mask, activity, x in holds if mask >> tick & 1]
            room = left(tick)
            key = tuple(x.index for _, x in there)
            if len({activity for activity, _ in there}) <= room or key in seen:
                continue
            seen.add(key)
            if room == 1:
                self._model.add_at_most_one([x for _, x in there])
            else:
                self._model.add(sum(x for _, x in there) <= room)

    def _relations(self) -> None:
        done = set()
        for activity in self._offers:
            for bond in self._instance.bonds[activity]:
                if bond.other in self._offers and id(bond.relation) not in done:
                    done.add(id(bond.relation))
                    mine, other = (activity, bond.other)
                    first, second = (mine, other) if bond.is_first else (other, mine)
                    self._tie(bond.relation.kind, bond.relation.amount, first, second)

    def _tie(self, kind: Tie, amount: int, first: int, second: int) -> None:
        minutes = self._instance.activities[first].minutes
        firsts, seconds = self._by_start(first), self._by_start(second)
        for start, literals in firsts.items():
            against = [
                x
                for other, them in seconds.items()
                if not keeps(kind, amount, (start, start + minutes), other)
                for x in them
            ]
            if against:
                self._model.add_at_most_one([*literals, *against])

    def _by_start(self, activity: int) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for choice, x in zip(self._offers[activity].choices, self._x[activity], strict=True):
            found[choice[1]].append(x)
        return found

    def _people(self) -> None:
        asked: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for activity, needs in self._y.items():
            for need in needs:
                for who, literal in need.items():
                    asked[who][activity].append(literal)
        self._serving = asked
        for who, literals in asked.items():
            for a, b in combinations(sorted(literals), 2):
                close = self._too_close(a, b, who)
                if close is not None:
                    self._model.add(sum(literals[a]) + sum(literals[b]) + close <= 2)
            self._most(who, literals)

    def _too_close(self, a: int, b: int, who: int) -> Any:
        """A literal that is true where choices of a and b let nobody like `who` serve both."""
        resource = self._instance.resources[who]
        key = (a, b, resource.kind, resource.pause, resource.moving)
        if key not in self._close:
            self._close[key] = self._closeness(a, b, who)
        return self._close[key]

    def _closeness(self, a: int, b: int, who: int) -> Any:
        matrix = self._clashes(a, b, who)
        if not matrix.any():
            return None
        if matrix.all():
            return 1
        hint = any(
            matrix[i, j]
            for i, c in enumerate(self._offers[a].choices)
            if self._is_old(a, c)
            for j, d in enumerate(self._offers[b].choices)
            if self._is_old(b, d)
        )
        close = self._literal(hint=hint)
        rows: dict[bytes, list[int]] = defaultdict(list)
        for i, row in enumerate(matrix):
            if row.any():
                rows[row.tobytes()].append(i)
        for same in rows.values():
            mine = [self._x[a][i] for i in same]
            others = [self._x[b][j] for j in np.flatnonzero(matrix[same[0]])]
            self._model.add(sum(mine) + sum(others) <= 1 + close)
        return close

    def _clashes(self, a: int, b: int, who: int) -> Any:
        """For each choice of a and of b, whether one resource cannot serve both."""
        resource, instance = self._instance.resources[who], self._instance
        sides = []
        for activity in (a, b):
            choices = self._offers[activity].choices
            asked = instance.activities[activity]
            spans = [held(asked, resource.kind, start) for _, start, _, _ in choices]
            venues = np.array([venue for venue, _, _, _ in choices])
            sides.append((np.array(spans), venues))
        (one, at), (other, there) = sides
        gap = instance.ways(at, there)
        gap = np.where(gap < 0, resource.pause, gap + resource.pause + resource.moving)
        before = one[:, None, 0] < other[None, :, 1] + gap
        return before & (other[None, :, 0] < one[:, None, 1] + gap)

    def _most(self, who: int, literals: dict[int, list[Any]]) -> None:
        """An expert's or kit's maximum of the campaign and of each day."""
        resource, fixed = self._instance.resources[who], self._board.duties[who]
        if resource.most is not None and len(literals) + len(fixed) > resource.most:
            self._model.add(
                sum(x for xs in literals.values() for x in xs) <= resource.most - len(fixed)
            )
        if resource.most_per_day is not None:
            for day, there in self._days_of(who, literals).items():
                before = self._fixed_on(who, day)
                if before + len(there) > resource.most_per_day:
                    self._model.add(sum(there) <= resource.most_per_day - before)

    def _fixed_on(self, who: int, day: int) -> int:
        return sum(duty.session // DAY == day for duty in self._board.duties[who].values())

    def _days_of(self, who: int, literals: dict[int, list[Any]]) -> dict[int, list[Any]]:
        """For each day literals that are true when the resource serves an activity on it."""
        if who in self._daily:
            return self._daily[who]
        found: dict[int, list[Any]] = defaultdict(list)
        for activity, serving in literals.items():
            days: dict[int, list[Any]] = defaultdict(list)
            for choice, x in zip(self._offers[activity].choices, self._x[activity], strict=True):
                days[choice[1] // DAY].append(x)
            spot = self._old[activity]
            for day, on_day in days.items():
                now = spot is not None and who in spot.crew
                hint = bool(now and spot and spot.start // DAY == day)
                both = self._literal(hint=hint)
                self._model.add(sum(serving) + sum(on_day) <= 1 + both)
                found[day].append(both)
        self._daily[who] = found
        return found

    def _tired(self) -> None:
        """Points for an expert's third session of a day and every further one."""
        cost = points(self._instance.problem, Term.EXPERTS)
        if not cost:
            return
        for who, literals in self._serving.items():
            if self._instance.resources[who].kind is not Kind.EXPERT:
                continue
            if len(literals) + len(self._board.duties[who]) <= TIRED:
                continue
            for day, there in self._days_of(who, literals).items():
                before = self._fixed_on(who, day)
                if before + len(there) > TIRED:
                    now = sum(self._hint[x.index] for x in there)
                    over = self._count(
                        len(there), max(0, before + now - TIRED) - max(0, before - TIRED)
                    )
                    self._model.add(over >= before + sum(there) - TIRED - max(0, before - TIRED))
                    self._cost.append((cost, over))

    def _ways(self) -> None:
        """Points for the ways of experts and kits, as far as a model can tell them.

        An expert's way of a day is taken as out and back for each session, less what two of them
        in a row save (Clarke and Wright 1964); whoever has other duties that day is charged the
        detour. Kits pay the longest of their ways out and back, or the least detour.
        """
        problem = self._instance.problem
        expert = int(level(problem, Term.EXPERTS))
        kit = int(level(problem, Term.KIT_TRAVEL))
        for who, literals in self._serving.items():
            kind = self._instance.resources[who].kind
            if kind is Kind.EXPERT and expert and problem.travel.minutes:
                self._expert_ways(who, literals, expert)
            elif kind is Kind.KIT and kit and problem.travel.km:
                self._kit_ways(who, literals, kit)

    def _expert_ways(self, who: int, literals: dict[int, list[Any]], factor: int) -> None:
        before = self._road.day_minutes(who)
        fixed = sum(before.values())
        minutes: list[tuple[int, Any]] = []
        now = fixed
        for activity, serving in literals.items():
            costs = [
                self._road.detour(who, Duty(start, start, venue, start))
                for venue, start, _, _ in self._offers[activity].choices
            ]
            now += self._charge(activity, serving, costs, minutes)
        for a, b in combinations(sorted(literals), 2):
            saved, hint = self._saving(who, literals, a, b)
            if saved is not None:
                minutes.append((-1, saved))
                now -= hint
        least = PER_HOUR_OF_TRAVEL * fixed // 60
        most = sum(cost for cost, _ in minutes if cost > 0)
        hour = self._count(
            PER_HOUR_OF_TRAVEL * most // 60 + 1, max(0, PER_HOUR_OF_TRAVEL * now // 60 - least)
        )
        spent = fixed + sum(cost * literal for cost, literal in minutes)
        self._model.add(60 * (hour + least) >= PER_HOUR_OF_TRAVEL * spent - 59)
        self._cost.append((factor, hour))

    def _charge(
        self,
        activity: int,
        serving: list[Any],
        costs: list[int],
        charged: list[tuple[int, Any]],
    ) -> int:
        """Add what serving costs, choice by choice, to `charged`; how much that is at the hint."""
        least = min(costs)
        if least:
            charged += [(least, literal) for literal in serving]
        last = least
        for cost in sorted(set(costs) - {least}):
            above = [x for x, c in zip(self._x[activity], costs, strict=True) if c >= cost]
            serves = any(self._hint[y.index] for y in serving)
            hint = serves and any(self._hint[x.index] for x in above)
            literal = self._literal(hint=hint)
            self._model.add(sum(serving) + sum(above) <= 1 + literal)
            charged.append((cost - last, literal))
            last = cost
        if not any(self._hint[y.index] for y in serving):
            return 0
        return sum(c for x, c in zip(self._x[activity], costs, strict=True) if self._hint[x.index])

    def _saving(self, who: int, literals: dict[int, list[Any]], a: int, b: int) -> tuple[Any, int]:
        """What an expert saves who serves both on one day without going home; and its hint."""
        days = [{start // DAY for _, start, _, _ in self._offers[n].choices} for n in (a, b)]
        together = {day for day in days[0] & days[1] if not self._fixed_on(who, day)}
        legs = [
            [self._road.leg(who, venue) for venue, _, _, _ in self._offers[n].choices]
            for n in (a, b)
        ]
        most = max(legs[0]) + max(legs[1])
        if not together or most == 0:
            return None, 0
        serve_both = all(any(self._hint[y.index] for y in literals[n]) for n in (a, b))
        old_a, old_b = self._old[a], self._old[b]
        hint = 0
        if serve_both and old_a and old_b:
            day = old_a.start // DAY
            if day == old_b.start // DAY and day in together:
                hint = max(0, self._road.saving(who, old_a.venue, old_b.venue))
        follow = self._literal(hint=hint > 0)
        for n in (a, b):
            self._model.add(follow <= sum(literals[n]))
        for day in sorted(days[0] | days[1]):
            mine, its = self._on_day(a, day), self._on_day(b, day)
            if day in together:
                self._model.add(follow + sum(mine) <= 1 + sum(its))
            elif mine:
                self._model.add_at_most_one([follow, *mine])
        saved = self._count(most, hint)
        self._model.add(saved <= most * follow)
        apart = self._apart(a, b)
        way = sum(leg * x for leg, x in zip(legs[0], self._x[a], strict=True))
        way += sum(leg * x for leg, x in zip(legs[1], self._x[b], strict=True))
        self._model.add(saved <= way - apart)
        return saved, hint

    def _on_day(self, activity: int, day: int) -> list[Any]:
        choices = self._offers[activity].choices
        return [x for c, x in zip(choices, self._x[activity], strict=True) if c[1] // DAY == day]

    def _apart(self, a: int, b: int) -> Any:
        """A count that is at least the minutes between two activities."""
        if (a, b) not in self._distance:
            mine, its = self._offers[a].choices, self._offers[b].choices
            ways = self._instance.ways(
                np.array([c[0] for c in mine]), np.array([c[0] for c in its])
            )
            ways = np.maximum(ways, 0)
            old_a, old_b = self._old[a], self._old[b]
            hint = self._instance.way(old_a.venue, old_b.venue) if old_a and old_b else 0
            longest = int(ways.max())
            apart = self._count(longest, hint)
            rows: dict[bytes, list[int]] = defaultdict(list)
            for i, row in enumerate(ways):
                rows[row.tobytes()].append(i)
            for same in rows.values():
                here = sum(self._x[a][i] for i in same)
                row = ways[same[0]]
                there = sum(int(row[j]) * x for j, x in enumerate(self._x[b]) if row[j])
                self._model.add(apart >= there - longest * (1 - here))
            self._distance[a, b] = apart
        return self._distance[a, b]

    def _kit_ways(self, who: int, literals: dict[int, list[Any]], factor: int) -> None:
        """The first half of a kit's points counts as a bound: no way is shorter than out and back.

        With other duties in the campaign the model charges the detour from those, in parts of a
        point rounded down.
        """
        fixed = self._road.kilometres(who) // 50
        units = 0
        for activity, serving in literals.items():
            costs = [
                self._road.kilometres(who, Duty(start, start, venue, start)) // 50 - fixed
                for venue, start, _, _ in self._offers[activity].choices
            ]
            costs = [max(0, cost) for cost in costs]
            charged: list[tuple[int, Any]] = []
            now = self._charge(activity, serving, costs, charged)
            if self._board.duties[who]:
                self._cost += [(factor * cost, literal) for cost, literal in charged]
            elif max(costs):
                farthest = self._count(max(costs), now)
                self._model.add(farthest >= sum(cost * literal for cost, literal in charged))
                units = max(units, *costs)
                self._far[who].append((farthest, now))
        if self._far[who]:
            most = self._count(units, max(now for _, now in self._far[who]))
            for farthest, _ in self._far[who]:
                self._model.add(most >= farthest)
            self._cost.append((factor, most))

    def _coverage(self) -> None:
        """Points for what is missing below the quotas, and for the largest gap."""
        problem, instance = self._instance.problem, self._instance
        cost = points(problem, Term.COVERAGE)
        if not cost or not problem.quotas:
            return
        factor = LARGEST_DEVIATION * level(problem, Term.COVERAGE)
        gaps: list[tuple[Any, int]] = []
        floor = 0
        district = {one.id: n for n, one in enumerate(problem.districts)}
        for quota in problem.quotas:
            here = None if quota.district is None else district[quota.district]
            serves = [a.audience == quota.audience for a in instance.activities]
            fixed = sum(
                serves[n] and (here is None or instance.district[spot.venue] == here)
                for n, spot in enumerate(self._board.spots)
                if spot is not None
            )
            literals = [
                x
                for activity, one in self._offers.items()
                if serves[activity]
                for (venue, _, _, _), x in zip(one.choices, self._x[activity], strict=True)
                if here is None or instance.district[venue] == here
            ]
            need = quota.least - fixed
            if need <= 0:
                continue
            if not literals:
                floor = max(floor, need)
                continue
            now = max(0, need - sum(self._hint[x.index] for x in literals))
            missing = self._count(need, now)
            self._model.add(missing >= need - sum(literals))
            self._cost.append((cost, missing))
            gaps.append((missing, now))
        if gaps and factor:
            most = max(quota.least for quota in problem.quotas)
            largest = self._count(most, max(floor, *(now for _, now in gaps)))
            self._model.add(largest >= floor)
            for missing, _ in gaps:
                self._model.add(largest >= missing)
            self._cost.append((factor, largest))

    def _series(self) -> None:
        """Points for days missing to a series' least, and for its every further venue."""
        problem, place = self._instance.problem, self._instance.place
        spread, further = points(problem, Term.SPREAD), points(problem, Term.ONE_VENUE)
        for series in problem.series:
            members = [place[activity] for activity in series.activities]
            free = [activity for activity in members if activity in self._offers]
            if not free:
                continue
            fixed = [spot for n in members if (spot := self._board.spots[n]) is not None]
            if spread and series.least_days > 1:
                self._spread(free, {spot.start // DAY for spot in fixed}, series.least_days)
            if further:
                self._one_venue(free, {spot.venue for spot in fixed})

    def _spread(self, free: list[int], fixed: set[int], least: int) -> None:
        days: dict[int, list[Any]] = defaultdict(list)
        for activity in free:
            for choice, x in zip(self._offers[activity].choices, self._x[activity], strict=True):
                days[choice[1] // DAY].append(x)
        used = []
        for day, literals in days.items():
            if day not in fixed:
                used.append(self._literal(hint=any(self._hint[x.index] for x in literals)))
                self._model.add_bool_or([*literals, used[-1].negated()])
        need = least - len(fixed)
        if need > 0:
            missing = self._count(need, max(0, need - sum(self._hint[u.index] for u in used)))
            self._model.add(missing >= need - sum(used))
            self._cost.append((points(self._instance.problem, Term.SPREAD), missing))

    def _one_venue(self, free: list[int], fixed: set[int]) -> None:
        venues: dict[int, list[Any]] = defaultdict(list)
        for activity in free:
            for choice, x in zip(self._offers[activity].choices, self._x[activity], strict=True):
                venues[choice[0]].append(x)
        used = []
        for venue, literals in venues.items():
            if venue not in fixed:
                used.append(self._literal(hint=any(self._hint[x.index] for x in literals)))
                for x in literals:
                    self._model.add_implication(x, used[-1])
        now = sum(self._hint[u.index] for u in used)
        first = 0 if fixed else 1
        further = self._count(len(used), max(0, now - first))
        self._model.add(further >= sum(used) - first)
        self._cost.append((points(self._instance.problem, Term.ONE_VENUE), further))

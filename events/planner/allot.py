"""Whose day it is: each day of a shared expert or kit goes to one block before any is planned.

Resource-directive decomposition (Kornai and Liptak 1965). Needs that only shared people or kits
can fill claim days one after the other, the most important and scarcest first, each the day that
costs least: days away from the wish, and the way from home where the day is not its block's yet.
Days that nobody claims go to the block that has the nearest one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from events.planner import spans
from events.planner.answer import Plan
from events.planner.problem import DAY, Activity, Expert, Kit, Problem, Term, Window
from events.planner.sharing import Either, Name, Shared, duties, name, pause, reaches, without
from events.planner.terms import PER_HOUR_OF_TRAVEL, points

NOBODY = -1


def allot(blocks: Sequence[Problem], plans: Sequence[Plan] = ()) -> tuple[Problem, ...]:
    """The blocks, each with days of its own of whoever stands in several of them.

    `plans`: of each block what is placed already; it keeps the days that this uses, and only what
    is left out claims more.
    """
    ledger = _Ledger(blocks)
    for n, plan in enumerate(plans):
        ledger.keep(n, plan)
    for need in sorted(ledger.needs(), key=lambda one: (-one.activity.priority, len(one.able))):
        ledger.claim(need)
    ledger.deal_rest()
    return tuple(ledger.block(n) for n in range(len(blocks)))


@dataclass(frozen=True, slots=True)
class _Need:
    """A place at an activity of a block that only somebody shared can take."""

    block: int
    activity: Activity
    able: tuple[Name, ...]


class _Ledger:
    """Which block has which days of whom."""

    def __init__(self, blocks: Sequence[Problem]) -> None:
        self._blocks = [_Map(block) for block in blocks]
        self._days = len(blocks[0].days) if blocks else 0
        self._asking: dict[Name, list[int]] = defaultdict(list)
        everybody: dict[Name, Shared] = {}
        for n, block in self._with_venues():
            everyone: tuple[Shared, ...] = (*block.experts, *block.kits)
            for one in everyone:
                self._asking[name(one)].append(n)
                everybody[name(one)] = one
        self._shared = {who: x for who, x in everybody.items() if len(self._asking[who]) > 1}
        self._can = {who: spans.days(one.windows, self._days) for who, one in self._shared.items()}
        self._owner: dict[Name, dict[int, int]] = {who: {} for who in self._shared}
        self._sessions: dict[Name, Counter[int]] = {who: Counter() for who in self._shared}
        self._stops: dict[tuple[Name, int], list[str | None]] = defaultdict(list)
        self._placed: set[str] = set()
        self._ways: dict[tuple[int, int], int] = {}

    def keep(self, n: int, plan: Plan) -> None:
        """Leave to a block whatever its plan uses."""
        for who, several in duties(self._blocks[n].problem, plan.placements).items():
            for duty, district in several if who in self._shared else ():
                self._serve(n, who, range(duty.start // DAY, -(-duty.end // DAY)), district)
        self._placed.update(one.activity for one in plan.placements)

    def needs(self) -> Iterator[_Need]:
        """What is not placed, and nobody of a block alone can fill."""
        for n, block in self._with_venues():
            able = _able(block)
            for activity in block.activities:
                if activity.id in self._placed:
                    continue
                asked: list[Name] = [(Expert, field) for field in activity.fields]
                asked += [(Kit, kind) for kind in activity.kits]
                for some in (able[one] for one in asked):
                    if some and all(who in self._shared for who in some):
                        yield _Need(n, activity, tuple(some))

    def claim(self, need: _Need) -> None:
        """Give the cheapest day that can be had to the block of a need."""
        wished = set(spans.days(need.activity.windows, self._days))
        options = [
            (self._cost(need, who, day), who[1], day, who)
            for who in need.able
            if self._has_sessions(who)
            for day in self._can[who]
            if day in wished and self._has_room(need.block, who, day)
        ]
        if options:
            *_, day, who = min(options, key=lambda option: option[:3])
            self._serve(need.block, who, [day], self._blocks[need.block].place(need.activity))

    def deal_rest(self) -> None:
        """Give days that nobody claimed to the block of the nearest day, else of the home."""
        for who, owner in self._owner.items():
            home = min(self._asking[who], key=lambda n: self._way(n, who))
            for day in self._can[who]:
                if day not in owner:
                    taken = [other for other, block in owner.items() if block != NOBODY]
                    near = sorted(taken, key=lambda other: (abs(other - day), other))
                    blocks = [*(owner[other] for other in near), home]
                    free = (n for n in blocks if self._is_reachable(n, who, day))
                    owner[day] = next(free, NOBODY)

    def block(self, n: int) -> Problem:
        """A block with its days of everybody shared, and without those who have none there."""
        block = self._blocks[n].problem
        locked = {x for lock in block.locks for x in (*(lock.experts or ()), *(lock.kits or ()))}
        experts = (self._own(n, one) for one in block.experts)
        kits = (self._own(n, one) for one in block.kits)
        return replace(
            block,
            experts=tuple(one for one in experts if one.most_per_day != 0 or one.id in locked),
            kits=tuple(one for one in kits if one.most_per_day != 0 or one.id in locked),
        )

    def _with_venues(self) -> Iterator[tuple[int, Problem]]:
        """Blocks in which somebody can serve: without a venue nothing takes place."""
        for n, block in enumerate(self._blocks):
            if block.districts:
                yield n, block.problem

    def _serve(self, n: int, who: Name, days: Iterable[int], place: str | None) -> None:
        """One more session at a block, in one of its districts."""
        self._sessions[who][n] += 1
        for day in days:
            self._owner[who][day] = n
            self._stops[who, day].append(place)

    def _own(self, n: int, one: Either) -> Either:
        who = name(one)
        if who not in self._shared:
            return one
        away = [
            Window(day * DAY, (day + 1) * DAY)
            for day in range(self._days + 1)
            if self._owner[who].get(day, NOBODY) != n
        ]
        return without(one, away, self._of_others(n, who), self._days)

    def _of_others(self, n: int, who: Name) -> int:
        """Sessions kept for other blocks; who has most gets what is left."""
        one, sessions = self._shared[who], self._sessions[who]
        if not sessions or sessions.most_common(1)[0][0] == n:
            return sessions.total() - sessions[n]
        return (one.most or 0) - sessions[n] if isinstance(one, Expert) else 0

    def _has_sessions(self, who: Name) -> bool:
        one = self._shared[who]
        most = one.most if isinstance(one, Expert) else None
        return most is None or self._sessions[who].total() < most

    def _has_room(self, n: int, who: Name, day: int) -> bool:
        most = self._shared[who].most_per_day
        if most is not None and len(self._stops[who, day]) >= most:
            return False
        owner = self._owner[who].get(day)
        return owner == n or (owner is None and self._is_reachable(n, who, day))

    def _is_reachable(self, n: int, who: Name, day: int) -> bool:
        """Whether a day for a block leaves time for the ways to the days of other blocks."""
        return all(
            self._gap(*sorted(((day, n), (other, block)))) >= pause(self._shared[who])
            for other, block in self._owner[who].items()
            if block not in {n, NOBODY}
        )

    def _gap(self, first: tuple[int, int], second: tuple[int, int]) -> int:
        """Minutes left, at worst, between a day at one block and a later one at another."""
        before, after = self._blocks[first[1]], self._blocks[second[1]]
        way = self._longest(first[1], second[1])
        return after.hours(second[0]).start - before.hours(first[0]).end - way

    def _longest(self, before: int, after: int) -> int:
        """Minutes of the longest way from a venue of one block to one of another."""
        if (before, after) not in self._ways:
            reach = self._blocks[after].reach
            self._ways[before, after] = max(reach[x] for x in self._blocks[before].districts)
        return self._ways[before, after]

    def _cost(self, need: _Need, who: Name, day: int) -> float:
        """Points for a day away from the wish, and for the way on top of that day's others."""
        asked, block = need.activity, self._blocks[need.block]
        late = 0 if asked.wish_day is None else abs(day - asked.wish_day)
        there = block.place(asked)
        home = self._way(need.block, who, there)
        detours = (
            block.way(stop, there) + home - self._way(need.block, who, stop)
            for stop in self._stops[who, day]
        )
        way = min(detours, default=2 * home)
        return points(block.problem, Term.TIME) * late + PER_HOUR_OF_TRAVEL * way / 60

    def _way(self, n: int, who: Name, place: str | None = None) -> float:
        """Minutes from home, if any, to a district of a block."""
        home = self._shared[who].district
        return 0 if home is None else self._blocks[n].way(home, place)


class _Map:
    """Where a block is, how far away, and between which hours of a day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.districts = sorted({one.district for one in problem.venues})
        self.reach = reaches(problem)
        self._at = {one.id: n for n, one in enumerate(problem.districts)}
        self._opened = spans.merged(window for one in problem.venues for window in one.open)
        self._hours: dict[int, Window] = {}
        self._ways: dict[tuple[str | None, str | None], float] = {}

    def hours(self, day: int) -> Window:
        """From the first opening to the last closing of a day."""
        if day not in self._hours:
            self._hours[day] = self._hours_of(day)
        return self._hours[day]

    def _hours_of(self, day: int) -> Window:
        whole = Window(day * DAY, (day + 1) * DAY)
        inside = [one for one in self._opened if spans.overlap(one, whole)]
        if not inside:
            return whole
        return Window(max(inside[0].start, whole.start), min(inside[-1].end, whole.end))

    def place(self, activity: Activity) -> str | None:
        """The district in which an activity is wished, if it is one of the block."""
        return activity.district if activity.district in self.districts else None

    def way(self, start: str | None, end: str | None) -> float:
        """Minutes by road between districts; None: on average over those of the block."""
        if not self.problem.travel.minutes:
            return 0
        if (start, end) not in self._ways:
            self._ways[start, end] = self._way(start, end)
        return self._ways[start, end]

    def _way(self, start: str | None, end: str | None) -> float:
        minutes = self.problem.travel.minutes
        starts, ends = (self.districts if one is None else [one] for one in (start, end))
        ways = [minutes[self._at[a]][self._at[b]] for a in starts for b in ends]
        return sum(ways) / len(ways)


def _able(block: Problem) -> dict[tuple[type, str], list[Name]]:
    """Experts by field, kits by kind."""
    able: dict[tuple[type, str], list[Name]] = defaultdict(list)
    for expert in block.experts:
        for field in sorted(expert.fields):
            able[Expert, field].append(name(expert))
    for kit in block.kits:
        able[Kit, kit.kind].append(name(kit))
    return able

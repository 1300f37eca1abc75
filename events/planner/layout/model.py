"""From a problem to the kernel's memory, and from a layout there back to placements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from events.planner import people
from events.planner.answer import Placement
from events.planner.candidates import Candidates, Ints
from events.planner.layout import memory as at
from events.planner.layout.clock import Clock
from events.planner.layout.memory import Memory
from events.planner.layout.rows import Row, rows
from events.planner.people import Kind, Resource
from events.planner.problem import DAY, Problem, Relation, Term, Tie
from events.planner.terms import points

Numbers = npt.NDArray[np.signedinteger]
UNLIMITED = 1 << 30


@dataclass(frozen=True, slots=True)
class Model:
    """A problem in the kernel's memory, with nothing placed, and how to read it."""

    choices: Numbers
    blank: Numbers
    at_first: tuple[int, ...]
    """Of each activity the choice that it has at first, or NONE."""
    carried: tuple[Placement | None, ...]
    venues: Mapping[int, str]
    """Of each venue's record its id."""

    def placements(self, memory: Memory) -> tuple[Placement, ...]:
        """The best layout in the words of the problem."""
        found = []
        for n, carried in enumerate(self.carried):
            choice = memory[at.HEADER + n * at.ACTIVITY_WIDTH + at.BEST]
            if choice != at.NONE and carried is not None:
                venue = self.venues[int(self.choices[choice + at.VENUE])]
                start = int(self.choices[choice + at.MINUTE])
                found.append(replace(carried, venue=venue, start=start))
        return tuple(found)

    def missing(self, memory: Memory) -> int:
        """How many activities the best layout leaves out although they have a choice."""
        records = range(memory[at.ACTIVITIES], memory[at.ACTIVITIES_END], at.ACTIVITY_WIDTH)
        out = [record for record in records if memory[record + at.BEST] == at.NONE]
        return sum(memory[one + at.CHOICES] < memory[one + at.CHOICES_END] for one in out)


def build(problem: Problem, candidates: Candidates, placements: Iterable[Placement] = ()) -> Model:
    """A problem in memory, and where `placements` lie in it."""
    roll = people.call(problem)
    table = rows(problem, candidates, roll, placements)
    clock = Clock(problem, _holds(problem, table))
    writer = _Writer(problem, table, roll.resources, clock)
    choices, begins = _stacked(table, clock, writer.venues)
    memory = writer.memory(begins)
    at_first = [
        at.NONE if row.home == at.NONE else begin + row.home * at.CHOICE_WIDTH
        for begin, row in zip(begins, table, strict=True)
    ]
    narrow = _narrow(table, memory)
    return Model(
        choices=choices.astype(narrow),
        blank=memory.astype(narrow),
        at_first=tuple(at_first),
        carried=tuple(row.carried for row in table),
        venues={
            record: venue.id for record, venue in zip(writer.venues, problem.venues, strict=True)
        },
    )


def _narrow(table: Sequence[Row], memory: Numbers) -> type[np.signedinteger]:
    """Numbers for whatever a layout may cost: the fewer bytes, the faster is the search."""
    records = memory[at.HEADER :][: len(table) * at.ACTIVITY_WIDTH].reshape(-1, at.ACTIVITY_WIDTH)
    dearest = sum(int(row.choices[:, 2].max(initial=0)) for row in table)
    most = int(memory[at.COST] + records[:, at.SWING].sum()) + dearest
    return np.int32 if most < UNLIMITED else np.int64


def _holds(problem: Problem, table: Sequence[Row]) -> dict[tuple[int, int], Ints]:
    """Minutes before and after a start that something is held, with all such starts."""
    seen: dict[tuple[int, int], dict[int, Ints]] = {}
    for row in table:
        one = row.activity
        after = max(one.minutes + one.strike, _rounded(one.minutes, problem.grid))
        seen.setdefault((one.setup, after), {})[id(row.choices)] = row.choices[:, 1]
    return {hold: np.unique(np.concatenate([*starts.values()])) for hold, starts in seen.items()}


def _stacked(
    table: Sequence[Row], clock: Clock, venues: Sequence[int]
) -> tuple[Numbers, list[int]]:
    """All different lists of choices, their steps behind them, and where each row's begin."""
    begins: dict[int, int] = {}
    parts: list[Numbers] = [np.empty(0, dtype=np.int64)]
    size = 0
    every = np.arange(clock.size + 1)
    for row in table:
        if id(row.choices) not in begins:
            begins[id(row.choices)] = size
            venue, minute, cost = row.choices.T
            steps = clock.steps(minute)
            columns = [np.array(venues)[venue], steps, minute // DAY, cost, minute]
            lines = np.stack(columns, axis=1).ravel()
            parts += [lines, size + np.searchsorted(steps, every) * at.CHOICE_WIDTH]
            size += len(lines) + len(every)
    return np.concatenate(parts), [begins[id(row.choices)] for row in table]


class _Writer:
    """Writes the records of one problem one behind the other; a record's name is its address."""

    def __init__(
        self, problem: Problem, table: Sequence[Row], resources: Sequence[Resource], clock: Clock
    ) -> None:
        self._problem = problem
        self._table = table
        self._steps = clock.size
        self._span = clock.span
        self._m: list[int] = [0] * (at.HEADER + len(table) * at.ACTIVITY_WIDTH)
        self.activities = range(at.HEADER, len(self._m), at.ACTIVITY_WIDTH)
        self._record = dict(
            zip((one.id for one in problem.activities), self.activities, strict=False)
        )
        self.venues = self._venues()
        self._lists: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._people(resources)
        self._tracks()
        self._series()
        self._ties()

    def memory(self, begins: Sequence[int]) -> Numbers:
        """The whole, given where each activity's choices begin."""
        m = self._m
        m[at.ACTIVITIES], m[at.ACTIVITIES_END] = self.activities.start, self.activities.stop
        each = points(self._problem, Term.UNPLACED)
        for n, record in enumerate(self.activities):
            row, one = self._table[n], self._table[n].activity
            size = len(row.choices) * at.CHOICE_WIDTH
            unplaced = each * one.priority if n < len(self._problem.activities) else 0
            m[at.COST] += unplaced
            m[record + at.NOW] = m[record + at.BEST] = at.NONE
            m[record + at.CHOICES], m[record + at.CHOICES_END] = begins[n], begins[n] + size
            m[record + at.LENGTH] = self._span(_rounded(one.minutes, self._problem.grid))
            m[record + at.BEFORE] = self._span(one.setup)
            m[record + at.AFTER] = self._span(one.minutes + one.strike)
            m[record + at.UNPLACED] = unplaced
            m[record + at.SETUP], m[record + at.STRIKE] = one.setup, one.strike
            m[record + at.SESSION] = one.minutes
            for begin in (at.GROUPS, at.SERIES, at.MOVERS, at.TIES):
                lines = self._lists[record, begin]
                m[record + begin] = self._write(*lines)
                m[record + begin + 1] = m[record + begin] + len(lines)
            groups, series = self._lists[record, at.GROUPS], self._lists[record, at.SERIES]
            m[record + at.SWING] = sum(3 * m[group + at.COMPACT] for group in groups) + sum(
                m[one + at.SPREAD] + m[one + at.ONE_VENUE] for one in series
            )
        m[at.LEAST_COST] = m[at.COST]
        return np.array(m, dtype=np.int64)

    def _write(self, *numbers: int) -> int:
        """A new record."""
        self._m += numbers
        return len(self._m) - len(numbers)

    def _cells(self, count: int, each: int) -> None:
        """More room for the record written last."""
        self._m += [each] * count

    def _enlist(self, members: Iterable[int], which: int, *line: int) -> None:
        """Add a line to one of the lists of each member."""
        for member in dict.fromkeys(members):
            self._lists[member, which] += line

    def _members(self, activities: Iterable[str]) -> list[int]:
        return [self._record[activity] for activity in activities]

    def _venues(self) -> list[int]:
        """Rooms beyond the number of activities that may come are of no use."""
        problem = self._problem
        asked = np.zeros(len(problem.venues), dtype=np.int64)
        for row in self._table:
            asked[np.unique(row.choices[:, 0])] += 1
        districts = {district.id: n for n, district in enumerate(problem.districts)}
        none = (0,) * max(len(districts), 1)
        roads = [self._write(*line) for line in problem.travel.minutes or [none] * len(none)]
        sites: dict[tuple[str, str], int] = {}
        records = []
        for index, (venue, most) in enumerate(zip(problem.venues, asked.tolist(), strict=True)):
            rooms = max(1, min(venue.rooms, most))
            key = ("site", venue.site) if venue.site else ("venue", venue.id)
            district = districts.get(venue.district, 0)
            site = sites.setdefault(key, len(sites))
            records.append(self._write(index, rooms, site, district, roads[district]))
            self._cells(rooms * self._steps, at.NONE)
        return records

    def _people(self, resources: Sequence[Resource]) -> None:
        """Who just cannot be twice at once, and who needs time for more than that."""
        served: dict[int, list[int]] = defaultdict(list)
        for record, row in zip(self.activities, self._table, strict=True):
            for one in row.crew:
                served[one].append(record)
        for one, members in served.items():
            if self._is_still(resources[one]):
                self._group(members, 0)
            else:
                self._mover(resources[one], members)

    def _is_still(self, one: Resource) -> bool:
        """Whether it is enough that somebody is not twice at once."""
        is_free = one.most_per_day is None and one.most is None
        needs_time = one.pause or one.moving or self._problem.travel.minutes
        return is_free and not needs_time and one.kind is not Kind.KIT

    def _group(self, members: Sequence[int], compact: int) -> None:
        group = self._write(compact)
        self._cells(self._steps, at.NONE)
        self._enlist(members, at.GROUPS, group)

    def _mover(self, one: Resource, members: Sequence[int]) -> None:
        mover = self._write(
            one.pause,
            one.moving,
            one.kind is Kind.KIT,
            UNLIMITED if one.most_per_day is None else one.most_per_day,
            UNLIMITED if one.most is None else one.most,
            0,
            0,
            0,
        )
        self._cells(len(self._problem.days), 0)
        self._m[mover + at.MEMBERS] = self._write(*members)
        self._m[mover + at.MEMBERS_END] = len(self._m)
        self._enlist(members, at.MOVERS, mover)

    def _tracks(self) -> None:
        compact = points(self._problem, Term.COMPACT)
        for track in self._problem.tracks:
            self._group(self._members(track.activities), compact if track.compact else 0)

    def _series(self) -> None:
        problem = self._problem
        spread, one_venue = points(problem, Term.SPREAD), points(problem, Term.ONE_VENUE)
        for one in problem.series:
            series = self._write(one.least_days, spread, one_venue, 0, 0, 0)
            self._m[series + at.IN_VENUE] = series + at.ON_DAY + len(problem.days)
            self._cells(len(problem.days) + len(problem.venues), 0)
            self._m[at.COST] += one.least_days * spread
            self._enlist(self._members(one.activities), at.SERIES, series)

    def _ties(self) -> None:
        for relation in self._problem.relations:
            first, second = self._members((relation.first, relation.second))
            kind, inverse, amount = _kinds(relation)
            self._enlist([first], at.TIES, kind, second, amount)
            self._enlist([second], at.TIES, inverse, first, amount)


def _rounded(minutes: int, grid: int) -> int:
    """Up to the next start of the grid: until then nothing can follow, and what follows is near."""
    return -(-minutes // grid) * grid


def _kinds(relation: Relation) -> tuple[int, int, int]:
    """A relation as its first and as its second activity see it, and its amount."""
    if relation.kind is Tie.BEFORE:
        return at.BEFORE_OTHER, at.AFTER_OTHER, relation.amount
    if relation.kind is Tie.SAME_DAY:
        return at.SAME_DAY, at.SAME_DAY, 0
    amount = relation.amount if relation.kind is Tie.DAYS_APART else 0
    return at.DAYS_APART, at.DAYS_APART, amount

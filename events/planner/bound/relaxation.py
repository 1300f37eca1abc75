"""A lower bound where nothing can be proved: everybody plans alone, at charges that agree.

Lagrangian decomposition (Guignard and Kim 1987). Every expert, every kind of kit, every series and
relation has its own copies of the activities that concern it, and finds its best by itself:
`weeks.py`, `touring.py`, `groups.py`. What an activity costs alone is told to its copies as *tolls*
by cell; where it has several, the tolls change until its copies want to be where it is cheapest.
That every need of an expert or a kit is filled is relaxed, too, at a *price* for each need (Held
and Karp 1971). Rooms, teams and tracks are left away. Subgradient steps (Polyak 1969), each a
running average of the last ones (Camerini, Fratta and Maffioli 1975), raise the bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from events.planner.bound.copies import Asker, Floats, Found, Seen, alone, seen_by
from events.planner.bound.country import Country
from events.planner.bound.groups import gatherings
from events.planner.bound.left import Left
from events.planner.bound.touring import tourings
from events.planner.bound.weeks import Weeks
from events.planner.candidates import Ints
from events.planner.instance import Instance
from events.planner.stop import Stop

ROUNDS = 3_000
"""Steps at most."""
EXACT = 1e-6
SHORTER = 0.67
"""By this steps are shortened."""
AIM = 1.1
"""Steps aim so much higher than the best value, but not above the known plan."""
NEWS = 0.3
"""The share of the latest step in the average."""


class Pace(NamedTuple):
    """After how many steps without a better bound they are shortened, and where that ends."""

    patience: int
    shortest: float


BRISK, THOROUGH = Pace(5, 1e-2), Pace(20, 1e-4)
"""Where a proof waits for the bound; where it is all that will be known."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A row of an asker that stands for an activity; `cells`: that of each of its choices."""

    asker: int
    shared: int
    """which of the asker's shared rows"""
    count: int
    cells: Ints


@dataclass(frozen=True, slots=True)
class Shared:
    """An activity with several copies. Choices that nobody can tell apart are one."""

    activity: int
    points: Floats
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Multipliers:
    """By asker: `tolls` of its shared rows, (shared, cells), and `prices` of all, (rows,)."""

    tolls: list[Floats]
    prices: list[Floats]

    def copy(self) -> Multipliers:
        """The same in places of its own."""
        return Multipliers([one.copy() for one in self.tolls], [one.copy() for one in self.prices])


@dataclass(frozen=True, slots=True)
class Step:
    """Where better multipliers lie: copies that are used too often, needs that are not filled."""

    tolls: list[Floats]
    prices: list[Floats]

    def norm(self) -> float:
        """Its squared length."""
        return float(sum((one * one).sum() for one in (*self.tolls, *self.prices)))


class Relaxation:
    """A problem as its experts, kits, series and relations see it."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        country = Country(instance)
        self._weeks = Weeks(instance, country)
        self._askers: list[Asker] = [self._weeks, *tourings(instance), *gatherings(instance)]
        seen = seen_by(self._askers)
        self._rest = 0.0
        self._shared: list[Shared] = []
        self._drop = np.array(instance.drop, dtype=np.float64)
        self._activities = [
            np.array([row.activity for row in one.rows], dtype=np.int64) for one in self._askers
        ]
        self._counts = [
            np.array([row.times for row in one.rows], dtype=np.float64) for one in self._askers
        ]
        self._tolls = [np.full((len(one.rows), one.size), np.inf) for one in self._askers]
        self._rows: list[dict[int, int]] = [{} for _ in self._askers]
        for activity in range(len(instance.activities)):
            self._look(activity, seen.get(activity, []))
        shared = [tolls[list(rows)] for tolls, rows in zip(self._tolls, self._rows, strict=True)]
        self._best, self._at = 0.0, Multipliers(shared, self._first_prices())

    def bound(
        self,
        upper: int,
        stop: Stop,
        on_better: Callable[[int], None] = lambda _: None,
        pace: Pace = THOROUGH,
    ) -> int:
        """No plan costs less; `upper` is what some plan costs. Better the more time there is."""
        now, average = self._at.copy(), self._nothing()
        there, most = now, -math.inf
        length, waited = 1.0, 0
        for _ in range(ROUNDS):
            value, total, step = self._value(now)
            waited += 1
            if value > most + EXACT:
                most, there, waited = value, now.copy(), 0
            if total > self._best + EXACT:
                if math.ceil(total - EXACT) > math.ceil(self._best - EXACT):
                    on_better(math.ceil(total - EXACT))
                self._best, self._at = total, now.copy()
            if stop.over() or length < pace.shortest or math.ceil(self._best - EXACT) >= upper:
                break
            if waited == pace.patience:
                length, waited = length * SHORTER, 0
                now, average = there.copy(), self._nothing()
                continue
            self._blend(average, step)
            norm = average.norm()
            if not norm:
                break
            aim = max(min(upper, AIM * most + 1), value + EXACT)
            self._walk(now, average, length * (aim - value) / norm)
        return math.ceil(self._best - EXACT)

    def left(self, upper: int) -> Left:
        """What plans that cost less than `upper` may use, when a bound was found."""
        charges = self._charges(self._at)
        losses = [one.losses(mine) for one, mine in zip(self._askers, charges, strict=True)]
        slack = upper - 1 - self._best + EXACT
        return Left(
            self._instance,
            self._askers,
            losses,
            [self._all_tolls(n, self._at) for n in range(len(self._askers))],
            self._weeks,
            self._weeks.losses_of_each(charges[0]),
            slack,
        )

    def _look(self, activity: int, seen: Sequence[Seen]) -> None:
        """Tell what an activity costs alone to its copies, in equal parts; or count it at once.

        What an hour costs more than another in the same cell experts hear by themselves.
        """
        choices = alone(self._instance, activity)
        drop = float(self._drop[activity])
        if not seen or not len(choices.points):
            self._rest += min(drop, choices.least)
            return
        share = sum(count for _, _, count in seen)
        own, copies = choices.points.astype(np.float64), []
        for n, row, count in seen:
            if self._askers[n] is self._weeks:
                own -= count * self._weeks.tell(row, choices, share)
            cells = self._askers[n].cells(choices)
            self._tolls[n][row] = choices.by_cell(cells, self._askers[n].size) / share
            if len(seen) > 1:
                self._rows[n][row] = len(self._rows[n])
                copies.append(Copy(n, self._rows[n][row], count, cells))
        if copies:
            self._shared.append(_told_apart(activity, own, copies))

    def _first_prices(self) -> list[Floats]:
        """A point above the least toll; nothing where all rows are used anyway."""
        return [
            np.where(np.isfinite(least), least + 1, 0.0) * asker.is_free
            for asker, mine in zip(self._askers, self._tolls, strict=True)
            for least in [mine.min(axis=1, initial=np.inf)]
        ]

    def _charges(self, at: Multipliers) -> list[Floats]:
        """What askers pay for a cell: its toll, less what is paid for service."""
        return [self._all_tolls(n, at) - price[:, None] for n, price in enumerate(at.prices)]

    def _all_tolls(self, asker: int, at: Multipliers) -> Floats:
        """An asker's tolls, those of rows that are not shared included."""
        if not self._rows[asker]:
            return self._tolls[asker]
        tolls = self._tolls[asker].copy()
        tolls[list(self._rows[asker])] = at.tolls[asker]
        return tolls

    def _own(self, one: Shared, at: Multipliers) -> Floats:
        """What each choice costs of which no copy pays."""
        own = one.points.copy()
        for copy in one.copies:
            own -= copy.count * at.tolls[copy.asker][copy.shared, copy.cells]
        return own

    def _value(self, at: Multipliers) -> tuple[float, float, Step]:
        """The relaxed minimum, the same where leaving out may spare what a group costs, a step."""
        charges = self._charges(at)
        found = [one.best(mine) for one, mine in zip(self._askers, charges, strict=True)]
        step = self._used(found)
        placed = np.zeros(len(self._drop))
        for activities, counts, prices in zip(
            self._activities, self._counts, at.prices, strict=True
        ):
            np.add.at(placed, activities, counts * prices)
        where = []
        for one in self._shared:
            own = self._own(one, at)
            where.append(int(own.argmin()))
            placed[one.activity] += own[where[-1]]
        extra, most = self._extra(found, charges)
        is_out = placed > most
        for one, choice in zip(self._shared, where, strict=True):
            if not is_out[one.activity]:
                for copy in one.copies:
                    step.tolls[copy.asker][copy.shared, copy.cells[choice]] -= copy.count
        for n, asker in enumerate(self._askers):
            if asker.is_free:
                step.prices[n] += self._counts[n] * ~is_out[self._activities[n]]
        counted = np.minimum(placed, most)
        value = self._rest + counted.sum() + sum(one.points for one in found)
        missing = sum(one.missing for one in found)
        return value, value - missing - self._spared(extra, most - counted), step

    def _used(self, found: Sequence[Found]) -> Step:
        """What askers use, as a step."""
        step = self._nothing()
        for n, one in enumerate(found):
            for row, cell in one.used:
                if row in self._rows[n]:
                    step.tolls[n][self._rows[n][row], cell] += 1
                step.prices[n][row] -= self._askers[n].is_free
        return step

    def _extra(
        self, found: Sequence[Found], charges: Sequence[Floats]
    ) -> tuple[list[float], Floats]:
        """What each group costs above its least tolls; what each activity may cost to be placed."""
        most, extra = self._drop.copy(), []
        for n, asker in enumerate(self._askers):
            if asker.is_free:
                extra.append(0.0)
                continue
            least = charges[n].min(axis=1)
            np.subtract.at(most, self._activities[n], least)
            extra.append(found[n].points - float(least.sum()))
        return extra, most

    def _spared(self, extra: Sequence[float], slack: Floats) -> float:
        """What leaving activities out might spare: their groups would cost nothing more."""
        groups = [n for n, asker in enumerate(self._askers) if not asker.is_free]
        shares = np.zeros(len(slack))
        for n in groups:
            np.add.at(shares, self._activities[n], 1)
        return sum(
            max(0.0, extra[n] - float((slack[mine] / shares[mine]).min(initial=np.inf)))
            for n in groups
            for mine in [self._activities[n]]
        )

    def _nothing(self) -> Step:
        """No step at all."""
        return Step(
            [np.zeros(one.shape) for one in self._at.tolls],
            [np.zeros(one.shape) for one in self._at.prices],
        )

    def _blend(self, average: Step, step: Step) -> None:
        """Let an average hear of the latest step."""
        means, news = (*average.tolls, *average.prices), (*step.tolls, *step.prices)
        for mean, latest in zip(means, news, strict=True):
            np.add((1 - NEWS) * mean, NEWS * latest, out=mean)

    def _walk(self, at: Multipliers, way: Step, length: float) -> None:
        """Go so far; nobody pays for being served."""
        for tolls, change in zip(at.tolls, way.tolls, strict=True):
            np.add(tolls, length * change, out=tolls)
        for prices, change in zip(at.prices, way.prices, strict=True):
            np.maximum(0.0, prices + length * change, out=prices)


def _told_apart(activity: int, points: Floats, copies: Sequence[Copy]) -> Shared:
    """The cheapest of the choices that are in one cell for every copy."""
    order = np.lexsort((points, *(copy.cells for copy in copies)))
    cells = np.array([copy.cells[order] for copy in copies])
    first = np.flatnonzero((np.diff(cells, axis=1, prepend=-1) != 0).any(axis=0))
    kept = order[first]
    return Shared(
        activity,
        points[kept],
        tuple(Copy(one.asker, one.shared, one.count, one.cells[kept]) for one in copies),
    )

"""What plans that cost less than a known one may use: choices by reduced costs.

A choice by which the bound is missed by as much as lies between it and the known plan is in no
better plan (Dantzig, Fulkerson and Johnson 1954). What its copies miss, and what it costs itself,
adds up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from events.planner.bound.copies import Alone, Asker, Floats, alone, seen_by
from events.planner.bound.weeks import Weeks
from events.planner.instance import Choice, Instance
from events.planner.people import Crew, Kind


class Left:
    """Choices and people of each activity.

    `losses`: by asker, (rows, cells), what the bound is missed by where a row uses a cell; those of
    each expert in `by_expert`. `tolls`: by asker, what an activity with several copies is spared.
    `slack`: by how much a better plan may miss the bound.
    """

    def __init__(
        self,
        instance: Instance,
        askers: Sequence[Asker],
        losses: Sequence[Floats],
        tolls: Sequence[Floats],
        weeks: Weeks,
        by_expert: Mapping[int, Floats],
        slack: float,
    ) -> None:
        self._instance, self._askers = instance, askers
        self._losses, self._tolls, self._slack = losses, tolls, slack
        self._weeks, self._by_expert = weeks, by_expert
        self._rows = seen_by(askers)

    def choices(self, activity: int) -> list[Choice]:
        """Those that a better plan may use, cheapest first."""
        options = alone(self._instance, activity)
        kept = np.flatnonzero(self._missed(activity, options) <= self._slack)
        kept = kept[np.argsort(options.points[kept], kind="stable")]
        venues, starts = options.venues[kept], options.starts[kept]
        costs = options.points[kept] - self._instance.exposures(activity, venues, starts)
        return list(zip(venues.tolist(), starts.tolist(), costs.tolist(), strict=True))

    def crews(self, activity: int) -> tuple[Crew, ...]:
        """Those of the people who are qualified for each need who may serve in a better plan."""
        may = {
            self._weeks.crews[row]: tuple(
                who
                for who in self._weeks.crews[row]
                if who in self._by_expert and self._by_expert[who][row].min() <= self._slack
            )
            for asker, row, _ in self._rows.get(activity, [])
            if self._askers[asker] is self._weeks
        }
        return tuple(
            may.get(need.qualified, need.qualified) if need.kind is Kind.EXPERT else need.qualified
            for need in self._instance.needs[activity]
        )

    def _missed(self, activity: int, options: Alone) -> Floats:
        """By how much the bound is missed with each choice at least."""
        rows = self._rows.get(activity, [])
        own, missed = options.points.astype(np.float64), np.zeros(len(options.points))
        if not rows:
            return own - min(options.least, self._instance.drop[activity])
        for asker, row, times in rows:
            cells = self._askers[asker].cells(options)
            own -= times * self._tolls[asker][row, cells]
            missed += times * self._losses[asker][row, cells]
        total: Floats = missed + own - own.min(initial=np.inf)
        return total

"""What plans that cost less than a known one may use: choices by reduced costs.

A choice that is dearer than the bound's least by as much as lies between the bound and the known
plan is in no better plan (Dantzig, Fulkerson and Johnson 1954).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from events.planner.groups import Floats, alone
from events.planner.instance import Choice, Instance
from events.planner.people import Crew, Kind
from events.planner.problem import DAY
from events.planner.weeks import Country


class Left:
    """Choices and people of each activity.

    `asking`: the activities of the rows of `losses`, which say for each expert what a bound is
    missed by at least where that expert serves, (rows, days, places). `allowed`: by how much a
    better plan may miss the bound with each activity.
    """

    def __init__(
        self,
        instance: Instance,
        country: Country,
        asking: Sequence[int],
        losses: Mapping[int, Floats],
        allowed: Mapping[int, float],
    ) -> None:
        self._instance, self._country = instance, country
        self._rows = {activity: row for row, activity in enumerate(asking)}
        self._losses, self._allowed = losses, allowed

    def choices(self, activity: int) -> list[Choice]:
        """Those that a better plan may use, cheapest first."""
        instance, country = self._instance, self._country
        options = alone(instance, activity)
        least = min(options.least, instance.drop[activity])
        missed = options.points - least
        row = self._rows.get(activity)
        if row is not None:
            cells = options.cells(len(instance.problem.days), country.of_venue, country.places)
            lost = np.min([one[row] for one in self._losses.values()], axis=0, initial=np.inf)
            at = options.starts // DAY, country.of_venue[options.venues]
            missed = lost[at] + options.points - cells[at]
        kept = np.flatnonzero(missed <= self._allowed[activity])
        kept = kept[np.argsort(options.points[kept], kind="stable")]
        venues, starts = options.venues[kept], options.starts[kept]
        costs = options.points[kept] - instance.exposures(activity, venues, starts)
        return list(zip(venues.tolist(), starts.tolist(), costs.tolist(), strict=True))

    def crews(self, activity: int) -> tuple[Crew, ...]:
        """Those of the people who are qualified for each need who may serve in a better plan."""
        needs = self._instance.needs[activity]
        row = self._rows.get(activity)
        if row is None:
            return tuple(need.qualified for need in needs)
        allowed = self._allowed[activity]
        may = {who for who, lost in self._losses.items() if lost[row].min() <= allowed}
        return tuple(
            tuple(x for x in need.qualified if need.kind is not Kind.EXPERT or x in may)
            for need in needs
        )

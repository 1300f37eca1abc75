"""An exact model of some activities while all others stay: CP-SAT over lists of candidates.

With all activities free it is the whole problem, and its bound one on every plan over the same
lists: what depends on the order of a person's ways is charged from below, tracks that like to be
compact are not charged at all. The tally has the last word on what is better.

Model: x[a,c] choice c of activity a, out[a], y[a,n,r] resource r fills need n. Rooms: at every
tick at which a hold begins, no more holds than rooms left. People: for two activities that share
a resource a literal "too close" is forced by their choices, and no resource serves both then.
(Large neighbourhood search: Shaw 1998.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from events.planner import charges, rules
from events.planner.board import Board, Spot
from events.planner.draft import Draft
from events.planner.engine import Engine, Outcome
from events.planner.offers import Offer
from events.planner.ways import Ways

PAIRS = 40
"""Sessions in a row of one expert on one day that a window looks at; a bound needs all."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What a window came to: new spots (None: left out), the bound of its model."""

    outcome: Outcome
    spots: dict[int, Spot | None]
    bound: int | None
    effort: float


class Window:
    """The model. `board` holds everything but the free activities; `old` is where they lay."""

    def __init__(
        self,
        board: Board,
        offers: Sequence[Offer],
        old: dict[int, Spot | None],
        *,
        most_pairs: int | None = PAIRS,
    ) -> None:
        self.draft = Draft(board, offers, old)
        for rule in (rules.rooms, rules.days, rules.tracks, rules.relations, rules.people):
            rule(self.draft)
        charges.coverage(self.draft)
        charges.series(self.draft)
        Ways(self.draft, most_pairs).add()

    def solve(
        self,
        engine: Engine,
        seconds: float,
        on_bound: Callable[[int], None] | None = None,
        *,
        below: int | None = None,
    ) -> Solution:
        """The best spots found, if any, within seconds, of those that cost less than `below`."""
        draft = self.draft
        total = sum(cost * variable for cost, variable in draft.costs)
        draft.model.minimize(total)
        if below is not None:
            draft.model.add(total < below)
            draft.model.clear_hints()
        solved = engine.solve(draft.model, seconds, on_bound, for_proof=below is not None)
        spots = self._read(solved.solver) if solved.is_found else {}
        return Solution(solved.outcome, spots, solved.bound, solved.effort)

    def _read(self, solver: Any) -> dict[int, Spot | None]:
        spots: dict[int, Spot | None] = {}
        for activity in self.draft.offers:
            chosen = [column for column, x in self.draft.columns(activity) if solver.value(x)]
            crew = tuple(
                next((who for who, y in need.items() if solver.value(y)), -1)
                for need in self.draft.y[activity]
            )
            spots[activity] = (
                Spot(chosen[0][0], chosen[0][1], crew, chosen[0][3]) if chosen else None
            )
        return spots

"""Can some rules all hold? Counted first, which costs next to nothing, then solved."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from events.planner.explain.counting import Counting
from events.planner.explain.model import Model, Outcome
from events.planner.explain.rules import Rule
from events.planner.explain.scene import Scene

MOST_RULES = 200
"""So many rules the solver may be asked about: beyond, cores take too long to find and to read."""


class Inquiry:
    """One scene, asked about often with more or fewer of its rules."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._counting = Counting(scene)

    def ask(self, assumed: Collection[Rule], seconds: float) -> Outcome:
        """Whether all of `assumed` can hold, every other rule aside; unknown once time is up."""
        if seconds <= 0:
            return Outcome()
        short = self._counting.shortage(assumed)
        if short is not None:
            return Outcome(core=short.rules, missing=short.missing)
        if len(self.scene.rules) > MOST_RULES:
            return Outcome()
        return self._model.solve(assumed, seconds)

    def lay_out(self, seconds: float) -> Outcome:
        """A way to keep all rules with every way counted in full; none may be found."""
        if seconds <= 0 or len(self.scene.rules) > MOST_RULES:
            return Outcome()
        return Outcome(Model(self.scene, in_full=True).solve(self.scene.rules, seconds).placements)

    @cached_property
    def _model(self) -> Model:
        return Model(self.scene)

"""Minutes as steps: one line of whole numbers that leaves out what cannot be used."""

from __future__ import annotations

from math import gcd

import numpy as np

from events.planner.candidates import Ints
from events.planner.problem import DAY, Problem


class Clock:
    """The steps of a problem, given every hold that is possible.

    A step is the greatest length that divides every start and duration. Unused time is left out,
    but one step stands for each gap and, where nothing lasts through the night, for midnight:
    neighbours on the line are neighbours on one day. The first and last step are never used.
    """

    def __init__(self, problem: Problem, holds: dict[tuple[int, int], Ints]) -> None:
        """`holds` maps minutes before and after the start to the starts, ascending."""
        self.tick = self._tick(problem, holds)
        self._first = max((before for before, _ in holds), default=0)
        last = max((before + after for before, after in holds), default=0)
        size = (self._first + len(problem.days) * DAY + last) // self.tick + 2
        used = np.zeros(size, dtype=np.bool_)
        joined = np.zeros(size, dtype=np.bool_)
        for (before, after), starts in holds.items():
            begins = (starts + self._first - before) // self.tick
            for step in range((before + after) // self.tick):
                used[begins + step] = True
                if step:
                    joined[begins + step] = True
        midnights = (np.arange(size) * self.tick - self._first) % DAY == 0
        broken = used & ~(np.roll(used, 1) & (joined | ~midnights))
        self._steps: Ints = np.cumsum(used) + np.cumsum(broken)
        self.size = int(self._steps[-1]) + 2

    def steps(self, minutes: Ints) -> Ints:
        """The steps of possible starts."""
        found: Ints = self._steps[(minutes + self._first) // self.tick]
        return found

    def span(self, minutes: int) -> int:
        """How many steps a duration fills."""
        return minutes // self.tick

    @staticmethod
    def _tick(problem: Problem, holds: dict[tuple[int, int], Ints]) -> int:
        lengths = {problem.grid, DAY}
        for activity in problem.activities:
            lengths |= {activity.minutes, activity.setup, activity.strike}
        starts = [int(np.gcd.reduce(starts)) for starts in holds.values() if len(starts)]
        return gcd(*lengths, *starts)

"""When a search ends, and who hears of it: the only clock of the planner."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from events.planner.answer import Limits


class Stop:
    """The limits of one search, counted from its making."""

    def __init__(self, limits: Limits, should_stop: Callable[[], bool] | None = None) -> None:
        self._limits = limits
        self._asked = should_stop or (lambda: False)
        self._began = time.monotonic()
        self._rounds = 0
        self._whole: Stop | None = None

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Seconds until the limit; 0.0 once it has passed or somebody asked to stop."""
        if self.over():
            return 0.0
        return max(0.0, self._limits.seconds - self.elapsed())

    def spent(self) -> float:
        """The share of the limit that is used up, 0.0 to 1.0; of work, where that is limited."""
        if self.over():
            return 1.0
        if self._limits.work is not None:
            return self._rounds / self._limits.work
        return self.elapsed() / self._limits.seconds

    def count(self, rounds: int = 1) -> None:
        """So many rounds of improvement were done."""
        self._rounds += rounds
        if self._whole is not None:
            self._whole.count(rounds)

    def part(self, share: float, most: float = math.inf) -> Stop:
        """A stop for a part of this search: so much of what is left, `most` seconds at most.

        Where work is limited, the part is a share of the rounds that are left, one at least.
        """
        work = self._limits.work
        rounds = None if work is None else max(1, math.ceil((work - self._rounds) * share))
        time_left = self._limits.seconds - self.elapsed()
        span = time_left if rounds is not None else min(most, time_left * share)
        part = Stop(Limits(seconds=max(0.0, span), work=rounds), self.over)
        part._whole = self
        return part

    def over(self) -> bool:
        """Whether time or work is spent, or somebody asked to stop."""
        work = self._limits.work
        return (
            (work is not None and self._rounds >= work)
            or self.elapsed() >= self._limits.seconds
            or self._asked()
        )

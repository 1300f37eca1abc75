"""How a search goes, told once a second at least, in the thread of the one who asked.

The search runs in a thread of its own and only leaves word; `Herald.tell` delivers. So nobody is
called from a strange thread, and a long solve keeps nobody waiting: not the events, not a cancel.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Literal

from events.planner.answer import Limits, Plan, Progress, Score, Sentence, Status
from events.planner.stop import Stop

BEAT = 0.6
"""Seconds after which something is said even if nothing has happened."""
PROMPT, GRACE = 0.4, 2.0
"""Seconds to stop in when somebody asks, and when time is up; then a search is left to itself."""
LOOK = 0.03
"""Seconds between two looks for news and for a wish to stop."""

Phase = Literal["filter", "greedy", "improve", "staff", "verify", "solution", "done"]

SENTENCES: dict[Phase, Sentence] = {
    "filter": Sentence("正在找出每场活动可用的场地和时间", "Looking where and when all can be"),
    "greedy": Sentence("正在排出第一份方案", "Making a first plan"),
    "improve": Sentence("正在改进方案", "Improving the plan"),
    "staff": Sentence("正在安排志愿者", "Assigning volunteers"),
    "verify": Sentence("正在逐条核对规则", "Checking every rule"),
    "solution": Sentence("找到更好的方案", "Found a better plan"),
    "done": Sentence("已完成", "Done"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A plan that the checker passed, its score, and the activities that it moved.

    owed: by so much it falls short of what is promised (`Violation.is_owed`).
    """

    plan: Plan
    score: Score
    changed: tuple[str, ...]
    unplaced: int
    owed: int = 0

    def status(self, bound: int | None) -> Status:
        """OPTIMAL where the bound proves it, which says nothing of what is owed."""
        is_proved = bound == self.score.total and not self.owed
        return Status.OPTIMAL if is_proved else Status.GOOD


def rank(one: Found | Progress) -> tuple[int, int]:
    """Of two plans the better one ranks lower: it owes less, or as much and costs less."""
    return one.owed, one.score.total if isinstance(one, Found) else one.cost or 0


News = Phase | Found | int
"""What a search leaves word of: a phase begun, a plan found, a bound proved."""


class Herald:
    """Makes events of what the search leaves word of, and keeps them all."""

    def __init__(self, stop: Stop, limits: Limits, on_event: Callable[[Progress], None]) -> None:
        self.trace: list[Progress] = []
        self._stop = stop
        self._limits = limits
        self._on_event = on_event
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._last = Progress(0, 0.0, "filter", 0)
        self._phase: Phase = "filter"
        self._spoke = time.monotonic()

    def leave(self, news: News) -> None:
        """Word from the search, delivered at the next look."""
        self._news.put(news)

    def tell(
        self,
        job: Future[None],
        halt: Callable[[], None],
        asked: Callable[[], bool],
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """Deliver until the job is done, or until it has not stopped in spite of all grace.

        It is told to stop once somebody asks, or when the time is up; until then `look` is called
        between any two deliveries.
        """
        until: float | None = None
        while not job.done():
            try:
                self._deliver(self._news.get(timeout=LOOK))
            except queue.Empty:
                self._beat()
            is_asked = asked()
            if until is None and (is_asked or self._stop.elapsed() >= self._limits.seconds):
                until = time.monotonic() + (PROMPT if is_asked else GRACE)
            if until is not None:
                halt()
                if time.monotonic() >= until:
                    break
            else:
                look()
        self.drain()

    def drain(self) -> None:
        """Deliver what is left."""
        while not self._news.empty():
            self._deliver(self._news.get())

    def done(self, found: Found) -> None:
        """The last event."""
        self._last = self._with(found)
        self._say("done", replace(self._last, pct=100, changed=()))

    def _beat(self) -> None:
        if time.monotonic() - self._spoke >= BEAT:
            self._say(self._phase, replace(self._last, changed=(), plan=None))

    def _deliver(self, news: News) -> None:
        if isinstance(news, Found):
            self._say("solution", self._with(news))
        elif isinstance(news, int):
            if self._last.bound is None or news > self._last.bound:
                self._say(self._phase, replace(self._last, bound=news, changed=(), plan=None))
        else:
            self._phase = news
            self._say(news, replace(self._last, changed=(), plan=None))

    def _with(self, found: Found) -> Progress:
        return replace(
            self._last,
            cost=found.score.total,
            placed=len(found.plan.placements),
            unplaced=found.unplaced,
            by_term=dict(found.score.by_term),
            changed=found.changed,
            plan=found.plan,
            owed=found.owed,
        )

    def _say(self, phase: Phase, event: Progress) -> None:
        t = self._stop.elapsed()
        pct = max(event.pct, self._last.pct, min(99, int(100 * t / self._limits.seconds)))
        event = replace(
            event,
            seq=self._last.seq + 1,
            t=round(t, 3),
            phase=phase,
            pct=pct,
            sentence=SENTENCES[phase],
        )
        self._last = event
        self._spoke = time.monotonic()
        self.trace.append(replace(event, plan=None))
        self._on_event(event)

"""The best plan of every block so far, and the news of all their searches told as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from events.planner.answer import Plan, Progress, Score
from events.planner.blocks import join
from events.planner.check import owed
from events.planner.problem import Problem, Term
from events.planner.progress import BEAT, SENTENCES, Phase, rank
from events.planner.score import score
from events.planner.stop import Stop
from events.planner.wording import Template

TOLD = Template(
    "第{number}部分（共{count}部分，已完成{done}部分）：{said}",
    "Part {number} of {count} ({done} done): {said}",
)

MISSED = (Term.UNPLACED, Term.PLACES)
"""Of activities and of volunteers' places."""


class Assembly:
    """Hears of searches over blocks, in one round or several; begins with empty plans.

    Costs are added up over the blocks. `trace`: every event that was told, without its plan.
    """

    def __init__(
        self, blocks: Sequence[Problem], stop: Stop, on_event: Callable[[Progress], None]
    ) -> None:
        self.trace: list[Progress] = []
        self._stop = stop
        self._on_event = on_event
        self._best = [_nothing(block) for block in blocks]
        self._round: dict[int, int] = {}
        self._span = (0, 0)

    @property
    def plans(self) -> list[Plan]:
        """The best checked plan of each block."""
        return [one.plan or Plan() for one in self._best]

    @property
    def wanting(self) -> list[int]:
        """Blocks without a plan, or whose plan leaves something out; the most points first."""
        missed = [sum(one.by_term.get(term, 0) for term in MISSED) for one in self._best]
        found = (n for n, one in enumerate(self._best) if one.plan is None or missed[n])
        return sorted(found, key=lambda n: -missed[n])

    def begin(self, numbers: Sequence[int], until: int) -> None:
        """A round of searches over these blocks, with whose end `until` percent are done."""
        self._span = self._span[1], until
        self._round = dict.fromkeys(numbers, 0)

    def hear(self, number: int, event: Progress) -> None:
        """Keep a better plan of a block, and tell how all of them are."""
        is_better = event.plan is not None and rank(event) < rank(self._best[number])
        if is_better:
            self._best[number] = event
        self._round[number] = event.pct
        done = sum(pct == 100 for pct in self._round.values())
        added_up = self._added_up()
        is_solution = event.phase == "solution" and not added_up.owed
        phase = "improve" if event.phase in {"solution", "done"} else event.phase
        self._tell(
            replace(
                added_up,
                phase="solution" if is_solution else phase,
                changed=event.changed if is_better else (),
                plan=join(self.plans) if is_solution else None,
                sentence=TOLD.fill(
                    number=number + 1,
                    count=len(self._best),
                    done=done,
                    said=SENTENCES["done"] if event.phase == "done" else event.sentence,
                ),
            )
        )

    def beat(self) -> None:
        """Say how it stands, if nothing has been said for a while."""
        if self._stop.elapsed() - self.trace[-1].t >= BEAT:
            self._tell(replace(self._added_up(), sentence=SENTENCES["improve"]))

    def tell(self, phase: Phase) -> None:
        """Say what is done with all of it."""
        self._tell(replace(self._added_up(), phase=phase, sentence=SENTENCES[phase]))

    def finish(self, plan: Plan, points: Score) -> None:
        """The last event: the whole as it is scored."""
        self._span = 100, 100
        last = replace(self._added_up(), cost=points.total, by_term=dict(points.by_term))
        self._tell(replace(last, phase="done", plan=plan, sentence=SENTENCES["done"]))

    def _added_up(self) -> Progress:
        terms: Counter[Term] = Counter()
        for one in self._best:
            terms.update(one.by_term)
        return Progress(
            seq=len(self.trace) + 1,
            t=round(self._stop.elapsed(), 3),
            phase="improve",
            pct=self._pct(),
            cost=sum(one.cost or 0 for one in self._best),
            placed=sum(one.placed for one in self._best),
            unplaced=sum(one.unplaced for one in self._best),
            by_term=terms,
            owed=sum(one.owed for one in self._best),
        )

    def _pct(self) -> int:
        begun, until = self._span
        share = sum(self._round.values()) / max(1, len(self._round))
        return begun + int((until - begun) * share / 100)

    def _tell(self, event: Progress) -> None:
        self.trace.append(replace(event, plan=None))
        self._on_event(event)


def _nothing(block: Problem) -> Progress:
    """As if a search had found the empty plan."""
    points = score(block, Plan())
    return Progress(
        seq=0,
        t=0.0,
        phase="filter",
        pct=0,
        cost=points.total,
        unplaced=len(block.activities),
        by_term=points.by_term,
        owed=owed(block, Plan()),
    )

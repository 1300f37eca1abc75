"""What `plan` says in a terminal, line by line."""

from __future__ import annotations

import pytest

from events.planning import listing
from events.planning.columns import broken
from events.planning.models import PlanRun
from events.planning.queries import Shown
from events.planning.states import PlanState


@pytest.mark.parametrize(
    ("state", "facts", "said"),
    [
        (PlanState.STOPPED, {}, listing.NOTHING),
        (PlanState.FAILED, {}, listing.FAILED),
        (PlanState.FAILED, {"faults": [{"zh": "座位数", "en": "seats"}]}, listing.FAULTY),
    ],
)
def test_a_search_without_a_plan_says_why(
    state: PlanState, facts: dict[str, object], said: str
) -> None:
    run = PlanRun(state=state, facts=facts)
    assert listing._early(Shown(run=run, placed=(), left=(), is_stale=False)) == said


def test_lines_of_a_terminal_are_broken_at_its_width() -> None:
    line = "  - 《流动科技馆巡展》只能在指定的场地举办：示例区科技馆 报告厅（9月20日 09:00–17:00）"
    assert list(broken(line, 44)) == [
        "  - 《流动科技馆巡展》只能在指定的场地举办：",
        "    示例区科技馆 报告厅（9月20日",
        "    09:00–17:00）",
    ]
    assert list(broken("A053/1 Phones for the elderly", 10)) == ["A053/1 Phones for the elderly"]
    assert list(broken("", 80)) == [""]
    assert list(broken("秋" * 19 + ":冬天", 40)) == ["秋" * 19 + ":", "  冬天"]

"""The process that solves, and its parent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from events.planner.answer import Limits, Result
from events.planning.child import Message, Task
from events.planning.process import Search
from tests.planner.worlds import SHOW, WORLD

MORE_THAN_A_PIPE_HOLDS = "长" * 100_000
PATIENCE = 60.0


def test_a_stop_asked_while_the_task_is_handed_over_brings_the_plan_until_then() -> None:
    long = replace(WORLD, activities=(replace(SHOW, title=MORE_THAN_A_PIPE_HOLDS),))
    heard: list[Message] = []
    with Search(Task(problem=long, limits=Limits(seconds=PATIENCE))) as search, suppress(EOFError):
        search.ask_to_stop()
        while message := search.next(PATIENCE):
            heard.append(message)
    results = [one for one in heard if isinstance(one, Result)]
    assert [one.faults for one in results] == [()]

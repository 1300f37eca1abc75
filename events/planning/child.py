"""The process that solves: reads one task, tells how it goes, ends. Knows the planner and no table.

Started by alone.py: the task comes pickled on standard input, whose end asks to stop; messages go
out pickled on standard output. So a search ends with whoever asked for it, and may be killed at
any moment.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from events.planner.answer import Explanation, Limits, Progress, Result
from events.planner.problem import Problem
from events.planner.stop import Stop

SPARE_MB = 1024
"""For the interpreter and its libraries, on top of what the engine may take."""
NICENESS = 5
EXPLAINING_S = 30.0
"""For the reasons of all that is left out."""
LEAST_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to solve, and of which activities to explain more than the waterfall."""

    problem: Problem
    limits: Limits
    seed: int = 1
    explain: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Why activities are not in the plan, or whatever was asked for, by their names."""

    by_activity: dict[str, Explanation]


Message = Progress | Result | Reasons


def main() -> None:
    """Solve the task on standard input."""
    out = _messages()
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent's words
    _bound(task.limits.memory + SPARE_MB)
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, stopped), daemon=True).start()
    for message in solve(task, should_stop=stopped.is_set, on_event=lambda one: _send(out, one)):
        _send(out, message)
    out.close()
    os._exit(0)  # whatever thread of an engine is left


def solve(
    task: Task, *, should_stop: Callable[[], bool], on_event: Callable[[Progress], None]
) -> Iterator[Message]:
    """The result, then the reasons of what is left out; events go to `on_event` meanwhile."""
    from events.planner.solve import plan  # noqa: PLC0415 - large: only where it is solved

    result = plan(
        task.problem,
        limits=task.limits,
        on_event=on_event,
        should_stop=should_stop,
        seed=task.seed,
    )
    yield replace(result, trace=())
    if not result.faults:
        yield from reasons(task, result, should_stop)


def reasons(task: Task, result: Result, should_stop: Callable[[], bool]) -> Iterator[Reasons]:
    """Why what is left out is, and what the task asks of; one by one, the asked ones first.

    Each has its share of the time: whoever comes too late has its counts alone.
    """
    names = list(dict.fromkeys((*task.explain, *result.unplaced)))
    if not names:
        return
    from events.planner.explain import explain  # noqa: PLC0415 - large: only where it is solved

    stop = Stop(Limits(seconds=EXPLAINING_S), should_stop)
    for number, name in enumerate(names):
        share = max(stop.left() / (len(names) - number), LEAST_S)
        limits = replace(task.limits, seconds=share, work=None)
        told = explain(task.problem, result.plan, name, limits=limits)
        yield Reasons(by_activity={name: told})


def _messages() -> BinaryIO:
    """Standard output, kept to ourselves: what a library prints goes to standard error."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _send(out: BinaryIO, message: Message) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody listens: the end of input says so, too
        pickle.dump(message, out)
        out.flush()


def _listen(asks: BinaryIO, stopped: threading.Event) -> None:
    asks.read(1)
    stopped.set()


def _bound(megabytes: int) -> None:
    """Let this process have so much memory, where that can be said, and others go first."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)

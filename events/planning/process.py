"""The parent's side of a search: starts the process, hears its messages, stops or kills it."""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from events.planning.child import Message, Task

ALONE = Path(__file__).with_name("alone.py")


class Search:
    """One search in a process of its own. A context manager: at its end the process is gone."""

    def __init__(self, task: Task) -> None:
        self._news: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._child = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", str(ALONE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = self._child.pid
        self._handed_over, self._unwanted = threading.Event(), threading.Event()
        self._ear = threading.Thread(target=self._hear, args=(task,), daemon=True)
        self._ear.start()

    def __enter__(self) -> Self:
        """The search itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Whatever still runs is killed."""
        self.kill()
        self._child.wait()
        self._ear.join()
        for pipe in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(OSError, AttributeError):
                pipe.close()  # type: ignore[union-attr]

    def next(self, timeout: float) -> Message | None:
        """The next message, or None when none came in time. Raises EOFError after the last."""
        try:
            found = self._news.get(timeout=timeout)
        except queue.Empty:
            return None
        if found is None:
            self._news.put(None)
            raise EOFError
        return found

    def ask_to_stop(self) -> None:
        """The best plan so far is wanted now, or as soon as the task has been handed over."""
        self._unwanted.set()
        if self._handed_over.is_set():
            self._end_input()

    def kill(self) -> None:
        """End it at once."""
        self._child.kill()

    def _hear(self, task: Task) -> None:
        """In a thread: hand the task over, then pass on what comes until it ends."""
        assert self._child.stdin
        assert self._child.stdout
        with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError):
            pickle.dump(task, self._child.stdin)
            self._child.stdin.flush()
            self._handed_over.set()
            if self._unwanted.is_set():
                self._end_input()
            while True:
                self._news.put(pickle.load(self._child.stdout))  # noqa: S301 - our own child's
        self._news.put(None)

    def _end_input(self) -> None:
        """What the child takes as the wish to stop."""
        with contextlib.suppress(OSError):
            assert self._child.stdin
            self._child.stdin.close()

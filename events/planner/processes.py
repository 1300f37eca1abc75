"""Several searches at once, each in a process of its own, on systems that can fork.

A server that has loaded what is large once forks a process for each block, so that none begins with
seconds of loading, and nothing of one search weighs on the next: what does not stop in time dies
with its process. A process that dies has told its last checked plan before. None outlives whoever
asked, however that ends: a pipe to nobody is a wish to stop. Neither the server nor a process loads
the application (alone.py).
"""

from __future__ import annotations

import pickle
import resource
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from runpy import run_path
from threading import Thread

from events.planner.answer import Progress
from events.planner.jobs import Heard, Job, Over, search
from events.planner.progress import LOOK

ALONE = str(Path(__file__).with_name("alone.py"))
LOADED = ["numpy", "numba", "ortools.sat.python.cp_model", "ortools.linear_solver.pywraplp"]
"""What takes a search longest to load, as far as it is there."""


class Processes:
    """An `Each` that runs so many searches at a time; `peak`: the most memory of one, in MB."""

    def __init__(self, at_once: int) -> None:
        self.peak = 0
        self._at_once = at_once
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(LOADED)

    def __call__(self, jobs: Iterable[Job], hear: Heard, over: Over) -> None:
        """Run all jobs, or until it is over: then what still runs is killed."""
        waiting = iter(jobs)
        running: dict[Connection, tuple[int, BaseProcess]] = {}
        loading = Thread(target=self._load, daemon=True)
        loading.start()
        while loading.is_alive() and not over():
            loading.join(LOOK)
        try:
            while not over():
                for job in islice(waiting, self._at_once - len(running)):
                    wire, process = self._begin(job)
                    running[wire] = job.number, process
                if not running:
                    return
                spoke = wait(list(running), LOOK)
                for wire in [one for one in running if one in spoke]:
                    if not self._read(wire, partial(hear, running[wire][0])):
                        _end(wire, running.pop(wire)[1])
        finally:
            for wire, (_, process) in running.items():
                _end(wire, process)

    def _load(self) -> None:
        """Start the server unless one runs: its first process begins once everything is loaded."""
        nothing = self._context.Process(target=int)
        nothing.start()
        nothing.join()

    def _begin(self, job: Job) -> tuple[Connection, BaseProcess]:
        ours, theirs = self._context.Pipe()
        told = {"asked": pickle.dumps(job), "wire": theirs}
        args = (ALONE, told, "__main__")
        process = self._context.Process(target=run_path, args=args, daemon=True)
        process.start()
        theirs.close()
        return ours, process

    def _read(self, wire: Connection, hear: Callable[[Progress], None]) -> bool:
        """Pass on one event; False once there are no more."""
        try:
            told = wire.recv()
        except (EOFError, OSError):  # closed, or broken off within an event
            return False
        if isinstance(told, int):
            self.peak = max(self.peak, told)
        else:
            hear(told)
        return True


def answer(job: Job, wire: Connection) -> None:
    """Search, and send all events; end when the other end says anything, or closes."""
    with suppress(ConnectionError):
        search(job, wire.send, wire.poll)
        wire.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    wire.close()


def work(asked: bytes, wire: Connection) -> None:
    """The whole life of a process; who interrupts a program means the one who asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer(pickle.loads(asked), wire)  # noqa: S301 - our own parent's words


def _end(wire: Connection, process: BaseProcess) -> None:
    """Whether it has said all or not: a search that was left behind would keep its process."""
    wire.close()
    process.kill()
    process.join()

"""Web server and worker as an operator runs them, killed at random and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("serve", "worker")


@dataclass
class Installation:
    """Both processes; each runs in a group of its own, so that a kill takes its children along."""

    environment: dict[str, str]
    log: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))

    def start(self, role: str) -> None:
        """Start `serve` or `worker` (again)."""
        with self.log.open("ab") as log:
            self.running[role] = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", role],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, role: str) -> None:
        """kill -9, no last word; then a new one."""
        process = self.running[role]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _wait_for_the_end_of(process.pid)
        self.killed[role] += 1
        self.start(role)

    def stop(self) -> None:
        """Ask both to end, as an operator does."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            process.wait(timeout=120)


def _wait_for_the_end_of(group: int) -> None:
    """Until its last process has let go of the port: the next one would find it taken."""
    with suppress(ProcessLookupError):
        for _ in range(100):
            os.killpg(group, 0)
            time.sleep(0.02)


@contextmanager
def installation(environment: dict[str, str], log: Path) -> Iterator[Installation]:
    """Both processes, running; ended afterwards."""
    made = Installation({**os.environ, **environment}, log)
    for role in ROLES:
        made.start(role)
    try:
        yield made
    finally:
        made.stop()


@dataclass
class Killer(threading.Thread):
    """Kills one of the two at random moments until it has killed `most` times."""

    target: Installation
    rng: random.Random
    most: int
    pause_s: tuple[float, float] = (0.3, 3.5)
    done: threading.Event = field(default_factory=threading.Event)
    fault: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        try:
            for number in range(self.most):
                time.sleep(self.rng.uniform(*self.pause_s))
                self.target.kill(ROLES[number % 2] if number < 4 else self.rng.choice(ROLES))
        except BaseException as fault:  # noqa: BLE001 - told by the test
            self.fault = fault
        finally:
            self.done.set()

    def __hash__(self) -> int:
        return id(self)

"""Runs the parts of Kepu side by side, in the process of bootstrap.py. Standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MISUSE = 2
GRACE_S = 10.0
LONGEST_PAUSE_S = 10.0
HEAD_START_S = 4.0  # of each part: the first page shares its processor with nobody's imports
ONCE = {"prepare"}  # parts whose work is done when they end, however they end


def supervise(commands: Mapping[str, Sequence[str]]) -> int:
    """Run `commands` side by side until SIGINT, SIGTERM or SIGHUP. Returns the exit status.

    The first of them starts at once, each other 4 s after the one before.
    A part that ends is started again, after 1 s and at most 10 s, but not `prepare`; a `serve` that
    ends with status 2 (it has said why) ends all of it with 2. If this process is killed outright,
    Linux tells the parts to stop (elsewhere they stay).
    """
    asked: list[int] = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda signum, _frame: asked.append(signum))
    children = [
        Child(name, command, pause=HEAD_START_S * number)
        for number, (name, command) in enumerate(commands.items())
    ]
    while not asked:
        for child in children:
            status = child.look()
            if status is None:
                continue
            if child.name == "serve" and status == MISUSE:
                _stop(children, signal.SIGTERM, asked)
                return MISUSE
            how = f"signal {-status}" if status < 0 else f"status {status}"
            again = f"starting it again in {child.pause():.0f} s"
            sys.stderr.write(f"{child.name} ended ({how}); {again}\n")
        time.sleep(0.1)
    _stop(children, asked[0], asked)
    return 0


def parts(python: str) -> dict[str, list[str]]:
    """The commands of the web server, of the worker, and of what makes planning ready.

    `python` has all that they import.
    """
    part = str(ROOT / "events" / "part.py")
    return {
        **{name: [python, "-P", part, name] for name in ("serve", "worker")},
        "prepare": [python, "-P", str(ROOT / "events" / "planning" / "alone.py"), "prepare"],
    }


class Child:
    """One part of Kepu as a process of its own, started again when it ends unasked.

    Unless its work is done once: then nobody hears of its end.
    """

    def __init__(self, name: str, command: Sequence[str], *, pause: float) -> None:
        self.name = name
        self._command = list(command)
        self._pause = 1.0
        self._due = time.monotonic() + pause
        self._process: subprocess.Popen[bytes] | None = None
        self._is_up = False

    def start(self) -> None:
        """Start it, as leader of a process group: Ctrl+C reaches it once, through us."""
        self._started = time.monotonic()
        self._is_up = True
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            cwd=ROOT,
            env=dict(os.environ, PYTHONUNBUFFERED="1"),
            process_group=0 if os.name == "posix" else -1,
            preexec_fn=_with_parent(),  # noqa: PLW1509 - this process has one thread
        )

    def look(self) -> int | None:
        """Its exit status when it has ended since the last look; starts it again when due."""
        now = time.monotonic()
        status = self._process.poll() if self._process else None
        if self._is_up and status is not None:
            self._is_up = False
            self.kill()
            self._plan_restart(now)
            return None if self.name in ONCE else status
        if not self._is_up and now >= self._due:
            self.start()
        return None

    def pause(self) -> float:
        """Seconds until it is started again."""
        return max(0.0, self._due - time.monotonic())

    def has_ended(self) -> bool:
        """Whether it does not run."""
        return self._process is None or self._process.poll() is not None

    def send(self, signum: int) -> None:
        """Pass a signal on, as long as it runs."""
        if self._process and not self.has_ended():
            self._process.send_signal(signum)

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()

    def _plan_restart(self, now: float) -> None:
        lived = now - self._started
        self._pause = 1.0 if lived > LONGEST_PAUSE_S else min(self._pause, LONGEST_PAUSE_S)
        self._due = math.inf if self.name in ONCE else now + self._pause
        self._pause *= 2


def _stop(children: Sequence[Child], signum: int, asked: Sequence[int]) -> None:
    """Ask all to stop; after 10 s, or when asked a second time, end them."""
    count = len(asked)
    for child in children:
        child.send(signum)
    until = time.monotonic() + GRACE_S
    while time.monotonic() < until and len(asked) == count:
        if all(child.has_ended() for child in children):
            break
        time.sleep(0.05)
    for child in children:
        child.kill()


def _with_parent() -> Callable[[], None] | None:
    """For preexec_fn: the child gets SIGTERM when this process dies, even by kill -9 (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent, pr_set_pdeathsig = ctypes.CDLL(None), os.getpid(), 1

    def prepare() -> None:
        libc.prctl(pr_set_pdeathsig, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare

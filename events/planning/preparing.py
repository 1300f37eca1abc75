"""The process that compiles the planner's loops before anybody plans, last in line.

Started beside the first start, by the set-up and before the tests, it says so as the set-up does:
python -P events/planning/alone.py prepare. Killed or failed it leaves what is done; the rest is
compiled with the first plan.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import warnings

COMPILING = "Compiling the planner's loops, once: about a minute of one processor"
READY = "The planner is ready"


def main() -> None:
    """Compile what is missing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends it without a word
    begun = time.monotonic()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(19)
    warnings.simplefilter("ignore")
    with contextlib.suppress(Exception):
        from events.planner.ahead import prepare  # noqa: PLC0415 - after others may go first

        if prepare(on_start=lambda: _say(COMPILING, begun)):
            _say(READY, begun)


def _say(phase: str, begun: float) -> None:
    """A line as of the set-up; whoever has gone need not hear it."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"[{time.monotonic() - begun:4.0f} s] {phase}\n")
        sys.stdout.flush()

"""The process that compiles the planner's loops before anybody plans; silent, and last in line.

Started beside the first start and by the set-up: python -P events/planning/alone.py prepare. Killed
or failed it leaves what is done; the rest is compiled with the first plan.
"""

from __future__ import annotations

import contextlib
import os
import signal
import warnings


def main() -> None:
    """Compile what is missing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends it without a word
    with contextlib.suppress(AttributeError, OSError):
        os.nice(19)
    warnings.simplefilter("ignore")
    with contextlib.suppress(Exception):
        from events.planner.ahead import prepare  # noqa: PLC0415 - after others may go first

        prepare()

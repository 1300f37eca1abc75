"""What solves is large: only the process that solves loads it; pages know nothing of it."""

from __future__ import annotations

import subprocess
import sys

LARGE = ("numpy", "ortools", "numba")
ASK = f"""
import sys, events
print("events.planner" in sys.modules)
import events.jobs
print(sorted(set({LARGE}) & set(sys.modules)))
"""


def test_pages_and_worker_load_no_solver() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "[]"]

"""Words of plan runs."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """How far a run is; WAITING is picked up by the worker, STOPPED and FAILED may have a plan."""

    WAITING = "waiting"
    SOLVING = "solving"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


UNDER_WAY = (PlanState.WAITING, PlanState.SOLVING)

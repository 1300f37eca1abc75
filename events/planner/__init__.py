"""The planner: lays out a whole campaign in one call, says why, and repairs it.

Knows problems and plans as frozen values; must not know the house: no table, no Flask, no clock
but its limits. Start reading in problem.py and answer.py, then solve.py, search.py.

Public are `plan`, `replan`, `check`, `score`, and `explain` in the package of that name.

What searches is loaded when it is asked for: whoever only names a term or reads an answer, as the
house's pages do, need not wait for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from events.planner.check import check
from events.planner.score import score

if TYPE_CHECKING:
    from events.planner.repair import replan
    from events.planner.solve import plan

__all__ = ["check", "plan", "replan", "score"]

_SEARCHES = {"plan": "solve", "replan": "repair"}


def __getattr__(name: str) -> Any:
    """A search, from its module."""
    if name in _SEARCHES:
        return getattr(import_module(f"{__name__}.{_SEARCHES[name]}"), name)
    raise AttributeError(name)

"""The planner: lays out a whole campaign in one call, says why, and repairs it.

Knows problems and plans as frozen values; must not know the house: no table, no Flask, no clock
but its limits. Start reading in problem.py and answer.py, then solve.py.
"""

from events.planner.check import check
from events.planner.score import score
from events.planner.solve import plan

__all__ = ["check", "plan", "score"]

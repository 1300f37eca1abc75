"""A campaign annealed whole: venues, times, people and shelters moved in compiled loops.

Knows tables of whole numbers made from an instance. Start reading in search.py, then kernel.py;
legal.py says what may lie where, points.py what it costs, change.py keeps both up to date.
"""

from events.planner.compiled import IS_COMPILED
from events.planner.moves.search import improve

__all__ = ["IS_COMPILED", "improve"]

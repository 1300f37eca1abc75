"""How little any plan can cost, where nothing can be proved outright.

Experts, kits, series and relations each look at the activities that concern them as if nothing else
were there. Start reading in relaxation.py; who looks, and at what, is in the other modules.
"""

from events.planner.bound.relaxation import BRISK, THOROUGH, Relaxation

__all__ = ["BRISK", "THOROUGH", "Relaxation"]

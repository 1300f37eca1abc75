"""Volunteers' places: stage B of a plan, people for activities that stand.

Knows posts, lines and contracts as arrays; must not know how activities came to their places, nor
the house. Start reading in book.py (the question), line.py (the rules), search.py (the answer).
"""

from __future__ import annotations

from events.planner.staff.search import Heard, assign

__all__ = ["Heard", "assign"]

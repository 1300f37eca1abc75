"""Venue and time of every activity: built up greedily, then annealed in compiled loops.

Knows tables of whole numbers made from a problem; moves venue and start only, and must not know
who the people are: experts, kits and teams that a placement carries stay with it and count as
hindrances. Start reading in search.py, then kernel.py.
"""

from events.planner.layout.search import construct, improve

__all__ = ["construct", "improve"]

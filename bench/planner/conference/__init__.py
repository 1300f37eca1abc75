"""A conference laid out by the planner and by EMF's SlotMachine, judged by one measure.

Knows both ways to say the question; the peer is run in an interpreter of its own and never
imported here. Start reading in talks.py (the question) and judge.py (the measure), then run.py.
"""

"""Measures the planner: public instances in their own formats, drawn campaigns, reports.

Knows formats, scorers and generators; the planner knows none of them. Start reading in
__main__.py.
"""

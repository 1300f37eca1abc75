"""A first plan for a campaign: wishes into times, spaces and teams, greedily, in one pass.

A reader across features: it proposes, a flow stores. Start reading at first_fit.py (pure).
"""

"""Plans of a campaign's drafts: what the planner is asked, the search, and the plan it found.

A reader across features: it proposes, a flow stores; tables are read in problem.py and what it
calls, the planner itself knows none. Start reading in problem.py, then run.py; first_fit.py is the
first suggestion, in one pass.
"""

"""The year as it was announced: holidays, make-up workdays, this year's dates of observances.

Knows what administrators enter, over what stands on file in events/observances; must not know
campaigns. It belongs to the whole installation. Start reading in queries.py.
"""

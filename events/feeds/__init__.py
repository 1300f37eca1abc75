"""Calendar feeds: which there are, what stands in them, and their bytes.

A reader across features: changes nothing but its own tokens. Start reading at calendars.py: found
by queries.py, which sessions by membership.py and reach.py, read by entries.py, written by
render.py.
"""

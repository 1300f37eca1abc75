"""When: series (a rule in wall time with its zone) and their occurrences (moments in UTC).

Must not know where they take place or who comes. Start reading at services.py.
"""

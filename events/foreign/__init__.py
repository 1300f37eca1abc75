"""Calendars of others (.ics): read with care, fetched with suspicion, kept up to date.

Knows iCalendar as it is found in the wild; not who may do what. Start reading at read.py.
"""

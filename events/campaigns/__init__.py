"""Why and what: campaigns and the activities they hold, with wishes and needs.

Must not know when or where an activity happens. Start reading at models.py, then services.py.
"""

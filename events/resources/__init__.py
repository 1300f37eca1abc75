"""With what: experts and touring kits.

Must not know volunteers or shifts. Start reading at models.py; allocation comes with the planner.
"""

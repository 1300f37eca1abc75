"""Who: volunteer teams, their members, shifts at occurrences, sign-ups, and who is busy when.

Whom a session concerns, from venues to experts, comes together in queries.seen. Start reading at
services.py; that places are never oversold is the database's own rule (shift.taken <= places).
"""

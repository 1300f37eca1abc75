"""Who: volunteer teams, their members, shifts at occurrences, and sign-ups.

Must not know experts or kits. Start reading at services.py; that places are never oversold is
the database's own rule (shift.taken <= shift.places).
"""

"""Where: venues, their spaces, and bookings of a space for an occurrence.

Must not know volunteers, experts or kits. Start reading at services.py; that two active bookings
of one space never overlap is the database's own rule (migrations, exclusion).
"""

"""The ground: database session, clock, recurrence, intervals, opening hours, errors.

Knows no feature of Kepu and no HTTP. Start reading at db.py (how a transaction is made).
"""

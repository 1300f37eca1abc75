"""With what: experts, the sessions they speak at, and touring kits.

Must not know volunteers or shifts. Start reading at services.py: an expert is named for a session
once, and never for two at the same time.
"""

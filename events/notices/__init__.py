"""What people must hear: composed from changes, stored, then sent by the worker.

A reader across features: writes only its own rows. Start reading at catalogue.py.
"""

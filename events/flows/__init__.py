"""Stories: one file, one function, one transaction.

A flow takes who asks and when, checks policy first, calls features from top to bottom, records
the change, and returns what the page needs. Start reading at publish_activities.py.
"""

"""The volunteer's pages: own shifts, open shifts, the own feed.

Each module of views registers itself on the blueprint when it is imported here.
"""

from events.web.volunteer import feed, views
from events.web.volunteer.blueprint import blueprint

__all__ = ["blueprint", "feed", "views"]

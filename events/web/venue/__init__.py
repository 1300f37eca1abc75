"""The venue's pages: answering a booking request from the link in the mail.

Each module of views registers itself on the blueprint when it is imported here.
"""

from events.web.venue import views
from events.web.venue.blueprint import blueprint

__all__ = ["blueprint", "views"]

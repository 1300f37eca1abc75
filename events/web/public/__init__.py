"""The public's pages: landing, campaign pages, the year, feeds.

Each module of views registers itself on the blueprint when it is imported here.
"""

from events.web.public import activity, embed, selection, subscribe, views, year, year_feed
from events.web.public.blueprint import blueprint

__all__ = ["activity", "blueprint", "embed", "selection", "subscribe", "views", "year", "year_feed"]

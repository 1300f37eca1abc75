"""Pages and feeds over HTTP, by audience: organizer, venue, volunteer, public, account.

A view says who may, what came in, which flow, what to show. Start reading at any views.py.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from events.access.cookieless import CookielessPaths
from events.config import Settings
from events.web import assets, feeds, filters, following, navigation, syndication
from events.web.account.blueprint import blueprint as account
from events.web.organizer.blueprint import blueprint as organizer
from events.web.public.blueprint import EMBED, blueprint as public
from events.web.routing import RowNumber
from events.web.venue.blueprint import blueprint as venue
from events.web.volunteer.blueprint import blueprint as volunteer

AUDIENCES = (organizer, venue, volunteer, public, account)


def install(app: Flask, settings: Settings) -> None:
    """Register every blueprint and what templates share."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it asks for the Referer, which our policy never sends
        TRUSTED_HOSTS=[urlsplit(settings.base_url).hostname, "127.0.0.1", "localhost", "[::1]"],
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    assets.install(app)
    feeds.install(app, settings)
    app.session_interface = CookielessPaths(feeds.PREFIX, EMBED)
    syndication.install(app)
    filters.install(app, settings)
    navigation.install(app)
    for blueprint in (*AUDIENCES, following.blueprint):
        app.register_blueprint(blueprint)

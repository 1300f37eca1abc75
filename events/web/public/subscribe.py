"""One calendar's page: what its QR code leads to, for any phone and whatever scans it."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template

from events.access import public
from events.feeds.calendars import Calendars
from events.kernel.errors import NotFound
from events.web.public.blueprint import blueprint
from events.web.subscribing import subscription


@blueprint.get("/subscribe/<key>")
@public
def subscribe(key: str) -> Response:
    """How the calendar of this key is subscribed to. Raises NotFound like its feed."""
    calendars: Calendars = current_app.extensions["kepu_calendars"]
    feed = calendars.find(key)
    if feed is None:
        raise NotFound
    answer = make_response(
        render_template("public/subscribe.html", name=feed.name, subscription=subscription(feed))
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer

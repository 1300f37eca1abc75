"""All public calendars; and each one's page: what its QR code leads to, whatever scans it."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request

from events.access import public
from events.feeds import directory
from events.feeds.calendars import Calendars
from events.feeds.directory import KINDS
from events.kernel.errors import NotFound
from events.web.public.blueprint import blueprint
from events.web.subscribing import FEED_KINDS, subscription, subscription_page

PER_PAGE = 60
MOST_WORDS = 8


@blueprint.get("/subscribe")
@public
def calendars() -> str:
    """The public calendars that the address looks for."""
    q = " ".join(request.args.get("q", "").split())[:100]
    kind = next((each for each in KINDS if each == request.args.get("kind")), None)
    page = max(1, request.args.get("page", 1, type=int))
    offset = min((page - 1) * PER_PAGE, 1_000_000)
    found = directory.found(q.split()[:MOST_WORDS], kind=kind, limit=PER_PAGE + 1, offset=offset)
    return render_template(
        "public/calendars.html",
        q=q,
        kind=kind,
        names=FEED_KINDS,
        counts=found.counts,
        feeds=[(feed, subscription_page(feed)) for feed in found.feeds[:PER_PAGE]],
        page=page,
        has_more=len(found.feeds) > PER_PAGE,
    )


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

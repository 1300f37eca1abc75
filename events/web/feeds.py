"""The .ics addresses that calendars poll: no page, no cookie, no log-in; the key is all."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, request

from events.access.cookieless import CookielessPaths
from events.access.routes import public
from events.config import Settings
from events.feeds.calendars import Calendars
from events.feeds.queries import Current
from events.kernel import texts
from events.kernel.links import Links

PREFIX = "/feeds/"
TYPE = "text/calendar; charset=utf-8"
NO_SUCH = (
    "没有这个日历，或者它的地址已经更换。\nThere is no such calendar, or its address has changed.\n"
)

blueprint = Blueprint("feeds", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Add the route, and keep cookies away from it."""
    app.session_interface = CookielessPaths(PREFIX)
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    app.extensions["kepu_calendars"] = Calendars(links=links)
    app.register_blueprint(blueprint)


@blueprint.get(f"{PREFIX}<path:name>")
@public
def calendar(name: str) -> Response:
    """One calendar. `?lang=en` writes it in English, `?download=1` makes it a file to keep."""
    settings: Settings = current_app.extensions["kepu"]
    calendars: Calendars = current_app.extensions["kepu_calendars"]
    language = texts.known(request.args.get("lang")) or settings.language
    feed = calendars.find(name.removesuffix(".ics")) if name.endswith(".ics") else None
    if feed is None:
        return _no_such()
    tag = calendars.tag(feed, language)
    if _is_unchanged(feed, tag):
        return _described(Response(status=HTTPStatus.NOT_MODIFIED), feed, tag)
    feed, body = calendars.read(feed, language)
    answer = Response(body, content_type=TYPE)
    if request.args.get("download") == "1":
        answer.headers["Content-Disposition"] = _attachment(feed)
    return _described(answer, feed, calendars.tag(feed, language))


def _is_unchanged(feed: Current, tag: str) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone; the date only without it."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(tag)
    if "If-None-Match" in request.headers:
        return False
    since = request.if_modified_since
    return since is not None and feed.revised_at.replace(microsecond=0) <= since


def _described(answer: Response, feed: Current, tag: str) -> Response:
    """What a 200 and a 304 both say."""
    answer.set_etag(tag)
    answer.last_modified = feed.revised_at
    if feed.kind.is_private:
        answer.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
        answer.headers["X-Robots-Tag"] = "noindex"
        answer.headers["Referrer-Policy"] = "no-referrer"
    else:
        answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _attachment(feed: Current) -> str:
    """A file name for old and for new programs (RFC 6266)."""
    name = quote(feed.name.replace("/", "_").replace("\\", "_"), safe="")
    return f"attachment; filename=\"kepu-{feed.id}.ics\"; filename*=UTF-8''{name}.ics"


def _no_such() -> Response:
    """The same for every address that is none, so that nothing can be learned by trying."""
    answer = Response(
        NO_SUCH, status=HTTPStatus.NOT_FOUND, content_type="text/plain; charset=utf-8"
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer

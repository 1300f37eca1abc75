"""The .ics addresses that calendars poll: no page, no cookie, no log-in; the key is all.

What this process knows already (nothing has changed; bytes rendered before) is answered in front
of Flask, for a fifth of the price. Whatever needs more goes on to the route; both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug import Request
from werkzeug.http import http_date, quote_etag

from events.access.cookieless import CookielessPaths
from events.access.headers import HEADERS
from events.access.routes import public
from events.config import Settings
from events.feeds.calendars import Calendars
from events.feeds.polls import Polls
from events.feeds.queries import Current
from events.kernel import db as kernel_db, texts
from events.kernel.links import Links

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/feeds/"
SUFFIX = ".ics"
TYPE = "text/calendar; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
NO_SUCH = "没有这个日历，或它的地址已更换。\nNo such calendar, or its address has changed.\n"

blueprint = Blueprint("feeds", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Add the route, what stands in front of it, and keep cookies away from both."""
    with app.app_context():
        polls = Polls(kernel_db.db.engine)
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    calendars = Calendars(links=links, polls=polls)
    app.extensions["kepu_calendars"] = calendars
    app.session_interface = CookielessPaths(PREFIX)
    app.register_blueprint(blueprint)
    front = Front(behind=app.wsgi_app, calendars=calendars, language=settings.language)
    app.wsgi_app = front  # type: ignore[method-assign, assignment]


@blueprint.get(f"{PREFIX}<path:name>")
@public
def calendar(name: str) -> Response:
    """One calendar. `?lang=en` writes it in English, `?download=1` makes it a file to keep."""
    calendars: Calendars = current_app.extensions["kepu_calendars"]
    settings: Settings = current_app.extensions["kepu"]
    language = _language(request, settings.language)
    feed = _feed(calendars, name)
    if feed is None:
        return _no_such()
    if _is_unchanged(request, feed, calendars.tag(feed, language)):
        return _unchanged(feed, calendars.tag(feed, language))
    feed, body = calendars.read(feed, language)
    return _full(request, feed, calendars.tag(feed, language), body)


@dataclass(frozen=True, kw_only=True)
class Front:
    """Answers repeated polls; hands everything else to the application behind it."""

    behind: WSGIApplication
    calendars: Calendars
    language: str

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            try:
                known = self._known(Request(environ, populate_request=False), path)
            except SQLAlchemyError:
                known = None  # the application knows how to say it
            if known is not None:
                return known(environ, start)
        return self.behind(environ, start)

    def _known(self, request: Request, path: str) -> Response | None:
        language = _language(request, self.language)
        feed = _feed(self.calendars, path.removeprefix(PREFIX))
        if feed is None:
            return None
        tag = self.calendars.tag(feed, language)
        if _is_unchanged(request, feed, tag):
            return _unchanged(feed, tag)
        body = self.calendars.known(feed, language)
        return None if body is None else _full(request, feed, tag, body)


def _asked(request: Request, name: str) -> str | None:
    """One argument of the address; most addresses have none."""
    return request.args.get(name) if request.query_string else None


def _language(request: Request, default: str) -> str:
    return texts.known(_asked(request, "lang")) or default


def _feed(calendars: Calendars, name: str) -> Current | None:
    return calendars.find(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else None


def _is_unchanged(request: Request, feed: Current, tag: str) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone; the date only without it."""
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(tag)
    since = request.if_modified_since
    return since is not None and feed.revised_at.replace(microsecond=0) <= since


def _unchanged(feed: Current, tag: str) -> Response:
    """What a 304 must say (RFC 9110, 15.4.5): with a tag, the date is not needed."""
    return Response(status=HTTPStatus.NOT_MODIFIED, headers=_headers(feed, tag))


def _full(request: Request, feed: Current, tag: str, body: bytes) -> Response:
    headers = {
        **HEADERS,
        **_headers(feed, tag),
        "Content-Type": TYPE,
        "Last-Modified": http_date(feed.revised_at),
    }
    if _asked(request, "download") == "1":
        headers["Content-Disposition"] = _attachment(feed)
    return Response(body, headers=headers)


def _headers(feed: Current, tag: str) -> dict[str, str]:
    """What a 200 and a 304 both say."""
    if not feed.kind.is_private:
        return {"ETag": quote_etag(tag), "Cache-Control": "public, max-age=300"}
    return {
        "ETag": quote_etag(tag),
        "Cache-Control": "private, max-age=0, must-revalidate",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }


def _attachment(feed: Current) -> str:
    """A file name for old and for new programs (RFC 6266)."""
    name = quote(feed.name.replace("/", "_").replace("\\", "_"), safe="")
    return f"attachment; filename=\"kepu-{feed.id}.ics\"; filename*=UTF-8''{name}.ics"


def _no_such() -> Response:
    """The same for every address that is none, so that nothing can be learned by trying."""
    answer = Response(NO_SUCH, status=HTTPStatus.NOT_FOUND, content_type=PLAIN)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer

"""The .ics addresses that calendars poll: no page, no cookie, no log-in; the key is all.

What this process knows already (nothing has changed; bytes rendered before) is answered in front
of Flask, straight from the request's variables: one row is read and nothing else. Whatever needs
more goes on to the route; both say the same, in `Counter`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import http_date, parse_accept_header, parse_date

from events.access.cookieless import CookielessPaths
from events.access.headers import HEADERS
from events.access.routes import public
from events.config import Settings
from events.feeds.calendars import Calendars, key_of
from events.feeds.polls import Polls, State
from events.feeds.shown import Current
from events.feeds.states import Form, View
from events.kernel import db as kernel_db, texts
from events.kernel.links import Links
from events.web.reads import Reads

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/feeds/"
SUFFIX = ".ics"
TYPE = "text/calendar; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
NO_SUCH = "没有这个日历，或它的地址已更换。\nNo such calendar, or its address has changed.\n"
OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
MOST_READY = 20_000  # addresses whose headers a process keeps, about 3 kB each
MOST_ALARM = 7 * 24 * 60
_TAGS = re.compile(r'(?:W/)?"([^"]*)"')

blueprint = Blueprint("feeds", __name__)

Headers = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the arguments of an address ask for."""

    language: str | None
    form: Form | None
    alarm_min: int | None
    is_download: bool


@dataclass(frozen=True, kw_only=True)
class Coding:
    """One encoding of a calendar: its quoted tag, what 200 and 304 say, where its bytes are."""

    tag: str
    full: Headers
    unchanged: Headers
    key: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """All that can be said of one address while its feed stands as it does."""

    feed_id: int
    state: State
    revised_at: datetime
    plain: Coding
    zipped: Coding


Said = tuple[str, Headers, bytes]


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Answers polls."""

    calendars: Calendars
    language: str
    reads: Reads = field(default_factory=Reads)
    _ready: dict[tuple[str, str], Ready] = field(default_factory=dict)

    def known(self, environ: WSGIEnvironment) -> Said | None:
        """The answer, when it takes no more than asking whether the feed stands as it did."""
        ready = self._ready.get((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))
        if ready is None or self.calendars.polls.state(ready.feed_id) != ready.state:
            return None
        coding = _coding(ready, environ)
        if _is_unchanged(ready, environ):
            self.reads.note(ready.feed_id, environ.get("HTTP_USER_AGENT", ""))
            return NOT_MODIFIED, coding.unchanged, b""
        body = self.calendars.known(coding.key)
        if body is None:
            return None
        self.reads.note(ready.feed_id, environ.get("HTTP_USER_AGENT", ""))
        return _full(coding, environ, body)

    def answer(self, environ: WSGIEnvironment) -> Said | None:
        """The answer, whatever it takes; None when there is no such calendar."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        key = path.removeprefix(PREFIX)
        feed = self.calendars.find(key.removesuffix(SUFFIX)) if key.endswith(SUFFIX) else None
        if feed is None:
            return None
        self.reads.note(feed.id, environ.get("HTTP_USER_AGENT", ""))
        asked = _asked(query)
        view = self._view(feed, asked)
        ready = self._keep(path, query, _ready(self.calendars, feed, view, asked))
        coding = _coding(ready, environ)
        if _is_unchanged(ready, environ):
            return NOT_MODIFIED, coding.unchanged, b""
        if environ["REQUEST_METHOD"] == "HEAD" and self.calendars.known(coding.key) is None:
            return OK, coding.full, b""
        now, body = self.calendars.read(feed, view, zipped=coding is ready.zipped)
        if now is not feed:
            ready = self._keep(path, query, _ready(self.calendars, now, view, asked))
            coding = _coding(ready, environ)
        return _full(coding, environ, body)

    def _keep(self, path: str, query: str, ready: Ready) -> Ready:
        if len(self._ready) >= MOST_READY:
            self._ready.clear()
        self._ready[path, query] = ready
        return ready

    def _view(self, feed: Current, asked: Asked) -> View:
        return View(
            language=asked.language or self.language,
            form=asked.form or feed.form,
            alarm_min=asked.alarm_min if feed.kind.is_private else None,
        )


def install(app: Flask, settings: Settings) -> None:
    """Add the route, what stands in front of it, and keep cookies away from both."""
    with app.app_context():
        polls = Polls(kernel_db.db.engine)
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    calendars = Calendars(links=links, polls=polls)
    counter = Counter(calendars=calendars, language=settings.language)
    app.extensions["kepu_calendars"] = calendars
    app.extensions["kepu_feed_counter"] = counter
    app.session_interface = CookielessPaths(PREFIX)
    app.register_blueprint(blueprint)
    if not settings.testing:
        counter.reads.write_to(app)
    front = Front(behind=app.wsgi_app, counter=counter)
    app.wsgi_app = front  # type: ignore[method-assign, assignment]


@blueprint.get(f"{PREFIX}<path:name>")
@public
def calendar(name: str) -> Response:  # noqa: ARG001 - the counter reads the path itself
    """One calendar. `?lang=en` is English, `?form=series` has rules and `?form=flat` none.

    `?alarm=30` rings so many minutes before (private feeds); `?download=1` makes a file to keep.
    """
    counter: Counter = current_app.extensions["kepu_feed_counter"]
    said = counter.answer(request.environ)
    if said is None:
        return no_such()
    status, headers, body = said
    answer = Response([body], status=status, headers=headers)
    answer.automatically_set_content_length = False  # a HEAD may not know it
    return answer


@dataclass(frozen=True, kw_only=True)
class Front:
    """Answers repeated polls; hands everything else to the application behind it."""

    behind: WSGIApplication
    counter: Counter

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One request."""
        if environ["PATH_INFO"].startswith(PREFIX) and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            try:
                said = self.counter.known(environ)
            except (SQLAlchemyError, self.counter.calendars.polls.fault):
                said = None  # the application knows how to say it
            if said is not None:
                status, headers, body = said
                start(status, headers)
                return [body]
        return self.behind(environ, start)


@lru_cache(maxsize=256)
def _asked(query: str) -> Asked:
    """What makes no sense is left out."""
    found = {name: values[0] for name, values in parse_qs(query[:500], errors="replace").items()}
    form, alarm = found.get("form", ""), found.get("alarm", "")
    minutes = int(alarm) if alarm.isascii() and alarm.isdigit() and len(alarm) < 6 else -1
    return Asked(
        language=texts.known(found.get("lang")),
        form=Form(form) if form in set(Form) else None,
        alarm_min=minutes if 0 <= minutes <= MOST_ALARM else None,
        is_download=found.get("download") == "1",
    )


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return any(
        coding.lower() in {"gzip", "x-gzip"} and quality > 0
        for coding, quality in parse_accept_header(accepted)
    )


def _coding(ready: Ready, environ: WSGIEnvironment) -> Coding:
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    return ready.zipped if accepted and _takes_gzip(accepted) else ready.plain


def _is_unchanged(ready: Ready, environ: WSGIEnvironment) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone; the date only without it.

    The tag of either encoding will do: the calendar is the same.
    """
    tags = environ.get("HTTP_IF_NONE_MATCH")
    mine = (ready.plain.tag, ready.zipped.tag)
    if tags is not None:
        if tags in mine or tags.strip() == "*":
            return True
        return any(f'"{tag}"' in mine for tag in _TAGS.findall(tags))
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    date = parse_date(since) if since else None
    return date is not None and ready.revised_at <= date


def _full(coding: Coding, environ: WSGIEnvironment, body: bytes) -> Said:
    headers = [*coding.full, ("Content-Length", str(len(body)))]
    return OK, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def _ready(calendars: Calendars, feed: Current, view: View, asked: Asked) -> Ready:
    tag = calendars.tag(feed, view)
    plain, zipped = (
        _coded(feed, view, asked, tag=tag, is_zipped=is_zipped) for is_zipped in (False, True)
    )
    return Ready(
        feed_id=feed.id,
        state=(feed.nonce, feed.revision),
        revised_at=feed.revised_at.replace(microsecond=0),
        plain=plain,
        zipped=zipped,
    )


def _coded(feed: Current, view: View, asked: Asked, *, tag: str, is_zipped: bool) -> Coding:
    quoted = f'"{tag}-gzip"' if is_zipped else f'"{tag}"'
    both = headers_of(feed, quoted)  # with a tag, a 304 needs no date (RFC 9110, 15.4.5)
    full = {**HEADERS, **both, "Content-Type": TYPE, "Last-Modified": http_date(feed.revised_at)}
    if is_zipped:
        full["Content-Encoding"] = "gzip"
    if asked.is_download:
        full["Content-Disposition"] = _attachment(feed)
    return Coding(
        tag=quoted,
        full=list(full.items()),
        unchanged=list(both.items()),
        key=key_of(feed, view, zipped=is_zipped),
    )


def headers_of(feed: Current, tag: str) -> dict[str, str]:
    """What a 200 and a 304 both say."""
    if not feed.kind.is_private:
        return {"ETag": tag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
    return {
        "ETag": tag,
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }


def _attachment(feed: Current) -> str:
    """A file name for old and for new programs (RFC 6266)."""
    name = quote(feed.name.replace("/", "_").replace("\\", "_"), safe="")
    return f"attachment; filename=\"kepu-{feed.id}.ics\"; filename*=UTF-8''{name}.ics"


def no_such() -> Response:
    """The same for every address that is none, so that nothing can be learned by trying."""
    answer = Response(NO_SUCH, status=404, content_type=PLAIN)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer

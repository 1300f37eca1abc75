"""The same feeds for readers of news, Atom and JSON Feed: as public or as secret as the .ics.

No cookie, no log-in; the key in the address is all. The bytes are those of one revision on one
day (what comes next changes at midnight), and kept as long as both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.http import http_date, quote_etag

from events.access.routes import public
from events.config import Settings
from events.feeds import atom, entries, jsonfeed, news
from events.feeds.cache import BytesCache
from events.feeds.calendars import Calendars
from events.feeds.news import News
from events.feeds.shown import Current
from events.kernel import clock, texts
from events.web.feeds import PREFIX, headers_of, no_such

MOST_BYTES = 8 * 1024 * 1024
TRIES = 5

blueprint = Blueprint("syndication", __name__)


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way to write news."""

    name: str
    kind: str
    write: Callable[[News], bytes]


ATOM = Format(name="atom", kind=f"{atom.TYPE}; charset=utf-8", write=atom.document)
JSON = Format(name="json", kind=f"{jsonfeed.TYPE}; charset=utf-8", write=jsonfeed.document)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Writes news, and keeps what was written."""

    calendars: Calendars
    _written: BytesCache = field(default_factory=lambda: BytesCache(most_bytes=MOST_BYTES))

    def tag(self, feed: Current, form: Format, language: str, since: datetime) -> str:
        """The strong entity tag: another one whenever the bytes can be others."""
        links = self.calendars.links
        facts = (feed.id, feed.nonce, feed.revision, form.name, language, since, links.base_url)
        written = "\n".join(map(str, (*facts, news.version())))
        return hashlib.sha256(written.encode()).hexdigest()[:32]

    def read(
        self, feed: Current, form: Format, language: str, since: datetime
    ) -> tuple[Current, bytes]:
        """The bytes, and the feed as they show it: it may have changed since it was found."""
        written = b""
        for _ in range(TRIES):
            tag, found = self.tag(feed, form, language, since), feed
            kept = self._written.find(tag)
            if kept is not None:
                return feed, kept
            written = self._write(feed, form, language, since)
            feed = self.calendars.polls.current(feed.id) or feed
            if feed.revision == found.revision:
                return feed, self._written.get(tag, lambda made=written: made)  # type: ignore[misc]
        return feed, written

    def _write(self, feed: Current, form: Format, language: str, since: datetime) -> bytes:
        links = self.calendars.links
        shown = entries.entries(feed)
        told = news.news_of(feed, shown, language=language, since=since, links=links)
        return form.write(told)


def install(app: Flask) -> None:
    """Add the routes; call it after feeds.install."""
    app.extensions["kepu_news"] = Desk(calendars=app.extensions["kepu_calendars"])
    app.register_blueprint(blueprint)


@blueprint.get(f"{PREFIX}<key>.atom")
@public
def atom_feed(key: str) -> Response:
    """One feed as Atom. `?lang=en` writes it in English."""
    return _answer(key, ATOM)


@blueprint.get(f"{PREFIX}<key>.json")
@public
def json_feed(key: str) -> Response:
    """One feed as JSON Feed. `?lang=en` writes it in English."""
    return _answer(key, JSON)


def _answer(key: str, form: Format) -> Response:
    desk: Desk = current_app.extensions["kepu_news"]
    settings: Settings = current_app.extensions["kepu"]
    language = texts.known(request.args.get("lang")) or settings.language
    since = _midnight(settings.timezone)
    feed = desk.calendars.find(key)
    if feed is None:
        return no_such()
    if _is_unchanged(feed, desk.tag(feed, form, language, since), since):
        return _unchanged(feed, desk.tag(feed, form, language, since))
    feed, body = desk.read(feed, form, language, since)
    answer = Response(body, content_type=form.kind)
    answer.headers.update(_headers(feed, desk.tag(feed, form, language, since)))
    answer.headers["Last-Modified"] = http_date(max(feed.revised_at, since))
    return answer


def _is_unchanged(feed: Current, tag: str, since: datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone; the date only without it."""
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(tag)
    known = request.if_modified_since
    return known is not None and max(feed.revised_at, since).replace(microsecond=0) <= known


def _unchanged(feed: Current, tag: str) -> Response:
    return Response(status=304, headers=_headers(feed, tag))


def _headers(feed: Current, tag: str) -> dict[str, str]:
    """What the calendar says too, but for one encoding only."""
    said = headers_of(feed, quote_etag(tag))
    return {name: value for name, value in said.items() if name != "Vary"}


def _midnight(tz: str) -> datetime:
    return clock.to_utc(datetime.combine(clock.today(tz), time(0)), tz)

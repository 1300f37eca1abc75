"""A calendar from its address: found by its key, tagged by its revision, rendered once."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import partial

from events.feeds import entries, render
from events.feeds.cache import BytesCache
from events.feeds.polls import Polls
from events.feeds.shown import Current
from events.feeds.states import Form, View
from events.kernel.links import Links, row_of

PURPOSE = "feed"
MOST_BYTES = 64 * 1024 * 1024
MOST_ID = 2**31 - 1  # a row number that PostgreSQL's integer can hold
TRIES = 5
GZIP_LEVEL = 6


class _Moved(Exception):
    """The feed's revision rose while its rows were read."""


@dataclass(frozen=True, kw_only=True)
class Calendars:
    """All calendars of one installation, as one process serves them."""

    links: Links
    polls: Polls
    _rendered: BytesCache = field(default_factory=lambda: BytesCache(most_bytes=MOST_BYTES))

    def find(self, key: str) -> Current | None:
        """The feed whose address carries `key` now; None for any other. Reads one row at most."""
        feed_id = row_of(key)
        if feed_id is None or feed_id > MOST_ID:
            return None
        feed = self.polls.current(feed_id)
        if feed is None or not self.links.holds(PURPOSE, key, feed.id, feed.nonce):
            return None
        return feed

    def tag(self, feed: Current, view: View) -> str:
        """The strong entity tag of the bytes: another one whenever they can be others."""
        facts = (feed.id, feed.nonce, feed.revision, *_said(view), self.links.base_url)
        written = "\n".join(map(str, (*facts, render.version())))
        return hashlib.sha256(written.encode()).hexdigest()[:32]

    def read(self, feed: Current, view: View, *, zipped: bool = False) -> tuple[Current, bytes]:
        """The bytes, and the feed as they show it: it may have changed since it was found."""
        for _ in range(TRIES):
            make = partial(self._render, feed, view, zipped=zipped)
            try:
                return feed, self._rendered.get(key_of(feed, view, zipped=zipped), make)
            except _Moved:
                feed = self.polls.current(feed.id) or feed
        return feed, _packed(self._written(feed, view), zipped=zipped)

    def known(self, key: tuple[object, ...]) -> bytes | None:
        """The bytes of `key_of(...)`, when this process has rendered them already."""
        return self._rendered.find(key)

    def _render(self, feed: Current, view: View, *, zipped: bool) -> bytes:
        """The bytes of one moment: the revision is the same before and after reading the rows.

        A transaction at READ COMMITTED sees others' commits between its statements.
        """
        if zipped:
            plain = self._rendered.get(
                key_of(feed, view), partial(self._render, feed, view, zipped=False)
            )
            return _packed(plain, zipped=True)
        written = self._written(feed, view)
        now = self.polls.current(feed.id)
        if now is None or now.revision != feed.revision:
            raise _Moved
        return written

    def _written(self, feed: Current, view: View) -> bytes:
        shown = entries.entries(feed, view.form)
        rhythms = entries.rhythms(feed) if view.form is Form.SERIES else None
        return render.calendar_of(feed, shown, rhythms, view=view, links=self.links)


def key_of(feed: Current, view: View, *, zipped: bool = False) -> tuple[object, ...]:
    """What the bytes are kept under."""
    return feed.id, feed.nonce, feed.revision, *_said(view), zipped


def _said(view: View) -> tuple[str, str, str]:
    return view.language, view.form, "" if view.alarm_min is None else str(view.alarm_min)


def _packed(plain: bytes, *, zipped: bool) -> bytes:
    """The same octets for the same calendar: no time stands inside."""
    return gzip.compress(plain, GZIP_LEVEL, mtime=0) if zipped else plain

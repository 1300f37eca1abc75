"""A calendar from its address: found by its key, tagged by its revision, rendered once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial

from events.feeds import queries, render
from events.feeds.cache import BytesCache
from events.feeds.polls import Polls
from events.feeds.queries import Current
from events.kernel.links import Links, row_of

PURPOSE = "feed"
MOST_BYTES = 64 * 1024 * 1024
MOST_ID = 2**31 - 1  # a row number that PostgreSQL's integer can hold
TRIES = 5


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

    def tag(self, feed: Current, language: str) -> str:
        """The strong entity tag of the bytes: another one whenever they can be others."""
        facts = (feed.id, feed.nonce, feed.revision, language, self.links.base_url)
        written = "\n".join(map(str, (*facts, render.version())))
        return hashlib.sha256(written.encode()).hexdigest()[:32]

    def read(self, feed: Current, language: str) -> tuple[Current, bytes]:
        """The bytes, and the feed as they show it: it may have changed since it was found."""
        for _ in range(TRIES):
            key = _key(feed, language)
            try:
                return feed, self._rendered.get(key, partial(self._render, feed, language))
            except _Moved:
                feed = self.polls.current(feed.id) or feed
        return feed, self._written(feed, language)

    def known(self, feed: Current, language: str) -> bytes | None:
        """The bytes, when this process has rendered them already."""
        return self._rendered.find(_key(feed, language))

    def _render(self, feed: Current, language: str) -> bytes:
        """The bytes of one moment: the revision is the same before and after reading the rows.

        A transaction at READ COMMITTED sees others' commits between its statements.
        """
        written = self._written(feed, language)
        now = self.polls.current(feed.id)
        if now is None or now.revision != feed.revision:
            raise _Moved
        return written

    def _written(self, feed: Current, language: str) -> bytes:
        shown = queries.entries(feed)
        return render.calendar_of(feed, shown, language=language, links=self.links)


def _key(feed: Current, language: str) -> tuple[int, int, str]:
    return feed.id, feed.revision, language

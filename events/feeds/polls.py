"""Reading one row without a transaction around it: a poll is one statement and nothing else."""

from __future__ import annotations

from sqlalchemy import Engine

from events.feeds import queries
from events.feeds.queries import Current


class Polls:
    """Reads feeds' rows on `engine`'s connections, beside its sessions.

    SQLite's connections then hear SELECT alone, without what begins and ends a transaction (three
    quarters of the time). It only ever reads, so it needs no guard against writing.
    """

    def __init__(self, engine: Engine) -> None:
        """engine: the application's; its listeners for "begin" do not apply here."""
        self._engine = engine
        self._plain = _plain(engine)

    def current(self, feed_id: int) -> Current | None:
        """As queries.current, as of now: outside of any snapshot that this context reads from."""
        if self._plain.pool is not self._engine.pool:  # it was disposed of and has a new one
            self._plain = _plain(self._engine)
        with self._plain.connect() as connection:
            return queries.current(feed_id, connection)


def _plain(engine: Engine) -> Engine:
    return Engine(engine.pool, engine.dialect, engine.url)

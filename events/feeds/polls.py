"""Asking how a feed stands, as cheaply as the database can be asked: a poll does nothing else."""

from __future__ import annotations

import contextlib
from typing import Any, cast

from sqlalchemy import Engine, event
from sqlalchemy.pool import PoolProxiedConnection

from events.feeds import queries
from events.feeds.shown import Current

_STATE = (
    "SELECT feed.nonce, audience.revision FROM feed JOIN audience ON feed.audience_id = audience.id"
    " WHERE feed.id = "
)

State = tuple[str, int]


class Polls:
    """Reads feeds' rows outside of any transaction, on connections of its own.

    One prepared statement straight to the driver: what another process has committed is seen by
    the next poll. There are never more connections than threads that poll at one time.
    """

    def __init__(self, engine: Engine) -> None:
        """engine: the application's; disposing of it closes these connections too."""
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._sql = _STATE + ("?" if self._is_sqlite else "%s")
        self._idle: list[PoolProxiedConnection] = []
        self.fault = engine.dialect.loaded_dbapi.Error
        event.listen(engine, "engine_disposed", self._close)

    def state(self, feed_id: int) -> State | None:
        """The nonce and the revision of a feed as of now; None when there is no such feed."""
        connection = self._taken()
        try:
            row = self._row(connection, feed_id)
        except self.fault:  # the server was restarted: ask once more, on a new connection
            connection.close()
            self._close()
            connection = self._opened()
            row = self._row(connection, feed_id)
        self._idle.append(connection)
        return row

    def current(self, feed_id: int) -> Current | None:
        """As queries.current, as of now: outside of any snapshot that this context reads from."""
        with self._engine.connect() as connection:
            return queries.current(feed_id, connection)

    def _row(self, connection: PoolProxiedConnection, feed_id: int) -> State | None:
        rows = cast("Any", connection.dbapi_connection).execute(self._sql, (feed_id,)).fetchall()
        return rows[0] if rows else None

    def _taken(self) -> PoolProxiedConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> PoolProxiedConnection:
        """One that the pool has set up and no longer counts; nothing begins a transaction on it."""
        connection = self._engine.raw_connection()
        connection.detach()
        if self._is_sqlite:
            cast("Any", connection).execute("PRAGMA query_only=on")
        else:
            cast("Any", connection.dbapi_connection).autocommit = True
        return connection

    def _close(self, _engine: Engine | None = None) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

"""Who has read which feed, kept in memory and written down from time to time.

A poll is a GET and writes nothing; it only leaves a note here. What a process that dies has not
written yet is forgotten: it was about half a minute.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from flask import Flask

from events.feeds.readers import reader
from events.flows.note_reads import note_reads
from events.kernel import clock, db as kernel_db

SECONDS = 30
MOST = 10_000  # feeds and programs between two writings

log = logging.getLogger("kepu")


class Reads:
    """The latest read of each feed by each program, until they are written."""

    def __init__(self) -> None:
        """Nothing is noted yet and nothing waits."""
        self._noted: dict[tuple[int, str], datetime] = {}
        self._app: Flask | None = None
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def write_to(self, app: Flask) -> None:
        """From the first note on, write down every half a minute."""
        self._app = app

    def note(self, feed_id: int, agent: str) -> None:
        """`agent` has just been told how the feed stands."""
        if len(self._noted) < MOST:
            self._noted[feed_id, agent] = clock.now()
        if self._writer is None and self._app is not None:
            self._start(self._app)

    def take(self) -> dict[tuple[int, str], datetime]:
        """What was noted since the last time, by feed and kind of reader."""
        noted, self._noted = self._noted, {}
        found: dict[tuple[int, str], datetime] = {}
        for (feed_id, agent), at in list(noted.items()):
            key = feed_id, reader(agent)
            found[key] = max(at, found.get(key, at))
        return found

    def write(self) -> None:
        """Write down what was noted; to be called in an application context."""
        reads = self.take()
        if reads:
            note_reads(reads)

    def _start(self, app: Flask) -> None:
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._run, args=(app,), daemon=True)
                self._writer.start()

    def _run(self, app: Flask) -> None:
        pause = threading.Event()
        while True:
            pause.wait(SECONDS)
            with app.app_context():
                try:
                    self.write()
                except Exception:
                    log.exception("reads of calendars could not be written; that is all")
                finally:
                    kernel_db.release()

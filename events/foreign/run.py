"""The worker's part: claim a calendar that is due, fetch and read it outside of any transaction.

A worker that dies leaves a lease that ends; one that only slept finds its lease gone and stores
nothing. What cannot be fetched leaves what is known as it is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from events.foreign import services
from events.foreign.fetch import Fetched, Tags, fetch
from events.foreign.models import ForeignCalendar
from events.foreign.problems import Unusable
from events.foreign.read import Reading, read
from events.foreign.recording import record
from events.foreign.services import LEASE, MOST_ENTRIES
from events.foreign.veil import without_words
from events.foreign.zones import named
from events.identity.actor import SYSTEM
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.db import transaction

log = logging.getLogger("kepu")
BACK, AHEAD = timedelta(days=7), timedelta(days=400)
PATIENCE_SECONDS = 10.0

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Due:
    """A calendar as plain values, for work outside of any transaction."""

    calendar_id: int
    url: str
    content: bytes
    digest: str
    tags: Tags
    tz: str
    is_private: bool
    read_on: date | None
    today: date

    @classmethod
    def of(cls, row: ForeignCalendar, now: datetime) -> Due:
        """The values of `row`."""
        tz = clock.zone(row.tz)
        return cls(
            calendar_id=row.id,
            url=row.url,
            content=row.content,
            digest=row.digest,
            tags=Tags(etag=row.etag, last_modified=row.last_modified),
            tz=tz,
            is_private=row.is_private,
            read_on=row.read_on,
            today=clock.to_local(now, tz).date(),
        )


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What came of looking. reading: None when nothing is new."""

    content: bytes
    tags: Tags
    reading: Reading | None


def refresh_due(now_of: Clock, offices: tuple[str, ...]) -> bool:
    """Look at one calendar that is due. Whether there was one."""
    now = now_of()
    with transaction():
        row = services.claim(now)
        due = Due.of(row, now) if row else None
    if due is None:
        return False
    looked: Looked | Unusable
    try:
        looked = _look(due, offices)
    except Unusable as fault:
        looked = fault
    except Exception:
        log.exception("calendar %s could not be read", due.calendar_id)
        looked = Unusable("calendar_not_read")
    _store(due, looked, held=now + LEASE, now=now_of())
    return True


def _look(due: Due, offices: tuple[str, ...]) -> Looked:
    got = Fetched(content=due.content, tags=due.tags)
    if due.url:
        known = due.tags if due.read_on else Tags()
        got = fetch(due.url, known, offices=offices)
    content = due.content if got.content is None else got.content
    if due.is_private:
        content = without_words(content)
    is_same = services.digest_of(content) == due.digest
    if is_same and due.read_on == due.today:
        return Looked(content=content, tags=got.tags, reading=None)
    return Looked(content=content, tags=got.tags, reading=_read(content, due))


def _read(content: bytes, due: Due) -> Reading:
    tz = named(due.tz)
    assert tz is not None
    begun = time.monotonic()
    reading = read(
        content,
        after=due.today - BACK,
        before=due.today + AHEAD,
        tz=tz,
        is_late=lambda: time.monotonic() - begun > PATIENCE_SECONDS,
    )
    if len(reading.occurrences) > MOST_ENTRIES:
        raise Unusable("calendar_too_many_times", most=MOST_ENTRIES)
    return reading


def _store(due: Due, looked: Looked | Unusable, *, held: datetime, now: datetime) -> None:
    with transaction():
        row = services.holder(due.calendar_id, held=held)
        if row is None:
            log.info("calendar %s was taken away while it was read", due.calendar_id)
        elif isinstance(looked, Unusable):
            services.store_failure(row, looked, now=now)
        elif looked.reading is None:
            services.store_unchanged(row, now=now)
        elif services.store_reading(
            row, looked.reading, content=looked.content, tags=looked.tags, on=due.today, now=now
        ):
            record(ChangeKind.CALENDAR_READ, row, actor=SYSTEM, now=now)

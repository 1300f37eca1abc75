"""Writing foreign calendars: following one, storing what was read, forgetting it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select

from events.foreign.fetch import Tags
from events.foreign.models import ForeignCalendar, ForeignEntry
from events.foreign.owners import About
from events.foreign.problems import MOST_KEPT, Unusable
from events.foreign.read import Reading
from events.foreign.series import Occurrence
from events.foreign.zones import named
from events.identity.models import User
from events.kernel.clock import zone
from events.kernel.db import session
from events.kernel.errors import Refused
from events.venues import closures
from events.venues.closures import Closed
from events.volunteers import absences

LEASE = timedelta(seconds=60)
EVERY = timedelta(hours=1)
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=1)
MOST_OF_ONE = 20
MOST_ENTRIES = 5_000


def follow(about: About, user: User, *, name: str, url: str, now: datetime) -> ForeignCalendar:
    """Subscribe to the calendar at `url`; one that is followed already stays as it is.

    Raises Refused("calendars_enough").
    """
    known = session().scalar(select(ForeignCalendar).filter_by(url=url, **about.columns))
    return known or _add(about, user, name=name, url=url, content=b"", now=now)


def upload(
    about: About, user: User, *, name: str, content: bytes, now: datetime
) -> ForeignCalendar:
    """Keep a file; of the same owner and name it takes the place of the older one.

    content: of a private calendar without its words. Raises Refused("calendars_enough").
    """
    known = session().scalar(select(ForeignCalendar).filter_by(url="", name=name, **about.columns))
    if known is None:
        return _add(about, user, name=name, url="", content=content, now=now)
    known.content, known.digest = content, digest_of(content)
    known.read_on = None
    ask_soon(known, now=now)
    return known


def ask_soon(calendar: ForeignCalendar, *, now: datetime) -> None:
    """Let the worker look at it at once."""
    calendar.next_check_at = now


def drop(calendar: ForeignCalendar) -> None:
    """Forget a calendar, its entries, and the times that it blocked or kept busy."""
    _apply(calendar, ())
    session().execute(delete(ForeignEntry).where(ForeignEntry.calendar_id == calendar.id))
    session().delete(calendar)
    session().flush()


def drop_all(volunteer: User) -> None:
    """Forget every calendar of a person."""
    for row in session().scalars(select(ForeignCalendar).filter_by(volunteer=volunteer)).all():
        drop(row)


def claim(now: datetime) -> ForeignCalendar | None:
    """The calendar that is due longest and that no living worker has, now under a lease."""
    free = or_(ForeignCalendar.lease_until.is_(None), ForeignCalendar.lease_until <= now)
    found = (
        select(ForeignCalendar)
        .where(ForeignCalendar.next_check_at <= now, free)
        .order_by(ForeignCalendar.next_check_at, ForeignCalendar.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=ForeignCalendar)
    )
    calendar = session().scalar(found)
    if calendar is not None:
        calendar.lease_until = now + LEASE
    return calendar


def holder(calendar_id: int, *, held: datetime) -> ForeignCalendar | None:
    """The calendar, if it is still there and still this worker's."""
    found = select(ForeignCalendar).where(
        ForeignCalendar.id == calendar_id, ForeignCalendar.lease_until == held
    )
    return session().scalar(found.with_for_update(of=ForeignCalendar))


def store_unchanged(calendar: ForeignCalendar, *, now: datetime) -> None:
    """It was looked at, and nothing is new."""
    _checked(calendar, now)
    calendar.failures = 0
    calendar.report = {k: v for k, v in calendar.report.items() if k not in {"code", "facts"}}


def store_reading(
    calendar: ForeignCalendar,
    reading: Reading,
    *,
    content: bytes,
    tags: Tags,
    on: date,
    now: datetime,
) -> bool:
    """What stands in it now. Whether any blocked or busy time has changed."""
    _checked(calendar, now)
    calendar.content, calendar.digest = content, digest_of(content)
    calendar.etag, calendar.last_modified = tags.etag, tags.last_modified
    calendar.read_on = on
    calendar.failures = 0
    calendar.report = {
        "events": reading.events,
        "refused": reading.refused,
        "problems": [one.plain() for one in reading.problems[:MOST_KEPT]],
    }
    if not _sync(calendar, reading.occurrences):
        return False
    found = select(ForeignEntry).where(ForeignEntry.calendar_id == calendar.id, ForeignEntry.counts)
    return _apply(calendar, session().scalars(found).all())


def store_failure(calendar: ForeignCalendar, fault: Unusable, *, now: datetime) -> None:
    """It could not be had or read: what is known stays, and the next look is later each time."""
    _checked(calendar, now)
    calendar.failures += 1
    calendar.next_check_at = now + min(SOONEST * 2 ** min(calendar.failures - 1, 10), LATEST)
    calendar.report = calendar.report | {"code": fault.code, "facts": fault.facts}


def digest_of(content: bytes) -> str:
    """What tells two contents apart."""
    return hashlib.sha256(content).hexdigest()


def source_of(calendar: ForeignCalendar) -> str:
    """How the closures and absences that come from it are marked."""
    return f"calendar:{calendar.id}"


def _add(
    about: About, user: User, *, name: str, url: str, content: bytes, now: datetime
) -> ForeignCalendar:
    counted = select(func.count()).select_from(ForeignCalendar).filter_by(**about.columns)
    if (session().scalar(counted) or 0) >= MOST_OF_ONE:
        raise Refused("calendars_enough", most=MOST_OF_ONE)
    row = ForeignCalendar(
        **about.columns,
        space=about.space,
        user=user,
        name=name,
        tz=about.tz,
        url=url,
        content=content,
        digest=digest_of(content),
        etag="",
        last_modified="",
        created_at=now,
        next_check_at=now,
        failures=0,
        report={},
    )
    session().add(row)
    session().flush()
    return row


def _checked(calendar: ForeignCalendar, now: datetime) -> None:
    calendar.checked_at = now
    calendar.lease_until = None
    calendar.next_check_at = now + (EVERY if calendar.url else LATEST)


def _apply(calendar: ForeignCalendar, entries: Iterable[ForeignEntry]) -> bool:
    """Block a venue's times, or let a volunteer be busy. Whether that changed anything."""
    source = source_of(calendar)
    if calendar.venue is not None:
        closed = (
            Closed(starts_at=row.starts_at, ends_at=row.ends_at, title=row.title) for row in entries
        )
        return closures.replace(source, calendar.venue, calendar.space, closed)
    if calendar.volunteer is not None:
        busy = ((row.starts_at, row.ends_at) for row in entries)
        return absences.replace(source, calendar.volunteer, busy)
    return False


def _sync(calendar: ForeignCalendar, occurrences: Iterable[Occurrence]) -> bool:
    """Entries by UID and instance: new ones added, changed ones updated, vanished ones removed.

    An older revision (SEQUENCE) than the one known changes nothing.
    """
    found = select(ForeignEntry).where(ForeignEntry.calendar_id == calendar.id)
    vanished = {(row.uid, row.key): row for row in session().scalars(found)}
    tz = named(zone(calendar.tz))
    assert tz is not None
    is_shown = calendar.organization_id is not None  # days that are no appointment count, too
    has_changed = False
    for one in occurrences:
        row = vanished.pop((one.uid, one.key), None)
        if row is None:
            row = ForeignEntry(calendar=calendar, uid=one.uid, key=one.key, sequence=-1)
            session().add(row)
        if one.sequence < row.sequence:
            continue
        starts_at, ends_at = one.span(tz)
        facts = {
            "sequence": one.sequence,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "is_all_day": one.is_all_day,
            "counts": one.status != "CANCELLED" and (is_shown or not one.is_transparent),
            "title": one.summary,
        }
        for name, value in facts.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                has_changed = True
    for row in vanished.values():
        session().delete(row)
        has_changed = True
    session().flush()
    return has_changed

"""Writing what the year's notices say."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete

from events.days import queries
from events.days.models import AnnouncedDate, DayType
from events.kernel.db import session
from events.observances import Status
from events.observances.daytypes import YearNotice


def save_notice(notice: YearNotice) -> None:
    """Make `notice` what is known of its year's holidays; what was entered before is gone."""
    remove_notice(notice.year)
    session().execute(delete(DayType).where(DayType.day.in_([one.day for one in notice.days])))
    session().add_all(
        DayType(
            year=notice.year,
            day=one.day,
            kind=one.kind,
            name=one.name,
            source=notice.source,
            status=notice.status,
        )
        for one in notice.days
    )
    session().flush()


def remove_notice(year: int) -> None:
    """Forget what was entered of a year's holidays; what is on file counts again, if anything."""
    session().execute(delete(DayType).where(DayType.year == year))


def announce(
    observance_id: str,
    year: int,
    *,
    starts_on: date,
    ends_on: date,
    status: Status,
    source: str,
    now: datetime,
) -> AnnouncedDate:
    """The days of an observance in `year`, over what was entered before."""
    row = queries.announced_date(observance_id, year)
    if row is None:
        row = AnnouncedDate(observance_id=observance_id, year=year, sequence=0)
        session().add(row)
    row.starts_on, row.ends_on, row.status = starts_on, ends_on, status
    row.source, row.changed_at = source, now
    row.sequence += 1
    session().flush()
    return row


def withdraw(row: AnnouncedDate, *, now: datetime) -> None:
    """What was entered does not count any more; the row stays, so that calendars count on."""
    row.status, row.changed_at = Status.WITHDRAWN, now
    row.sequence += 1
    session().flush()

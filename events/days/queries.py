"""Reading what the year's notices say: what administrators entered, else what is on file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from sqlalchemy import select

from events.days.models import AnnouncedDate, DayType
from events.kernel.db import session
from events.observances import Announcement, Announcements, Span, daytypes
from events.observances.daytypes import Calendar, Special, YearNotice


def day_types(first: date, last: date) -> Calendar:
    """What the days from `first` to `last` are. One query."""
    return years(first.year, last.year)


def years(first: int, last: int) -> Calendar:
    """What the days of the years `first` to `last` are. One query.

    The next year's notice belongs to it: it may name days of the December before.
    """
    wanted = range(first, last + 2)
    on_file = {year: one for year, one in daytypes.notices().items() if year in wanted}
    return Calendar((on_file | _entered(wanted)).values())


def known() -> Calendar:
    """What every day is, as far as the years' notices are known. One query."""
    return years(date.min.year, date.max.year - 1)


def known_with(notice: YearNotice) -> Calendar:
    """The same, were `notice` entered."""
    return Calendar((known().notices | {notice.year: notice}).values())


def known_without(year: int) -> Calendar:
    """The same, were what is entered of `year` taken out."""
    others = {each: one for each, one in known().notices.items() if each != year}
    on_file = daytypes.notices().get(year)
    return Calendar((others | ({year: on_file} if on_file else {})).values())


def announced(first: int, last: int) -> Announcements:
    """The dates of observances that were entered for the years `first` to `last`. One query."""
    return {
        (row.observance_id, row.year): Announcement(
            span=Span(start=row.starts_on, end=row.ends_on),
            status=row.status,
            source=row.source,
            sequence=row.sequence,
            changed_at=row.changed_at,
        )
        for row in _announced(first, last)
    }


def announced_date(observance_id: str, year: int) -> AnnouncedDate | None:
    """The row of one observance in one year."""
    return session().scalar(
        select(AnnouncedDate).where(
            AnnouncedDate.observance_id == observance_id, AnnouncedDate.year == year
        )
    )


def _announced(first: int, last: int) -> Iterable[AnnouncedDate]:
    return session().scalars(select(AnnouncedDate).where(AnnouncedDate.year.between(first, last)))


def _entered(wanted: range) -> dict[int, YearNotice]:
    found = (
        select(DayType)
        .where(DayType.year.between(wanted.start, wanted.stop - 1))
        .order_by(DayType.year, DayType.day)
    )
    rows = groupby(session().scalars(found), key=lambda row: row.year)
    return {year: _notice(year, list(of_year)) for year, of_year in rows}


def _notice(year: int, rows: list[DayType]) -> YearNotice:
    return YearNotice(
        year=year,
        source=rows[0].source,
        status=rows[0].status,
        days=tuple(Special(day=row.day, kind=row.kind, name=row.name) for row in rows),
    )

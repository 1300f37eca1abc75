"""How sessions are laid out: by day, by month, and what can be chosen among them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from events.campaigns.states import Mode
from events.venues.public import PublicSession
from events.web.public.choice import Choice

PER_PAGE = 60
PER_CELL = 3


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day and its sessions; `shown` are those that fit into a month's cell."""

    on: date
    is_in_month: bool
    is_today: bool
    sessions: tuple[PublicSession, ...]

    @property
    def shown(self) -> tuple[PublicSession, ...]:
        """As many as a cell of the month holds."""
        return self.sessions[:PER_CELL]

    @property
    def more(self) -> int:
        """How many do not fit."""
        return max(0, len(self.sessions) - PER_CELL)


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month as weeks from Monday on; `before` and `after` name its neighbours ("2025-08")."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    before: str
    after: str

    @property
    def days(self) -> tuple[Day, ...]:
        """The month's own days that have sessions: the agenda of a phone."""
        return tuple(day for week in self.weeks for day in week if day.is_in_month and day.sessions)


@dataclass(frozen=True, kw_only=True)
class Facets:
    """What occurs among all sessions of a campaign, so what can be chosen."""

    audiences: tuple[str, ...]
    towns: tuple[tuple[int, str], ...]
    modes: tuple[Mode, ...]
    venues: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What one page of a campaign shows."""

    total: int
    days: tuple[Day, ...]
    month: Month | None
    next_page: int | None
    is_over: bool

    @property
    def shown(self) -> tuple[PublicSession, ...]:
        """The sessions on the page, by start."""
        days = self.month.days if self.month else self.days
        return tuple(session for day in days for session in day.sessions)


def facets(sessions: Iterable[PublicSession]) -> Facets:
    """What can be chosen among `sessions`."""
    rows = list(sessions)
    towns = {row.region_id: row.region for row in rows if row.region_id}
    venues = {row.venue_id: row.venue for row in rows if row.venue_id}
    present = {row.mode for row in rows}
    return Facets(
        audiences=tuple(sorted({word for row in rows for word in row.audiences})),
        towns=tuple(sorted(towns.items(), key=lambda pair: pair[1])),
        modes=tuple(mode for mode in Mode if mode in present),
        venues=tuple(sorted(venues.items(), key=lambda pair: pair[1])),
    )


def listing(sessions: list[PublicSession], choice: Choice, today: date) -> Listing:
    """`sessions` as `choice` wants them."""
    is_over = bool(sessions) and all(session.is_past for session in sessions)
    found = choice.narrow(sessions)
    if choice.view == "month":
        month = month_of(found, first_of(choice.month, sessions, today), today)
        total = sum(len(day.sessions) for day in month.days)
        return Listing(total=total, days=(), month=month, next_page=None, is_over=is_over)
    found = choice.narrow_time(found, today, is_over=is_over)
    page = found[(choice.page - 1) * PER_PAGE : choice.page * PER_PAGE]
    has_more = len(found) > choice.page * PER_PAGE
    return Listing(
        total=len(found),
        days=tuple(by_day(page, today)),
        month=None,
        next_page=choice.page + 1 if has_more else None,
        is_over=is_over,
    )


def by_day(sessions: Iterable[PublicSession], today: date) -> list[Day]:
    """Sessions in time's order, grouped by the day on which they start."""
    return [
        Day(on=on, is_in_month=True, is_today=on == today, sessions=tuple(rows))
        for on, rows in groupby(sessions, key=lambda session: session.starts_local.date())
    ]


def first_of(month: str, sessions: list[PublicSession], today: date) -> date:
    """The first day of the chosen month ("2025-09"), else of the one where something is next."""
    if month:
        return date.fromisoformat(f"{month}-01")
    to_come = [s.starts_local.date() for s in sessions if s.starts_local.date() >= today]
    days = to_come or [s.starts_local.date() for s in sessions][-1:] or [today]
    return days[0].replace(day=1)


def month_of(sessions: Iterable[PublicSession], first: date, today: date) -> Month:
    """The month that begins on `first` with those of `sessions` that start in it."""
    by_date = {day.on: day.sessions for day in by_day(sessions, today)}
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first=first,
        weeks=tuple(
            tuple(
                Day(
                    on=on,
                    is_in_month=on.month == first.month,
                    is_today=on == today,
                    sessions=by_date.get(on, ()) if on.month == first.month else (),
                )
                for on in week
            )
            for week in weeks
        ),
        before=_neighbour(first, -1),
        after=_neighbour(first, 1),
    )


def _neighbour(first: date, step: int) -> str:
    month = first.year * 12 + first.month - 1 + step
    return f"{month // 12:04d}-{month % 12 + 1:02d}"

"""A year as twelve small months: what its days are, and how much is on."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from events.observances.daytypes import Calendar
from events.observances.states import DayKind

LEVELS = (1, 3, 6, 11)  # from so many sessions on a day, levels 1 to 4


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day. sessions and observances: how many are on; level: 0 to 4, by sessions."""

    on: date
    kind: DayKind
    name: str
    is_today: bool
    sessions: int = 0
    observances: int = 0

    @property
    def level(self) -> int:
        """How much is on, 0 to 4."""
        return sum(self.sessions >= least for least in LEVELS)


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month as weeks from Monday on; None where a day belongs to a neighbour."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(
    year: int,
    days: Calendar,
    *,
    today: date,
    language: str,
    sessions: Mapping[date, int] | None = None,
    observances: Mapping[date, int] | None = None,
) -> list[Month]:
    """The twelve months of `year`."""

    def cell(on: date) -> Cell:
        return Cell(
            on=on,
            kind=days.kind(on),
            name=days.name(on, language),
            is_today=on == today,
            sessions=(sessions or {}).get(on, 0),
            observances=(observances or {}).get(on, 0),
        )

    def month(number: int) -> Month:
        weeks = calendar.Calendar().monthdayscalendar(year, number)
        return Month(
            first=date(year, number, 1),
            weeks=tuple(
                tuple(cell(date(year, number, day)) if day else None for day in week)
                for week in weeks
            ),
        )

    return [month(number) for number in range(1, 13)]

"""Decisions about what a year's notice may say, on plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from events.kernel.errors import Refused
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind

FIRST_YEAR, LAST_YEAR = 1950, 2100
LONGEST_NAME = 64


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a row of a file; `row` counts from 1, 0 is the file itself."""

    row: int
    code: str
    facts: dict[str, str] = field(default_factory=dict)


def day_problems(rows: Iterable[tuple[int, Special]], year: int) -> list[Problem]:
    """Why rows cannot stand in the notice on `year`: (number of the row, day)."""
    found: list[Problem] = []
    seen: dict[date, int] = {}
    for row, one in rows:
        facts = {"day": one.day.isoformat()}
        if one.day.year != year and (one.day.year, one.day.month) != (year - 1, 12):
            found.append(Problem(row=row, code="other_year", facts=facts | {"year": str(year)}))
        elif one.day in seen:
            before = {"before": str(seen[one.day])}
            found.append(Problem(row=row, code="day_twice", facts=facts | before))
        elif one.kind is DayKind.MAKEUP and one.day.weekday() < 5:
            found.append(Problem(row=row, code="makeup_on_workday", facts=facts))
        if not one.name or len(one.name) > LONGEST_NAME:
            found.append(Problem(row=row, code="name_missing", facts=facts))
        seen.setdefault(one.day, row)
    return found


def require_notice(notice: YearNotice) -> None:
    """Raise Refused("days_unfit") unless all its days fit; ("days_missing") without any."""
    if not notice.days:
        raise Refused("days_missing", field="file")
    if not FIRST_YEAR <= notice.year <= LAST_YEAR or day_problems(
        enumerate(notice.days, 1), notice.year
    ):
        raise Refused("days_unfit", field="file")


def require_dates(year: int, starts_on: date, ends_on: date) -> None:
    """Raise Refused("announced_order" | "announced_year"): it begins in `year` and then ends."""
    if ends_on < starts_on:
        raise Refused("announced_order", field="ends_on")
    if starts_on.year != year:
        raise Refused("announced_year", field="starts_on", year=year)
    if (ends_on - starts_on).days > 366:
        raise Refused("announced_order", field="ends_on")

"""Which dates the observances have in a year, and how firm they are.

What was entered for a year (`announced`), and not withdrawn, comes first. Else a computed rule
holds from start_year to end_year; announced dates are those of the year's notice on file; else
those derived from another observance's notice; else the placeholder, PROVISIONAL; else none.
An ended observance that has a successor keeps its placeholder, by custom, but is never confirmed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from events.observances.dataset import Observance, get, load
from events.observances.rules import Announced, Span
from events.observances.states import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """An observance in one year: `start` to `end`, both included; `end` None = not yet known."""

    observance: Observance
    year: int
    start: date
    end: date | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The days that somebody entered for an observance in a year; `sequence` counts the changes."""

    span: Span
    status: Status
    source: str
    sequence: int
    changed_at: datetime

    @property
    def counts(self) -> bool:
        """Whether it says the days; else it was taken back, and only calendars must know."""
        return self.status is not Status.WITHDRAWN


Announcements = Mapping[tuple[str, int], Announcement]
NONE: Announcements = MappingProxyType({})


def year(year: int, announced: Announcements = NONE) -> list[Dated]:
    """All observances that have dates in `year`, by start and id; ValueError after 2100."""
    dated = (occurrence(observance, year, announced) for observance in load())
    return sorted(filter(None, dated), key=lambda one: (one.start, one.observance.id))


def not_announced(year: int, announced: Announcements = NONE) -> list[Observance]:
    """Observances in force in `year` without notice and without placeholder (未公布)."""
    return [
        observance
        for observance in load()
        if isinstance(observance.rule, Announced)
        and observance.is_in_force(year)
        and occurrence(observance, year, announced) is None
    ]


def rows(
    first: int, last: int, announced: Announcements = NONE
) -> Iterator[tuple[str, int, str, str, str]]:
    """(id, year, start, end, status) from year `first` to `last`, within a year by start and id.

    Dates are ISO 8601, end is "" when not known. Raises ValueError after 2100.
    """
    for number in range(first, last + 1):
        for one in year(number, announced):
            end = one.end.isoformat() if one.end else ""
            yield one.observance.id, number, one.start.isoformat(), end, one.status.value


def occurrence(observance: Observance, year: int, announced: Announcements = NONE) -> Dated | None:
    """Dates of one observance in `year`, or None; ValueError for lunar rules after 2100."""
    entered = announced.get((observance.id, year))
    if entered is not None and entered.counts:
        return _dated(observance, year, entered.span, entered.status)
    span, status = _confirmed(observance, year, announced), Status.CONFIRMED
    if span is None:
        span, status = placeholder(observance, year), Status.PROVISIONAL
    return _dated(observance, year, span, status) if span else None


def placeholder(observance: Observance, year: int) -> Span | None:
    """Days that the nominal rule gives, whether or not a notice has given others; None if no rule.

    Customary days only: show them beside the announced ones, never in their place.
    """
    rule = observance.rule
    if not isinstance(rule, Announced) or rule.nominal is None or not observance.has_begun(year):
        return None
    if not observance.is_in_force(year) and observance.succeeded_by is None:
        return None
    return rule.nominal.span(year)


def _dated(observance: Observance, year: int, span: Span, status: Status) -> Dated:
    return Dated(observance=observance, year=year, start=span.start, end=span.end, status=status)


def _confirmed(observance: Observance, year: int, announced: Announcements) -> Span | None:
    entered = announced.get((observance.id, year))
    if entered is not None and entered.counts:
        return entered.span if entered.status is Status.CONFIRMED else None
    if not observance.is_in_force(year):
        return None
    return observance.rule.span(year) or _derived(observance, year, announced)


def _derived(observance: Observance, year: int, announced: Announcements) -> Span | None:
    """One day counted from the base's confirmed start; its placeholder would confirm nothing."""
    derived = observance.derived_from
    base = derived and _confirmed(get(derived.id), year, announced)
    if not derived or not base:
        return None
    day = base.start + timedelta(days=derived.offset_days)
    return Span(start=day, end=day)

"""Which dates the observances have in a year, and how firm they are.

A computed rule holds from start_year to end_year. Announced dates are those of the year's notice;
else those derived from another observance's notice; else the placeholder, PROVISIONAL; else none.
An ended observance that has a successor keeps its placeholder, by custom, but is never confirmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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


def year(year: int) -> list[Dated]:
    """All observances that have dates in `year`, by start and id; ValueError after 2100."""
    dated = (occurrence(observance, year) for observance in load())
    return sorted(filter(None, dated), key=lambda one: (one.start, one.observance.id))


def not_announced(year: int) -> list[Observance]:
    """Observances in force in `year` without notice and without placeholder (未公布)."""
    return [
        observance
        for observance in load()
        if isinstance(observance.rule, Announced)
        and observance.is_in_force(year)
        and occurrence(observance, year) is None
    ]


def rows(first: int, last: int) -> Iterator[tuple[str, int, str, str, str]]:
    """(id, year, start, end, status) from year `first` to `last`, within a year by start and id.

    Dates are ISO 8601, end is "" when not known. Raises ValueError after 2100.
    """
    for number in range(first, last + 1):
        for one in year(number):
            end = one.end.isoformat() if one.end else ""
            yield one.observance.id, number, one.start.isoformat(), end, one.status.value


def occurrence(observance: Observance, year: int) -> Dated | None:
    """Dates of one observance in `year`, or None; ValueError for lunar rules after 2100."""
    span, status = _confirmed(observance, year), Status.CONFIRMED
    if span is None:
        span, status = placeholder(observance, year), Status.PROVISIONAL
    if span is None:
        return None
    return Dated(observance=observance, year=year, start=span.start, end=span.end, status=status)


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


def _confirmed(observance: Observance, year: int) -> Span | None:
    if not observance.is_in_force(year):
        return None
    return observance.rule.span(year) or _derived(observance, year)


def _derived(observance: Observance, year: int) -> Span | None:
    """One day counted from the base's confirmed start; its placeholder would confirm nothing."""
    derived = observance.derived_from
    base = derived and _confirmed(get(derived.id), year)
    if not derived or not base:
        return None
    day = base.start + timedelta(days=derived.offset_days)
    return Span(start=day, end=day)

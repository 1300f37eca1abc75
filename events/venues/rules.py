"""Decisions about places, on plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from events.kernel.errors import Refused
from events.kernel.hours import Hours
from events.venues.states import Doubt


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A session as `doubts` judges it: wall times of its venue, its campaign's days, its venue.

    hours: empty when not known; booked: sessions of that venue on that day, this one among them;
    is_blocked: something that Kepu does not plan takes the space.
    """

    start: datetime
    end: datetime
    now: datetime
    first_on: date
    last_on: date
    warmup_days: int = 0
    hours: str = ""
    lead_days: int = 0
    most_per_day: int | None = None
    booked: int = 0
    is_blocked: bool = False


def doubts(wanted: Wanted) -> Iterator[Doubt]:
    """What speaks against a session's time; an organizer may have reasons, so nothing is refused.

    Of a session in the past nothing else is said: its venue is not asked.
    """
    on = wanted.start.date()
    if wanted.start <= wanted.now:
        yield Doubt.PAST
        return
    if not wanted.first_on - timedelta(days=wanted.warmup_days) <= on <= wanted.last_on:
        yield Doubt.OUTSIDE_CAMPAIGN
    if wanted.hours and not Hours.parse(wanted.hours).holds(wanted.start, wanted.end):
        yield Doubt.CLOSED
    if wanted.is_blocked:
        yield Doubt.BLOCKED
    if (on - wanted.now.date()).days < wanted.lead_days:
        yield Doubt.SHORT_NOTICE
    if wanted.most_per_day is not None and wanted.booked > wanted.most_per_day:
        yield Doubt.TOO_MANY


def require_open(hours: str, start: datetime, end: datetime, *, space: str) -> None:
    """Raise Refused("space_closed") when wall times [start, end) lie outside opening hours."""
    if hours and not Hours.parse(hours).holds(start, end):
        raise Refused("space_closed", field="space", space=space, hours=hours)


def require_room(holds: int, needs: int, *, space: str) -> None:
    """Raise Refused("space_too_small") when more people are expected than the space holds."""
    if holds < needs:
        raise Refused("space_too_small", field="space", space=space, holds=holds, needs=needs)


def require_reason(reason: str) -> None:
    """Raise Refused("reason_missing"): a refusal must say why."""
    if not reason.strip():
        raise Refused("reason_missing", field="reason")


def require_hours(hours: str) -> None:
    """Raise Refused("hours_unreadable", part=) unless opening hours can be read."""
    try:
        Hours.parse(hours)
    except Refused as fault:
        raise Refused(fault.code, field="hours", **fault.facts) from fault

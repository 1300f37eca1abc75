"""Decisions about time, on plain values: from what an organizer says to sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.kernel import clock, recurrence
from events.kernel.errors import Refused
from events.schedule.states import SeriesKind


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When, as an organizer says it: wall time of `tz`.

    SINGLE: starts_local; RULE: `rule` counted from starts_local; DATES: `dates`, any order.
    """

    kind: SeriesKind
    tz: str
    starts_local: datetime
    duration_min: int
    rule: str = ""
    dates: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One session: its identity (naive wall time) and its moments (UTC, half-open)."""

    recurrence_id: datetime
    starts_at: datetime
    ends_at: datetime


def starts(timing: Timing) -> list[datetime]:
    """Naive starts of `timing`, ascending, each once.

    Raises Refused("rule_endless" | "rule_..."), Refused("dates_missing").
    """
    if timing.kind is SeriesKind.SINGLE:
        return [timing.starts_local]
    if timing.kind is SeriesKind.RULE:
        rule = recurrence.Rule.parse(timing.rule)
        found = recurrence.expand(rule, timing.starts_local)
    else:
        found = sorted(set(timing.dates))
    if not found:
        raise Refused("dates_missing", field="dates")
    return found


def slots(timing: Timing) -> list[Slot]:
    """Sessions of `timing`, ascending. Raises as `starts` does."""
    return [slot(start, timing.duration_min, timing.tz) for start in starts(timing)]


def slot(start: datetime, duration_min: int, tz: str) -> Slot:
    """The session that starts at naive `start` in `tz` and lasts `duration_min` minutes."""
    starts_at = clock.to_utc(start, tz)
    ends_at = starts_at + timedelta(minutes=duration_min)
    return Slot(recurrence_id=start, starts_at=starts_at, ends_at=ends_at)


def require_future(starts_at: datetime, now: datetime) -> None:
    """Raise Refused("already_started"): the past is not changed."""
    if starts_at <= now:
        raise Refused("already_started")

"""Decisions about places, on plain values."""

from __future__ import annotations

from datetime import datetime

from events.kernel.errors import Refused
from events.kernel.hours import Hours


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

"""Words of the schedule."""

from __future__ import annotations

from enum import StrEnum


class SeriesKind(StrEnum):
    """How a series says when."""

    SINGLE = "single"
    RULE = "rule"
    DATES = "dates"


class DayChoice(StrEnum):
    """What a rule does with an instance that falls on a certain type of day."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"


class Scope(StrEnum):
    """How much of an activity's sessions an edit concerns. PART: of a series that was split."""

    THIS = "this"
    FOLLOWING = "following"
    PART = "part"
    ALL = "all"


class OccurrenceStatus(StrEnum):
    """RFC 5545, 3.8.1.11; and POSTPONED: not at its time, and no new one is known yet."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    POSTPONED = "POSTPONED"


OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)

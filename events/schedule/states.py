"""Words of the schedule."""

from __future__ import annotations

from enum import StrEnum


class SeriesKind(StrEnum):
    """How a series says when."""

    SINGLE = "single"
    RULE = "rule"
    DATES = "dates"


class OccurrenceStatus(StrEnum):
    """RFC 5545, 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"

"""Words of venues."""

from __future__ import annotations

from enum import StrEnum


class BookingState(StrEnum):
    """How far a booking is. REQUESTED and CONFIRMED hold the space; the others do not."""

    PLANNED = "PLANNED"
    REQUESTED = "REQUESTED"
    CONFIRMED = "CONFIRMED"
    DECLINED = "DECLINED"
    RELEASED = "RELEASED"


HOLDING = (BookingState.REQUESTED, BookingState.CONFIRMED)


class Doubt(StrEnum):
    """What speaks against the time of a session that is not public yet."""

    PAST = "past"
    OUTSIDE_CAMPAIGN = "outside_campaign"
    CLOSED = "closed"
    BLOCKED = "blocked"
    SHORT_NOTICE = "short_notice"
    TOO_MANY = "too_many"

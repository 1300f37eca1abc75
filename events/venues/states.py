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

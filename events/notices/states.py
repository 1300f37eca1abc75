"""Words of notices."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """Every kind of notice; each has templates/notices/<kind>/ and a line in catalogue.py."""

    BOOKING_REQUEST = "booking_request"
    BOOKING_ANSWERED = "booking_answered"
    PUBLISHED = "published"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    TAKEN_BACK = "taken_back"
    SERIES_CHANGED = "series_changed"
    SHIFT_REMINDER = "shift_reminder"
    SIGNED_UP = "signed_up"
    OBSERVANCE_ANNOUNCED = "observance_announced"
    DAYS_ENTERED = "days_entered"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a kind


class DeliveryState(StrEnum):
    """How far a delivery is.

    READY waits for `due_at`; LEASED belongs to a worker; SENDING is the mark written just before
    the final dot, so that a crash shows; SENT, DEAD, EXPIRED and SUPERSEDED are final; UNKNOWN
    means that a crash fell between mark and answer, and a person decides; HELD was kept back by a
    person until they say "send again".
    """

    READY = "ready"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    HELD = "held"


class Policy(StrEnum):
    """What happens to a delivery whose worker died while sending."""

    RETRY = "retry"
    PARK = "park"

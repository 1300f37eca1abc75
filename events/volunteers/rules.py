"""Decisions about volunteers, on plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.kernel.errors import Refused

SHORT_NOTICE = timedelta(hours=24)
SECOND_THOUGHTS = timedelta(minutes=10)


def needs_reason(*, starts_at: datetime, signed_up_at: datetime, now: datetime) -> bool:
    """Whether who withdraws `now` should say why: the team has to find somebody in a hurry.

    Who changes their mind right after signing up need not.
    """
    return starts_at - now < SHORT_NOTICE and now - signed_up_at > SECOND_THOUGHTS


def require_reason(
    reason: str, *, starts_at: datetime, signed_up_at: datetime, now: datetime
) -> None:
    """Raise Refused("withdrawal_unexplained") when `needs_reason` and there is none."""
    is_asked = needs_reason(starts_at=starts_at, signed_up_at=signed_up_at, now=now)
    if is_asked and not reason.strip():
        raise Refused("withdrawal_unexplained", field="reason")

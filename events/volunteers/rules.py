"""Decisions about volunteers, on plain values."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORT_NOTICE = timedelta(hours=24)
SECOND_THOUGHTS = timedelta(minutes=10)


def needs_reason(*, starts_at: datetime, signed_up_at: datetime, now: datetime) -> bool:
    """Whether who withdraws `now` should say why: the team has to find somebody in a hurry.

    Who changes their mind right after signing up need not.
    """
    return starts_at - now < SHORT_NOTICE and now - signed_up_at > SECOND_THOUGHTS

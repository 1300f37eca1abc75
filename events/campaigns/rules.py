"""Decisions about campaigns and activities, on plain values."""

from __future__ import annotations

from datetime import date, timedelta

from events.kernel.errors import Refused


def require_period(starts_on: date, ends_on: date) -> None:
    """Raise Refused("campaign_period") when the campaign would end before it starts."""
    if ends_on < starts_on:
        raise Refused("campaign_period", field="ends_on")


def first_day(starts_on: date, warmup_days: int) -> date:
    """The first day on which a campaign's activities may take place."""
    return starts_on - timedelta(days=warmup_days)

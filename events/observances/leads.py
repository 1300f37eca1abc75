"""How long before an observance its work begins: three steps, counted back from its first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PLAN_DAYS, PLACE_DAYS, PUBLISH_DAYS = 60, 30, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """When planning begins, when places must be settled, when people must be told."""

    plan_on: date
    place_on: date
    publish_on: date


def lead(start: date) -> Lead:
    """The steps before an observance that starts on `start`."""
    return Lead(
        plan_on=start - timedelta(days=PLAN_DAYS),
        place_on=start - timedelta(days=PLACE_DAYS),
        publish_on=start - timedelta(days=PUBLISH_DAYS),
    )

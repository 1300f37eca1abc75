"""Days as visitors choose them."""

from __future__ import annotations

from datetime import date, timedelta


def weekend(today: date) -> tuple[date, date]:
    """First and last day of the weekend that is on or next; of one on its Sunday only that day."""
    if today.weekday() == 6:
        return today, today
    saturday = today + timedelta(days=5 - today.weekday())
    return saturday, saturday + timedelta(days=1)

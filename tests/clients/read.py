"""Run with recurring-ical-events on its path: the sessions of the calendars named on stdin."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import recurring_ical_events

first, last = (datetime.fromisoformat(word) for word in sys.argv[1:3])


def sessions(file: str) -> list[tuple[str, str, str]]:
    calendar = icalendar.Calendar.from_ical(Path(file).read_bytes())
    found = recurring_ical_events.of(calendar).between(first, last)
    return sorted(
        (
            f"{each.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            f"{each.end.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            str(each["STATUS"]),
        )
        for each in found
    )


print(json.dumps({file: sessions(file) for file in json.load(sys.stdin)}))

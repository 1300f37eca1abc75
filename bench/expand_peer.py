"""The peer of bench/expand.py: recurring-ical-events, run by a Python of its own.

python bench/expand_peer.py CALENDAR.ics FROM TO ROUNDS -> one line of JSON
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import recurring_ical_events

path, first, last, rounds = sys.argv[1:]
window = [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (first, last)]
calendar = icalendar.Calendar.from_ical(Path(path).read_bytes())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seconds = []
found: list[str] = []
for _ in range(int(rounds)):
    began = time.process_time()
    events = recurring_ical_events.of(calendar).between(*window)
    found = sorted(
        f"{event['UID']} {event['DTSTART'].dt.astimezone(UTC):%Y%m%dT%H%M%S}" for event in events
    )
    seconds.append(time.process_time() - began)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "found": found, "grown_mb": (peak - before) / 1024}))

"""Expanding: one week of 10,000 series that began ten years ago, beside recurring-ical-events.

python bench/expand.py [--series 10000] [--rounds 3] [--without-peer]

Both sides get the same rules and answer the same question, each in a process of its own: which
sessions begin in this week, in UTC? Reading the .ics is not counted, reading Kepu's rule texts is.
Their answers are compared, so that the ratio is one of equal work. Then Kepu alone: ten times the
series, and ten times the age. recurring-ical-events is no dependency of Kepu: it is installed with
pip into bench/build/recurring, which needs a package index the first time.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import venv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import BUILD

from events.kernel import clock
from events.kernel.recurrence import Rule, between

PEER = "recurring-ical-events==3.8.2"
TZ = "Asia/Shanghai"
WEEK = datetime(2025, 9, 15), datetime(2025, 9, 22)
YEARS = 10
LEAST = 20
Row = tuple[str, str, datetime]


def main() -> None:
    """Measure and print; status 1 when the ratio is below LEAST or the answers differ."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--series", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--without-peer", action="store_true")
    asked.add_argument("--child", nargs=2, type=int, metavar=("SERIES", "YEARS"))
    options = asked.parse_args()
    if options.child:
        print(json.dumps(_measured(*options.child, options.rounds)))
        return
    base = _kepu(options.series, YEARS, options.rounds)
    more = _kepu(options.series * 10, YEARS, 1)
    older = _kepu(options.series, YEARS * 10, options.rounds)
    _show(f"{options.series} series, {YEARS} years old", base)
    _show("10 x the series", more, base)
    _show("10 x the age", older, base)
    if options.without_peer:
        return
    with tempfile.TemporaryDirectory() as name:
        peer = _peer(Path(name) / "series.ics", options.series, options.rounds)
    _show("recurring-ical-events", peer)
    ratio = _median(peer) / _median(base)
    again = peer["seconds"][-1] / _median(base)
    same = peer["found"] == base["found"]
    print(f"ratio {ratio:.0f} ({again:.0f} against its last round), required {LEAST}")
    print(f"answers {'equal' if same else 'DIFFER'}: {len(base['found'])} sessions")
    sys.exit(0 if ratio >= LEAST and same else 1)


def rows(number: int, years: int) -> Iterator[Row]:
    """Series of all kinds, each begun within a month of `years` ago: uid, rule, first start."""
    dice = random.Random(7)
    last = (WEEK[0] + timedelta(days=90)).strftime("%Y%m%dT%H%M%SZ")
    for index in range(number):
        day = WEEK[0].replace(year=WEEK[0].year - years) + timedelta(days=dice.randrange(28))
        first = day.replace(hour=dice.randrange(8, 20))
        weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][first.weekday()]
        nth = (first.day - 1) // 7 + 1
        rule = (
            f"FREQ=WEEKLY;BYDAY={weekday}",
            f"FREQ=WEEKLY;BYDAY={weekday};UNTIL={last}",
            f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
            f"FREQ=WEEKLY;COUNT={60 * years};BYDAY={weekday}",
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3",
            f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
            f"FREQ=MONTHLY;BYDAY={min(nth, 4)}{weekday}" if nth < 5 else "FREQ=MONTHLY",
            "FREQ=YEARLY",
            f"FREQ=WEEKLY;BYDAY={weekday};BYMONTH={first.month}",
        )[index % 10]
        yield f"{index}@kepu", rule, first


def ask(series: list[Row]) -> list[str]:
    """Kepu's answer: one line a session."""
    found = [
        f"{uid} {clock.to_utc(start, TZ):%Y%m%dT%H%M%S}"
        for uid, text, first in series
        for start in between(Rule.parse(text), first, *WEEK, tz=TZ)
    ]
    return sorted(found)


def _measured(number: int, years: int, rounds: int) -> dict[str, object]:
    series = list(rows(number, years))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, found = [], []
    for _ in range(rounds):
        began = time.process_time()
        found = ask(series)
        seconds.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    for uid, text, first in series[:2000]:
        assert sum(1 for _ in between(Rule.parse(text), first, *WEEK, tz=TZ)) < 9, uid
    held = tracemalloc.get_traced_memory()[1] / 1024
    return {
        "seconds": seconds,
        "found": found,
        "grown_mb": (peak - before) / 1024,
        "held_kb": held,
    }


def _kepu(number: int, years: int, rounds: int) -> dict[str, list[float]]:
    command = [sys.executable, __file__, "--rounds", str(rounds), "--child", str(number)]
    return _json_of([*command, str(years)])


def _peer(path: Path, number: int, rounds: int) -> dict[str, list[float]]:
    place = BUILD / "recurring"
    python = place / "bin" / "python"
    if not python.exists():
        print(f"installing {PEER} into {place}")
        venv.create(place, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
    path.write_text(_calendar(rows(number, YEARS)), newline="")
    window = [clock.to_utc(each, TZ).replace(tzinfo=None).isoformat() for each in WEEK]
    script = Path(__file__).with_name("expand_peer.py")
    return _json_of([str(python), str(script), str(path), *window, str(rounds)])


def _calendar(series: Iterator[Row]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kepu//bench//EN"]
    for uid, rule, first in series:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20150101T000000Z",
            f"DTSTART;TZID={TZ}:{first:%Y%m%dT%H%M%S}",
            "DURATION:PT0S",
            f"RRULE:{rule}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _json_of(command: list[str]) -> dict[str, list[float]]:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def _median(measured: dict[str, list[float]]) -> float:
    return statistics.median(measured["seconds"])


def _show(
    name: str, measured: dict[str, list[float]], base: dict[str, list[float]] | None = None
) -> None:
    grown = f", {_median(measured) / _median(base):.2f} x the time" if base else ""
    held = f", {measured['held_kb']:.0f} kB held while expanding" if "held_kb" in measured else ""
    print(
        f"{name}: {_median(measured):.3f} s of processor time, {len(measured['found'])} sessions, "
        f"memory grew {measured['grown_mb']:.0f} MB{held}{grown}"
    )


if __name__ == "__main__":
    main()

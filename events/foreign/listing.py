"""A foreign calendar as lines of text: for the command, and for whoever pipes it on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import BinaryIO, TextIO

from events.foreign import words
from events.foreign.lines import MOST_BYTES
from events.foreign.problems import Unusable
from events.foreign.read import Reading, read
from events.foreign.series import Occurrence
from events.foreign.zones import named

READ, NOTHING, REFUSED = 0, 1, 2
PATIENCE_SECONDS = 5.0


def show(file: BinaryIO, first: date, last: date, zone: str) -> int:
    """Print a calendar's days from `first` to `last`; the exit status says what came of it."""
    begun = time.monotonic()
    tz = named(zone)
    if tz is None or not first <= last < date.max:
        return _refused(
            f"{zone} is no time zone." if tz is None else f"--to {last} is no such day."
        )
    try:
        reading = read(
            file.read(MOST_BYTES + 1),
            after=first,
            before=last + timedelta(days=1),
            tz=tz,
            is_late=lambda: time.monotonic() - begun > PATIENCE_SECONDS,
        )
    except Unusable as fault:
        return _refused(f"{words.refusal(fault)} ({fault.code})")
    except OSError as fault:
        return _refused(f"The file cannot be read: {fault.strerror}")
    _print(problem_lines(reading), sys.stderr)
    _print(occurrence_lines(reading), sys.stdout)
    return READ if reading.events else NOTHING


def occurrence_lines(reading: Reading) -> Iterator[str]:
    """One JSON object an occurrence: uid, start, end, all_day, status, summary."""
    for one in reading.occurrences:
        yield json.dumps(_plain(one), ensure_ascii=False)


def problem_lines(reading: Reading) -> Iterator[str]:
    """One line a problem: where, whether the event was kept, why and what to do, its code."""
    for one in reading.problems:
        name = one.summary or one.uid
        kept = "kept" if one.is_kept else "left out"
        yield f"line {one.line}: {name} [{one.uid}]: {kept}: {words.text(one)} ({one.code})"


def _refused(text: str) -> int:
    _print(iter([text]), sys.stderr)
    return REFUSED


def _print(lines: Iterator[str], to: TextIO) -> None:
    """In UTF-8, whatever the terminal's encoding is: it is read by programs."""
    to.flush()
    for line in lines:
        to.buffer.write(f"{line}\n".encode(errors="replace"))
    to.buffer.flush()


def _plain(one: Occurrence) -> dict[str, object]:
    return {
        "uid": one.uid,
        "start": one.starts.isoformat(),
        "end": one.ends.isoformat(),
        "all_day": one.is_all_day,
        "status": one.status,
        "summary": one.summary,
    }

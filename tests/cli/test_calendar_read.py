"""calendar read: a foreign calendar as lines of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.cli.test_commands import run
from tests.foreign.calendars import calendar

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
SEPTEMBER = ("--from", "2026-09-01", "--to", "2026-09-30")


def written(folder: Path, text: str) -> str:
    file = folder / "given.ics"
    file.write_text(text)
    return str(file)


def test_good_events_are_printed_and_bad_ones_named(app: Flask, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        calendar(
            "UID:b\nDTSTART:20260930T180000\nSUMMARY:讲座\nSTATUS:CANCELLED",
            "UID:a\nDTSTART;VALUE=DATE:20260902",
            "UID:c\nSUMMARY:broken",
            "UID:d\nDTSTART:20261001",
        ),
    )
    status, told, problems = run(app, "calendar", "read", file, *SEPTEMBER)
    assert [json.loads(line) for line in told.splitlines()] == [
        {
            "uid": "a",
            "start": "2026-09-02",
            "end": "2026-09-03",
            "all_day": True,
            "status": "CONFIRMED",
            "summary": "",
        },
        {
            "uid": "b",
            "start": "2026-09-30T18:00:00+08:00",
            "end": "2026-09-30T18:00:00+08:00",
            "all_day": False,
            "status": "CANCELLED",
            "summary": "讲座",
        },
    ]
    assert problems == (
        "line 13: broken [c]: left out: It has no start (DTSTART). Give it one in its calendar. "
        "(start_missing)\n"
    )
    assert status == 0


def test_the_status_says_what_came_of_it(app: Flask, tmp_path: Path) -> None:
    outside = written(tmp_path, calendar("UID:d\nDTSTART:20200101"))
    assert run(app, "calendar", "read", outside, *SEPTEMBER) == (0, "", "")
    none = written(tmp_path, calendar())
    assert run(app, "calendar", "read", none, *SEPTEMBER) == (1, "", "")
    bad = written(tmp_path, calendar("UID:d"))
    assert run(app, "calendar", "read", bad, *SEPTEMBER)[0] == 1
    page = written(tmp_path, "<html>")
    status, told, problems = run(app, "calendar", "read", page, *SEPTEMBER)
    assert (status, told, len(problems.splitlines())) == (2, "", 1)


def test_misuse_is_one_sentence(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, calendar())
    backwards = ("--from", "2026-09-02", "--to", "2026-09-01")
    assert run(app, "calendar", "read", file, *backwards)[0] == 2
    assert run(app, "calendar", "read", file, *SEPTEMBER, "--zone", "Mars")[0] == 2
    assert run(app, "calendar", "read", str(tmp_path), *SEPTEMBER)[0] == 2
    assert run(app, "calendar", "read", file, "--from", "today", "--to", "tomorrow")[0] == 2

from __future__ import annotations

import json

import pytest
from flask import Flask

from events.kernel.rule_lines import answer
from tests.effort import calls_of


def asked(rrule: object, dtstart: object, n: object) -> object:
    return json.loads(answer(json.dumps({"rrule": rrule, "dtstart": dtstart, "n": n})))


@pytest.mark.parametrize(
    ("rrule", "dtstart", "expected"),
    [
        ("FREQ=DAILY", "20250906", ["20250906", "20250907"]),
        ("RRULE:FREQ=DAILY", "20250906T090000", ["20250906T090000", "20250907T090000"]),
        ("FREQ=DAILY", "20250906T090000Z", ["20250906T090000Z", "20250907T090000Z"]),
        ("FREQ=YEARLY;BYDAY=20MO", "19970519", ["19970519", "19980518"]),
        ("FREQ=YEARLY;BYYEARDAY=-1", "20241231", ["20241231", "20251231"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "20250930", ["20250930", "20251031"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "20250930", ["20250930", "20251028"]),
        ("FREQ=DAILY;BYHOUR=9,14", "20250906T090000", ["20250906T090000", "20250906T140000"]),
        ("FREQ=DAILY;BYHOUR=9,14", "20250906", ["20250906", "20250907"]),
        ("FREQ=DAILY;UNTIL=20250906T090000Z", "20250906T090000", ["20250906T090000"]),
        ("FREQ=YEARLY", "00010101", ["00010101", "00020101"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "20250906", []),
    ],
)
def test_the_first_starts_have_the_form_of_dtstart(
    rrule: str, dtstart: str, expected: list[str]
) -> None:
    assert asked(rrule, dtstart, 2) == expected


@pytest.mark.parametrize(
    ("rrule", "dtstart", "n", "code"),
    [
        ("FREQ=YEARLY;BYWEEKNO=20", "20250906", 2, "rule_part_unknown"),
        ("FREQ=WEEKLY;BYDAY=SA;BYSETPOS=1", "20250906", 2, "rule_read_differently"),
        ("FREQ=HOURLY", "20250906T090000", 2, "rule_frequency_unknown"),
        ("every day", "20250906", 2, "rule_part_unknown"),
        ("", "20250906", 2, "rule_frequency_unknown"),
        ("FREQ=DAILY;COUNT=0", "20250906", 2, "rule_unreadable"),
        ("FREQ=DAILY", "2025-09-06", 2, "start_unreadable"),
        ("FREQ=DAILY", "20250931", 2, "start_unreadable"),
        ("FREQ=DAILY", "20250906T250000", 2, "start_unreadable"),
        ("FREQ=DAILY", 20250906, 2, "line_unreadable"),
        (None, "20250906", 2, "line_unreadable"),
        ("FREQ=DAILY", "20250906", "2", "line_unreadable"),
        ("FREQ=DAILY", "20250906", True, "line_unreadable"),
        ("FREQ=DAILY", "20250906", -1, "number_out_of_range"),
        ("FREQ=DAILY", "20250906", 10**9, "number_out_of_range"),
    ],
)
def test_what_cannot_be_expanded_is_refused_by_code(
    rrule: object, dtstart: object, n: object, code: str
) -> None:
    assert asked(rrule, dtstart, n) == {"refused": code}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{",
        b"[]",
        b"3",
        b"null",
        b'"x"',
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 9999,
    ],
)
def test_a_line_that_is_no_question_is_refused(line: bytes) -> None:
    assert json.loads(answer(line)) == {"refused": "line_unreadable"}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_every_line_gets_its_answer_and_the_status_is_0(app: Flask) -> None:
    lines = b'{"rrule": "FREQ=DAILY", "dtstart": "20250906", "n": 1}\nnonsense\n\xff\n'
    done = app.test_cli_runner().invoke(args=["recurrence", "expand"], input=lines * 2)
    assert done.exit_code == 0
    refused = {"refused": "line_unreadable"}
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        *(["20250906"], refused, refused),
        *(["20250906"], refused, refused),
    ]


def test_many_lines_are_little_work() -> None:
    rules = ("FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9", "FREQ=YEARLY;COUNT=9")
    lines = [
        json.dumps({"rrule": f"{rule};INTERVAL={number}", "dtstart": "20250906T090000", "n": 10})
        for number in range(1, 667)
        for rule in rules
    ]
    assert all(answer(line).startswith("[") for line in lines[:30])
    assert calls_of(lambda: [answer(line) for line in lines]) < 2_000 * len(lines)

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from events.days import services as days
from events.days.models import AnnouncedDate
from events.kernel.db import transaction
from events.observances import Status
from tests.cli.test_commands import run

NOW = datetime(2027, 12, 1, tzinfo=UTC)
WEEK = "science-technology-week"
DATES = ("observances", "dates", "--from", "2028", "--to", "2028")


def announce() -> AnnouncedDate:
    return days.announce(
        WEEK,
        2028,
        starts_on=date(2028, 5, 6),
        ends_on=date(2028, 5, 13),
        status=Status.CONFIRMED,
        source="国科发才〔2028〕1号",
        now=NOW,
    )


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_entered_stands_in_only_when_asked(app: Flask) -> None:
    before = run(app, *DATES)
    assert run(app, *DATES, "--announced") == before
    with transaction():
        announce()
    assert run(app, *DATES) == before
    status, after, _ = run(app, *DATES, "--announced")
    assert (status, len(after.splitlines())) == (0, len(before[1].splitlines()))
    assert f"{WEEK},2028,2028-05-06,2028-05-13,confirmed\n" in after
    with transaction():
        days.withdraw(announce(), now=NOW)
    assert run(app, *DATES, "--announced") == before

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from events import observances
from events.days import services
from events.days.calendar import calendar_bytes
from events.kernel import clock
from events.kernel.db import transaction
from events.observances import Announcement, Span, Status

WEEK = "science-technology-week"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
ONE = pytest.mark.parametrize("engine", ["sqlite"])
PATH = "/feeds/observances.ics"


def entered(day: int, sequence: int = 1) -> dict[tuple[str, int], Announcement]:
    span = Span(start=date(2027, 5, day), end=date(2027, 5, 30))
    row = Announcement(
        span=span,
        status=Status.CONFIRMED,
        source="",
        sequence=sequence,
        changed_at=NOW + timedelta(days=sequence),
    )
    return {(WEEK, 2027): row}


def written(announced: dict[tuple[str, int], Announcement], language: str = "zh") -> bytes:
    return calendar_bytes(
        range(2026, 2029),
        announced,
        language=language,
        url="https://kepu.example/year/",
        source="https://kepu.example/feeds/observances.ics",
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_dated_observance_is_an_all_day_entry(language: str) -> None:
    """Read back by another's parser."""
    parsed: Any = icalendar.Calendar.from_ical(written({}, language))
    assert parsed.errors == []
    found = {
        str(each["UID"]): (each["DTSTART"].dt, each["DTEND"].dt - timedelta(days=1))
        for each in parsed.walk("VEVENT")
    }
    assert found == {
        f"observance-{one.observance.id}-{year}@kepu": (one.start, one.end or one.start)
        for year in (2026, 2027, 2028)
        for one in observances.year(year)
    }
    assert all(len(line) <= 75 for line in written({}, language).split(b"\r\n"))


def test_what_is_entered_is_firm_and_counts_its_changes() -> None:
    def week(octets: bytes) -> tuple[str, str, int, date]:
        parsed: Any = icalendar.Calendar.from_ical(octets)
        uid = f"observance-{WEEK}-2027@kepu"
        (one,) = (each for each in parsed.walk("VEVENT") if each["UID"] == uid)
        return str(one["SUMMARY"]), str(one["STATUS"]), one["SEQUENCE"], one["DTSTART"].dt

    assert week(written({}, "en"))[0].startswith("[Provisional] ")
    assert week(written({}))[1:] == ("TENTATIVE", 0, date(2027, 5, 15))
    assert week(written(entered(22))) == ("全国科技活动周", "CONFIRMED", 1, date(2027, 5, 22))
    assert week(written(entered(23, 2)))[2:] == (2, date(2027, 5, 23))
    assert b"DTSTAMP:20261123T040000Z" in written(entered(22))


def test_what_is_withdrawn_is_provisional_again_and_counts_on() -> None:
    (key, one), *_ = entered(22, 2).items()
    octets = written({key: replace(one, status=Status.WITHDRAWN)}, "en")
    parsed: Any = icalendar.Calendar.from_ical(octets)
    (week,) = (e for e in parsed.walk("VEVENT") if e["UID"] == f"observance-{WEEK}-2027@kepu")
    told = (str(week["STATUS"]), week["SEQUENCE"], week["DTSTART"].dt)
    assert told == ("TENTATIVE", 2, date(2027, 5, 15))


def test_equal_states_give_equal_bytes() -> None:
    assert written(entered(22)) == written(entered(22))
    assert written(entered(22)) != written(entered(23))


def test_the_address_answers_unchanged_until_something_is_entered(
    app: Flask, client: FlaskClient
) -> None:
    first = client.get(PATH)
    assert first.status_code == 200
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")
    tag = first.headers["ETag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = client.get(PATH, headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(PATH, headers=since).status_code == 304
    head = client.head(PATH)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    year = clock.today("Asia/Shanghai").year
    with transaction():
        services.announce(
            WEEK,
            year + 1,
            starts_on=date(year + 1, 5, 2),
            ends_on=date(year + 1, 5, 9),
            status=Status.CONFIRMED,
            source="",
            now=clock.now(),
        )
    later = client.get(PATH, headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert f"DTSTART;VALUE=DATE:{year + 1}0502".encode() in later.data
    assert client.get(PATH, headers=since).status_code == 200


@ONE
def test_the_compressed_calendar_has_a_tag_of_its_own(client: FlaskClient) -> None:
    plain = client.get(PATH)
    small = client.get(PATH, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
    refused = client.get(PATH, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data
    for coding in ("gzip", "identity"):
        for known in (plain, small):
            asked = {"Accept-Encoding": coding, "If-None-Match": known.headers["ETag"]}
            answer = client.get(PATH, headers=asked)
            assert (answer.status_code, answer.data) == (304, b"")


@ONE
def test_the_address_speaks_english_when_asked(client: FlaskClient) -> None:
    assert b"National Science Popularization Month" in client.get(f"{PATH}?lang=en").data
    kept = client.get(f"{PATH}?download=1").headers["Content-Disposition"]
    assert kept == 'attachment; filename="kepu-observances.ics"'

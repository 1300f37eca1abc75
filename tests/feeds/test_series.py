"""The series rendering: read by other people's libraries it gives the sessions that are stored."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings, strategies as st

from events.campaigns.states import Mode
from events.feeds import render
from events.feeds.shown import Rhythm, Shown, ShownActivity
from events.feeds.states import FeedKind, Form, View
from events.kernel import clock, recurrence
from events.kernel.recurrence import Rule
from events.schedule.states import OccurrenceStatus
from tests.clients import peers
from tests.feeds.test_render import FEED, LINKS

CAMPAIGN = replace(FEED, kind=FeedKind.CAMPAIGN)
SERIES = View(language="zh", form=Form.SERIES)
FIRST = datetime(2025, 9, 6, 9, 0)
RULES = (
    "FREQ=DAILY;COUNT=12",
    "FREQ=DAILY;INTERVAL=3;COUNT=9",
    "FREQ=WEEKLY;COUNT=8",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH,SA;COUNT=11",
    "FREQ=MONTHLY;BYDAY=-1SA;COUNT=7",
    "FREQ=MONTHLY;BYMONTHDAY=6,20;UNTIL=20260301",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA;BYSETPOS=5;COUNT=6",
    "FREQ=YEARLY;COUNT=3",
)
LECTURE = ShownActivity(
    id=5,
    title="讲座",
    format="讲座",
    mode=Mode.ONSITE,
    audiences=("公众",),
    themes=(),
    lead="区科协",
    campaign_slug="september",
    campaign_theme="",
)


@pytest.fixture(scope="module", autouse=True)
def peer() -> Iterator[None]:
    """recurring-ical-events, from the folder of the tests' readers."""
    place = str(peers.fetched() / "python")
    sys.path.append(place)
    yield
    sys.path.remove(place)


def rhythm(rule: str, tz: str = "Asia/Shanghai", **given: Any) -> Rhythm:
    fields: dict[str, Any] = {
        "uid": "series",
        "tz": tz,
        "starts_local": FIRST,
        "duration_min": 90,
        "rule": rule,
        "expanded_until_local": None,
        "sequence": 7,
    }
    return Rhythm(**(fields | given))


def shown(slot: datetime, tz: str = "Asia/Shanghai", **given: Any) -> Shown:
    starts_at = clock.to_utc(given.pop("start", slot), tz)
    fields: dict[str, Any] = {
        "uid": "series",
        "recurrence_id_local": slot,
        "series_id": 1,
        "slot_local": slot,
        "tz": tz,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "status": OccurrenceStatus.CONFIRMED,
        "sequence": 1,
        "changed_at": FEED.revised_at,
        "activity": LECTURE,
        "places": (),
        "roles": (),
    }
    return Shown(**(fields | given))


def written(rows: Iterable[Shown], one: Rhythm, kind: FeedKind = FeedKind.CAMPAIGN) -> str:
    feed = replace(FEED, kind=kind)
    body = render.calendar_of(feed, rows, {1: one}, view=SERIES, links=LINKS)
    return body.decode().replace("\r\n ", "")


def read(text: str) -> list[tuple[datetime, datetime, str]]:
    calendar = icalendar.Calendar.from_ical(text)
    library = importlib.import_module("recurring_ical_events")
    found = library.of(calendar).between(datetime(2025, 1, 1), datetime(2029, 1, 1))
    return sorted(
        (each.start.astimezone(UTC), each.end.astimezone(UTC), str(each["STATUS"]))
        for each in found
    )


def stored(rows: Iterable[Shown]) -> list[tuple[datetime, datetime, str]]:
    off = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)
    return sorted(
        (row.starts_at, row.ends_at, "CANCELLED" if row.status in off else row.status.value)
        for row in rows
    )


def blocks(text: str) -> list[str]:
    return text.split("BEGIN:VEVENT")[1:]


CHANGES = st.sampled_from(
    ["keep", "keep", "keep", "drop", "cancel", "postpone", "hour", "day", "week", "long"]
)


@settings(max_examples=120, deadline=None)
@given(
    rule=st.sampled_from(RULES),
    changes=st.lists(CHANGES, min_size=12, max_size=12),
    tz=st.sampled_from(("Asia/Shanghai", "Europe/Berlin", "Africa/Casablanca")),
    kind=st.sampled_from((FeedKind.CAMPAIGN, FeedKind.VENUE)),
)
def test_whatever_was_changed_is_read_as_it_is_stored(
    rule: str, changes: list[str], tz: str, kind: FeedKind
) -> None:
    start = recurrence.expand(Rule.parse(rule), FIRST)[0]
    one = rhythm(rule, tz, starts_local=start)
    rows = [
        _changed(slot, tz, change)
        for slot, change in zip(recurrence.expand(Rule.parse(rule), start), changes, strict=False)
        if change != "drop"
    ]
    rows.append(shown(datetime(2025, 9, 5, 20, 0), tz))  # an extra date, outside of the rule
    text = written(rows, one, kind)
    assert read(text) == stored(rows)
    for never in ("RDATE", "COUNT=", "RANGE=", "TZID=UTC"):
        assert never not in text
    assert written(reversed(rows), one, kind) == text


def _changed(slot: datetime, tz: str, change: str) -> Shown:
    off = {"cancel": OccurrenceStatus.CANCELLED, "postpone": OccurrenceStatus.POSTPONED}
    moves = {
        "hour": timedelta(hours=2),
        "day": timedelta(days=1, hours=3),
        "week": -timedelta(days=9, hours=1),
    }
    row = shown(
        slot,
        tz,
        start=slot + moves.get(change, timedelta()),
        status=off.get(change, OccurrenceStatus.CONFIRMED),
    )
    return row._replace(ends_at=row.ends_at + timedelta(hours=1)) if change == "long" else row


def test_a_plain_series_is_one_entry_with_its_end_in_utc() -> None:
    rows = [shown(FIRST + timedelta(weeks=n)) for n in range(4)]
    (only,) = blocks(written(rows, rhythm("FREQ=WEEKLY;COUNT=4")))
    assert only.splitlines()[1:10] == [
        "UID:series@kepu",
        "DTSTAMP:20250820T010203Z",
        "LAST-MODIFIED:20250820T010203Z",
        "SEQUENCE:7",
        "STATUS:CONFIRMED",
        "DTSTART;TZID=Asia/Shanghai:20250906T090000",
        "DTEND;TZID=Asia/Shanghai:20250906T103000",
        "RRULE:FREQ=WEEKLY;UNTIL=20250927T010000Z",
        "SUMMARY:讲座",
    ]


def test_a_moved_session_is_an_instance_unless_it_meets_its_neighbour() -> None:
    slots = [FIRST + timedelta(weeks=n) for n in range(5)]
    near = [*map(shown, slots[:2]), shown(slots[2], start=slots[2] + timedelta(days=1))]
    text = written([*near, *map(shown, slots[3:])], rhythm("FREQ=WEEKLY;COUNT=5"))
    assert "RECURRENCE-ID;TZID=Asia/Shanghai:20250920T090000" in text
    assert "EXDATE" not in text
    far = [*map(shown, slots[:2]), shown(slots[2], start=slots[3] + timedelta(hours=3))]
    text = written([*far, *map(shown, slots[3:])], rhythm("FREQ=WEEKLY;COUNT=5"))
    assert "RECURRENCE-ID" not in text
    assert "EXDATE;TZID=Asia/Shanghai:20250920T090000" in text
    assert "UID:20250920T090000-series@kepu" in text


def test_a_series_without_end_is_one_rule_without_end() -> None:
    slots = [FIRST + timedelta(days=n) for n in range(30)]
    one = rhythm("FREQ=DAILY", expanded_until_local=slots[-1] + timedelta(days=1))
    (only,) = blocks(written([shown(slot) for slot in slots if slot != slots[7]], one))
    assert "RRULE:FREQ=DAILY\r\n" in only
    assert only.count("EXDATE") == 1
    of_venue = written(map(shown, slots), one, FeedKind.VENUE)
    assert "RRULE:FREQ=DAILY;UNTIL=20251005T010000Z" in of_venue


def test_few_of_many_are_written_one_by_one() -> None:
    rows = [shown(FIRST + timedelta(weeks=n)) for n in (0, 9, 20)]
    text = written(rows, rhythm("FREQ=WEEKLY;COUNT=30"), FeedKind.VENUE)
    assert "RRULE" not in text
    assert "VTIMEZONE" not in text
    assert len(blocks(text)) == 3


def test_a_postponed_session_says_so_to_people_and_to_calendars() -> None:
    row = shown(FIRST, status=OccurrenceStatus.POSTPONED)
    (only,) = blocks(render.calendar_of(CAMPAIGN, [row], view=SERIES, links=LINKS).decode())
    lines = only.splitlines()
    assert {"STATUS:CANCELLED", "SUMMARY:【延期】讲座", "TRANSP:TRANSPARENT"} <= set(lines)


def test_an_alarm_stands_last_and_never_for_what_is_off() -> None:
    view = replace(SERIES, alarm_min=30)
    off = shown(FIRST + timedelta(days=1), status=OccurrenceStatus.CANCELLED)
    body = render.calendar_of(CAMPAIGN, [shown(FIRST), off], view=view, links=LINKS).decode()
    first, second = blocks(body)
    assert first.splitlines()[-6:] == [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT30M",
        "DESCRIPTION:讲座",
        "END:VALARM",
        "END:VEVENT",
    ]
    assert "VALARM" not in second

"""The bytes: what RFC 5545 asks of them, and that equal facts give equal ones."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import icalendar
from hypothesis import given, settings, strategies as st

from events.campaigns.states import Mode
from events.feeds import render
from events.feeds.shown import Current, Place, Shown, ShownActivity
from events.feeds.states import FeedKind, Form, View
from events.kernel.links import Links
from events.schedule.states import OccurrenceStatus
from events.venues.states import BookingState

LINKS = Links(base_url="https://kepu.example.cn", secret="a secret of tests")
REVISED = datetime(2025, 8, 20, 1, 2, 3, tzinfo=UTC)
FEED = Current(
    id=1,
    kind=FeedKind.VENUE,
    subject_id=3,
    word="",
    form=Form.FLAT,
    name="示例区博物馆",
    nonce="nonce",
    revision=4,
    revised_at=REVISED,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
SOME = st.lists(WORDS, max_size=3).map(tuple)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
PLACES = st.builds(
    Place,
    venue=WORDS,
    space=WORDS,
    address=WORDS,
    lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180),
    state=st.sampled_from(BookingState).filter(lambda state: state is not BookingState.PLANNED),
)
ACTIVITIES = st.builds(
    ShownActivity,
    id=st.integers(1, 2**31),
    title=WORDS,
    format=WORDS,
    mode=st.sampled_from(Mode),
    audiences=SOME,
    themes=SOME,
    lead=WORDS,
    campaign_slug=st.from_regex(r"[a-z2-7]{12}", fullmatch=True),
    campaign_theme=WORDS,
)
SHOWN = st.builds(
    Shown,
    uid=st.uuids().map(str),
    recurrence_id_local=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),
    series_id=st.integers(1, 9),
    slot_local=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),
    starts_at=MOMENTS,
    ends_at=MOMENTS,
    status=st.sampled_from(OccurrenceStatus),
    sequence=st.integers(0, 99),
    activity=ACTIVITIES,
    places=st.lists(PLACES, max_size=2).map(tuple),
    roles=SOME,
)
FEEDS = st.builds(
    replace, st.just(FEED), kind=st.sampled_from(FeedKind), name=WORDS, revised_at=MOMENTS
)


@settings(max_examples=80, deadline=None)
@given(feed=FEEDS, shown=st.lists(SHOWN, max_size=4), language=st.sampled_from(("zh", "en")))
def test_any_words_give_lines_that_every_calendar_reads(
    feed: Current, shown: list[Shown], language: str
) -> None:
    body = render.calendar_of(feed, shown, view=View(language=language), links=LINKS)
    lines = body.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    for line in lines:
        assert line.decode()  # cut between characters, and none is empty
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
    unfolded = body.decode().replace("\r\n ", "").splitlines()
    names = [re.match(r"[A-Z-]+", line) for line in unfolded]
    assert None not in names
    for required in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY"):
        assert sum(name[0] == required for name in names if name) == len(shown)
    assert [line for line in unfolded if line == "BEGIN:VTIMEZONE"] == []


@settings(max_examples=40, deadline=None)
@given(
    shown=st.lists(SHOWN, max_size=3, unique_by=(lambda one: one.uid, lambda one: one.activity.id)),
    seed=st.integers(),
)
def test_equal_facts_give_equal_bytes_in_whatever_order_they_were_read(
    shown: list[Shown], seed: int
) -> None:
    mixed = list(shown)
    random.Random(seed).shuffle(mixed)
    first, second = (
        render.calendar_of(FEED, each, view=View(language="zh"), links=LINKS)
        for each in (shown, mixed)
    )
    assert first == second


def test_what_is_written_is_read_back_as_it_was() -> None:
    words = 'Talk; with, "quotes" \\ and\nnew line — 科普讲座，' + "月" * 60 + "🎈" * 30
    activity = ShownActivity(
        id=5,
        title=words,
        format="讲座,展览",
        mode=Mode.ONSITE,
        audiences=("公众",),
        themes=(),
        lead="区科协; 一",
        campaign_slug="september",
        campaign_theme="",
    )
    shown = Shown(
        uid="abc",
        recurrence_id_local=datetime(2025, 9, 6, 9, 0),
        series_id=1,
        slot_local=datetime(2025, 9, 6, 9, 0),
        tz="Asia/Shanghai",
        starts_at=datetime(2025, 9, 6, 1, 0, tzinfo=UTC),
        ends_at=datetime(2025, 9, 6, 2, 30, tzinfo=UTC),
        status=OccurrenceStatus.CONFIRMED,
        sequence=3,
        changed_at=datetime(2025, 8, 20, 1, 0, tzinfo=UTC),
        activity=activity,
        places=(
            Place(
                venue="馆",
                space="厅",
                address="路 1 号",
                lat=29.85,
                lon=114.32,
                state=BookingState.CONFIRMED,
            ),
        ),
        roles=(),
    )
    body = render.calendar_of(FEED, [shown], view=View(language="zh"), links=LINKS)
    event: Any = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    assert (str(event["SUMMARY"]), event.start, event.end, event["SEQUENCE"]) == (
        words,
        shown.starts_at,
        shown.ends_at,
        3,
    )
    assert str(event["LOCATION"]) == "馆 厅, 路 1 号"
    assert event["CATEGORIES"].to_ical() == "讲座\\,展览".encode()
    assert (event["GEO"].latitude, event["GEO"].longitude) == (29.85, 114.32)
    assert str(event["URL"]) == "https://kepu.example.cn/c/september/a/5"


def test_the_renderers_version_is_a_word_of_the_code_and_its_translations() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", render.version())

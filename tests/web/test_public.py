from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import Mode
from events.feeds import queries as feeds
from events.feeds.services import reset
from events.feeds.states import FeedKind
from events.flows.answer_request import Answer, answer_request
from events.flows.cancel_occurrence import cancel_occurrence
from events.kernel import clock
from events.kernel.db import transaction
from events.web.days import weekend
from events.web.public.choice import Choice
from events.web.subscribing import qr
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

EVERY_SATURDAY = "FREQ=WEEKLY;COUNT=3"
PAGE = "/c/september"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _publish(cast: Cast, code: str = "A002", **how: object) -> int:
    activity = season.draft(cast, code, **how)  # type: ignore[arg-type]
    season.publish(cast, activity)
    return activity


def _edit(activity: int, **values: object) -> None:
    with transaction() as writes:
        row = writes.get_one(Activity, activity)
        for name, value in values.items():
            setattr(row, name, value)


def test_a_campaign_without_publication_is_not_found(client: FlaskClient, cast: Cast) -> None:
    season.draft(cast)
    assert client.get(PAGE).status_code == 404
    assert client.get("/c/nothing").status_code == 404
    assert "2025 全国科普月" not in client.get("/").text


def test_page_shows_sessions_with_day_time_place_and_state(client: FlaskClient, cast: Cast) -> None:
    _edit(_publish(cast, rule=EVERY_SATURDAY), audiences=["青少年", "公众"])
    season.draft(cast, "A099", start=season.saturday(14))  # a draft: must not be seen
    page = client.get(PAGE).text
    for text in ("9月6日 周六", "9月13日 周六", "9月20日 周六", "09:00–10:30"):
        assert text in page
    for text in ("示例区博物馆 报告厅", "温泉路 1 号", "青少年"):
        assert text in page
    assert page.count("k-chip-wait") == 3
    assert "A099" not in page


def test_a_declined_place_is_announced_later(client: FlaskClient, cast: Cast) -> None:
    activity = _publish(cast)
    request = season.the_request()
    answer_request(
        NOW,
        request_id=request.id,
        nonce=request.nonce,
        answers={season.bookings(activity)[0].id: Answer(is_yes=False, reason="闭馆")},
        by="Tao",
    )
    page = client.get(PAGE).text
    assert "报告厅" not in page
    assert "闭馆" not in page
    assert "Place to be announced" in page or "地点待定" in page


def test_a_cancelled_session_is_struck_through_with_its_place(
    client: FlaskClient, cast: Cast
) -> None:
    activity = _publish(cast)
    occurrence = season.occurrences(activity)[0]
    cancel_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=occurrence.id,
        version=occurrence.version,
        reason="讲师生病",
    )
    page = client.get(PAGE).text
    assert "<del>科学实验课 A002</del>" in page
    assert "报告厅" in page
    assert "讲师生病" not in page


def test_filters_stand_in_the_address(client: FlaskClient, cast: Cast) -> None:
    _edit(_publish(cast, "A002"), audiences=["青少年"])
    online = _publish(cast, "A003", start=season.saturday(9, weeks=1), space=None)
    _edit(online, audiences=["老年人"], mode=Mode.ONLINE)
    _publish(cast, "A004", start=season.saturday(14, weeks=1), space="square")

    def shown(query: str) -> list[str]:
        page = client.get(f"{PAGE}?{query}").text
        return [code for code in ("A002", "A003", "A004") if f"科学实验课 {code}<" in page]

    everything = ["A002", "A003", "A004"]
    assert shown("") == everything
    assert shown("audience=青少年") == ["A002"]
    assert shown("mode=online") == ["A003"]
    assert shown(f"town={cast['town']}") == ["A002", "A004"]
    assert shown("town=999") == []
    assert shown("q=a004") == ["A004"]
    assert shown("q=博物馆 A002") == ["A002"]
    assert shown("on=2025-09-13") == ["A003", "A004"]
    assert shown("on=2025-09-13&mode=onsite") == ["A004"]
    assert shown("on=nonsense&mode=x&town=x&page=0&month=13") == everything
    assert shown("view=month&month=2025-09") == everything
    assert shown("view=month&month=2025-10") == []
    assert shown("when=weekend") == []


def test_past_sessions_are_left_out_until_asked_for(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(cast, rule=EVERY_SATURDAY)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=20))
    page = client.get(PAGE).text
    assert ("9月6日" in page, "9月13日 周六" in page) == (False, True)
    assert "9月6日 周六" in client.get(f"{PAGE}?when=all").text
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=60))
    assert "9月6日 周六" in client.get(PAGE).text


def test_month_fits_at_its_ends(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    for month in ("1900-01", "2100-12", "2025-12", "2025-01"):
        assert client.get(f"{PAGE}?view=month&month={month}").status_code == 200


def test_page_takes_four_statements_for_one_and_for_three_sessions(
    client: FlaskClient, cast: Cast
) -> None:
    counts = []
    for code, rule in (("A002", ""), ("A003", EVERY_SATURDAY)):
        _publish(cast, code, rule=rule, start=season.saturday(14 if rule else 9))
        with statements() as seen:
            client.get(PAGE)
        counts.append(len(seen))
    assert counts == [4, 4]


def test_calendar_is_offered_in_each_form(app: Flask, client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    feed = feeds.for_subject(FeedKind.CAMPAIGN, cast["campaign"])
    assert feed is not None
    page = client.get(PAGE).text.replace("&amp;", "&")
    address = page.split('id="feed-address">')[1].split("<")[0]
    assert address.startswith(f"http://127.0.0.1:8000/feeds/{feed.id}-")
    key = address.rsplit("/", 1)[1].removesuffix(".ics")
    for form in (
        f'href="webcal:{address.removeprefix("http:")}"',
        'href="https://calendar.google.com/calendar/render?cid=webcal%3A%2F%2F127.0.0.1%3A8000%2F',
        'href="https://outlook.live.com/calendar/0/addfromweb?url=http%3A%2F%2F127.0.0.1%3A8000',
        'href="https://outlook.office.com/calendar/0/addfromweb?url=http%3A%2F%2F127.0.0.1%3A8000',
        f'href="{address}?download=1"',
        f'src="{qr(f"http://127.0.0.1:8000/subscribe/{key}")}"'.replace("&amp;", "&"),
    ):
        assert form in page
    venue = feeds.for_subject(FeedKind.VENUE, cast["museum"])
    assert venue is not None
    assert f'href="/subscribe/{venue.id}-' in page
    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).data.startswith(b"BEGIN:VCALENDAR")


def test_calendar_is_offered_in_another_language(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    page = client.get(f"{PAGE}?q=A002&calendar=en").text.replace("&amp;", "&")
    address = page.split('id="feed-address">')[1].split("<")[0]
    assert address.endswith(".ics?lang=en")
    assert f'href="{address}&download=1"' in page
    assert f'href="{PAGE}?q=A002&calendar=zh#subscribe"' in page
    assert "Lead unit: " in client.get(address.removeprefix("http://127.0.0.1:8000")).text
    inviting = client.get(PAGE, headers={"Accept-Language": "en"}).text
    assert ".ics?lang=en</code>" in inviting


def test_news_of_public_calendars_are_found_by_readers(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    page = client.get(f"{PAGE}?calendar=en").text
    links = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', page)
    kinds = ["text/calendar", "application/atom+xml", "application/feed+json"]
    assert [kind for kind, _ in links] == kinds
    for kind, address in links:
        answer = client.get(address.removeprefix("http://127.0.0.1:8000"))
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert "Lead unit: " in answer.text


def test_each_calendar_has_a_page_that_its_code_leads_to(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    feed = feeds.for_subject(FeedKind.CAMPAIGN, cast["campaign"])
    assert feed is not None
    address = client.get(PAGE).text.split('id="feed-address">')[1].split("<")[0]
    path = address.removeprefix("http://127.0.0.1:8000/feeds").removesuffix(".ics")
    answer = client.get(f"/subscribe{path}")
    assert address in answer.text
    assert f"<h1>{feed.name}</h1>" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/subscribe{path[:-1]}").status_code == 404
    with transaction():
        reset(feed, NOW)
    assert client.get(f"/subscribe{path}").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
def test_wechat_gets_help_instead_of_links_that_do_nothing(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    page = client.get(PAGE, headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}).text
    assert "data-wechat" in page
    assert 'id="feed-address"' in page
    for dead in ("webcal:", "download=1", "calendar.google.com", "addfromweb"):
        assert dead not in page
    assert "data-wechat" not in client.get(PAGE).text


def test_landing_shows_what_is_on_and_comes_next(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/").status_code == 200
    _publish(cast, rule=EVERY_SATURDAY)
    page = client.get("/").text
    assert 'href="/c/september"' in page
    assert "9月6日 周六 09:00–10:30" in page
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=90))
    page = client.get("/").text
    assert 'href="/c/september"' in page
    assert "9月6日 周六" not in page


@pytest.mark.parametrize(
    ("name", "path"), [("mei", "/work"), ("tao", "/venues"), ("lin", "/me"), ("wei", "/me")]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_who_is_logged_in_goes_to_work(
    log_in: Callable[[str], FlaskClient], name: str, path: str
) -> None:
    assert log_in(name).get("/").headers["Location"] == path


def test_campaigns_of_the_neighbour_are_public_too_but_drafts_are_not(
    client: FlaskClient, cast: Cast
) -> None:
    with transaction() as writes:
        other = Campaign(
            organization_id=cast["county"],
            slug="hidden",
            name="赤壁市内部计划",
            year=2025,
            starts_on=date(2025, 9, 1),
            ends_on=date(2025, 9, 2),
            created_at=NOW,
        )
        writes.add(other)
    _publish(cast)
    assert "赤壁市内部计划" not in client.get("/").text


def test_choice_survives_its_own_address() -> None:
    choice = Choice(
        q="讲座", audience="公众", town=3, mode="online", on=date(2025, 9, 6), view="month"
    )
    args = {name: str(value) for name, value in choice.but().items()}
    assert Choice.read(args) == choice
    assert Choice().but(page=2) == {"page": 2}
    assert choice.but(on=None, q="", view="") == {"audience": "公众", "town": 3, "mode": "online"}


def test_weekend_is_the_one_that_is_on_or_next() -> None:
    saturday, sunday = date(2025, 9, 6), date(2025, 9, 7)
    assert weekend(date(2025, 9, 1)) == (saturday, sunday)
    assert weekend(saturday) == (saturday, sunday)
    assert weekend(sunday) == (sunday, sunday)
    assert weekend(date(2025, 9, 8)) == (date(2025, 9, 13), date(2025, 9, 14))

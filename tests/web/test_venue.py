from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from events.flows.cancel_occurrence import cancel_occurrence
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.db import session, transaction
from events.venues.models import BookingRequest
from events.venues.services import LINK_DAYS
from events.venues.states import BookingState
from events.web.subscribing import links
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

At = Callable[..., None]
EVERY_SATURDAY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the application's clock: at(days=3) is three days after NOW."""

    def move(**passed: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(**passed))

    move()
    return move


@pytest.fixture
def activity(client: FlaskClient, cast: Cast, at: At) -> int:
    """Three Saturdays in the museum's hall, asked for."""
    number = season.draft(cast, rule=EVERY_SATURDAY)
    season.publish(cast, number)
    return number


def _link() -> str:
    request = season.the_request()
    return links().answer(request.id, request.nonce).removeprefix("http://127.0.0.1:8000")


def _ids(activity: int) -> list[int]:
    return [booking.id for booking in season.bookings(activity)]


def _states(activity: int) -> list[BookingState]:
    session().rollback()
    return [booking.state for booking in season.bookings(activity)]


def test_link_shows_who_asks_and_for_what(client: FlaskClient, activity: int) -> None:
    page = client.get(_link())
    assert page.status_code == 200
    for text in ("区科协", "2025 全国科普月", "mei@kepu.example", "示例区博物馆", "报告厅"):
        assert text in page.text
    assert page.text.count("科学实验课 A002") >= 3
    for text in ("2025年9月6日 周六", "2025年9月13日", "2025年9月20日", "09:00–10:30"):
        assert text in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]


def test_page_takes_two_statements_for_one_and_for_three_sessions(
    client: FlaskClient, cast: Cast, at: At, app: Flask
) -> None:
    counts = []
    for code, rule in (("A011", ""), ("A012", EVERY_SATURDAY)):
        number = season.draft(cast, code, rule=rule, start=season.saturday(9 if rule else 14))
        season.publish(cast, number)
        path = _link()
        session().rollback()
        with statements() as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    assert counts == [2, 2]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_reading_changes_no_byte(client: FlaskClient, activity: int, tmp_path: Path) -> None:
    path = _link()
    session().rollback()
    before = _bytes(tmp_path)
    for _ in range(3):
        for method in ("GET", "HEAD"):
            for address in (path, f"{path}/sessions.ics", f"{path}?saved=1&all=yes"):
                assert client.open(address, method=method).status_code == 200
    assert _bytes(tmp_path) == before


def test_yes_and_no_are_kept_and_shown(client: FlaskClient, activity: int) -> None:
    first, second, _ = _ids(activity)
    sent = {
        f"answer-{first}": "yes",
        f"answer-{second}": "no",
        f"reason-{second}": "当天闭馆",
        "by": "陶馆长",
    }
    answer = client.post(_link(), data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{_link()}?saved=1")
    assert _states(activity) == [
        BookingState.CONFIRMED,
        BookingState.DECLINED,
        BookingState.REQUESTED,
    ]
    page = client.get(answer.headers["Location"])
    assert "当天闭馆" in page.text
    assert "陶馆长" in page.text


def test_sent_twice_is_one_answer(client: FlaskClient, activity: int) -> None:
    sent = {"all": "yes"}
    assert [client.post(_link(), data=sent).status_code for _ in range(2)] == [303, 422]
    sent = {f"answer-{number}": "yes" for number in _ids(activity)}
    assert client.post(_link(), data=sent).status_code == 303
    assert _states(activity) == [BookingState.CONFIRMED] * 3
    assert _changes(ChangeKind.BOOKINGS_ANSWERED) == 1


def test_no_without_a_reason_saves_nothing_and_keeps_the_form(
    client: FlaskClient, activity: int
) -> None:
    first, second, _ = _ids(activity)
    sent = {f"answer-{first}": "yes", f"answer-{second}": "no", "by": "陶馆长"}
    page = client.post(_link(), data=sent)
    assert page.status_code == 422
    assert _states(activity) == [BookingState.REQUESTED] * 3
    assert f'id="yes-{first}" checked' in page.text
    assert f'id="no-{second}" checked' in page.text
    assert f'href="#reason-{second}"' in page.text
    assert 'value="陶馆长"' in page.text


def test_nothing_chosen_is_said(client: FlaskClient, activity: int) -> None:
    assert client.post(_link(), data={}).status_code == 422
    assert _states(activity) == [BookingState.REQUESTED] * 3


def test_an_answer_can_be_changed_until_the_session_begins(
    client: FlaskClient, activity: int, at: At
) -> None:
    first, second, third = _ids(activity)
    client.post(_link(), data={"all": "yes"})
    no = {f"answer-{first}": "no", f"reason-{first}": "停电"}
    assert client.post(_link(), data=no).status_code == 303
    assert _states(activity)[0] is BookingState.DECLINED
    _extend()
    at(days=17, hours=1)  # the first session is on
    late = {f"answer-{first}": "yes", f"answer-{second}": "no", f"reason-{second}": "检修"}
    assert client.post(_link(), data=late).status_code == 303
    assert _states(activity) == [
        BookingState.DECLINED,
        BookingState.DECLINED,
        BookingState.CONFIRMED,
    ]
    page = client.get(_link()).text
    assert f'name="answer-{first}"' not in page
    assert f'name="answer-{third}"' in page


def test_a_booking_that_was_taken_back_is_shown_as_such(
    client: FlaskClient, cast: Cast, activity: int
) -> None:
    occurrence = season.occurrences(activity)[0]
    cancel_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=occurrence.id,
        version=occurrence.version,
        reason="暴雨",
    )
    first, *_ = _ids(activity)
    page = client.get(_link()).text
    assert f'name="answer-{first}"' not in page
    assert client.post(_link(), data={f"answer-{first}": "yes"}).status_code == 422
    assert _states(activity)[0] is BookingState.RELEASED


def test_confirmed_sessions_come_as_a_calendar_file(client: FlaskClient, activity: int) -> None:
    first, second, _ = _ids(activity)
    client.post(_link(), data={f"answer-{first}": "yes", f"answer-{second}": "yes"})
    answer = client.get(f"{_link()}/sessions.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    entries = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [(str(e["UID"]), str(e["LOCATION"]), str(e["SEQUENCE"])) for e in entries] == [
        ("20250906T090000-series-A002@kepu", "示例区博物馆 报告厅", "1"),
        ("20250913T090000-series-A002@kepu", "示例区博物馆 报告厅", "1"),
    ]


def test_unknown_old_and_foreign_keys_look_alike(
    client: FlaskClient, cast: Cast, activity: int, at: At
) -> None:
    old = _link()
    second = season.draft(cast, "A003", start=season.saturday(14))
    season.publish(cast, second)
    mine, other = old.removeprefix("/v/"), _link().removeprefix("/v/")
    foreign = f"{other.split('-', 1)[0]}-{mine.split('-', 1)[1]}"
    at(minutes=20)
    client.post(f"{old}/renew")
    keys = [mine, foreign, "999-" + "x" * 22, "nonsense", "99999999999999-x", "0", "é-1", "-1"]
    pages = [client.get(f"/v/{key}") for key in keys]
    assert [page.status_code for page in pages] == [404] * len(keys)
    assert len({page.text.split("<main")[1] for page in pages}) == 1
    posts = [client.post(f"/v/{key}", data={"all": "yes"}) for key in keys]
    assert [answer.status_code for answer in posts] == [404] * len(keys)
    files = [client.get(f"/v/{key}/sessions.ics").status_code for key in keys]
    assert files == [404] * len(keys)
    assert _states(activity) == [BookingState.REQUESTED] * 3


def test_an_expired_link_only_renews(client: FlaskClient, activity: int, at: At) -> None:
    path = _link()
    at(days=LINK_DAYS)
    page = client.get(path)
    assert page.status_code == 410
    assert f'action="{path}/renew"' in page.text
    assert "科学实验课" not in page.text
    assert client.post(path, data={"all": "yes"}).status_code == 410
    assert client.get(f"{path}/sessions.ics").status_code == 410
    assert _states(activity) == [BookingState.REQUESTED] * 3


def test_renewing_answers_the_same_whatever_the_key_is_worth(
    client: FlaskClient, activity: int, at: At
) -> None:
    path = _link()
    at(days=LINK_DAYS)
    pages = [client.post(f"{link}/renew") for link in (path, path, "/v/999-x", "/v/nonsense")]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text.split("<main")[1] for page in pages}) == 1
    assert _changes(ChangeKind.LINK_RENEWED) == 1
    session().rollback()
    assert client.get(path).status_code == 404
    assert client.get(_link()).status_code == 200


def test_answering_needs_the_form(app: Flask, client: FlaskClient, activity: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(_link(), data={"all": "yes"}).status_code == 400
    assert _states(activity) == [BookingState.REQUESTED] * 3


def _extend() -> None:
    """The organizer renewed the link in the meantime."""
    with transaction() as writes:
        writes.get_one(BookingRequest, season.the_request().id).expires_at = NOW + timedelta(90)


def _changes(kind: ChangeKind) -> int:
    session().rollback()
    found = select(func.count()).select_from(Change).where(Change.kind == kind)
    return session().scalar(found) or 0


def _bytes(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("kepu.db*"))}

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.sign_up import sign_up
from events.kernel import clock
from events.kernel.db import session
from events.volunteers.models import Shift, Signup
from events.volunteers.rules import needs_reason
from events.volunteers.states import SignupState
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

LogIn = Callable[[str], FlaskClient]
At = Callable[..., None]
EVERY_SATURDAY = "FREQ=WEEKLY;COUNT=3"


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the application's clock: at(days=3) is three days after NOW."""

    def move(**passed: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(**passed))

    move()
    return move


def _shifts(cast: Cast, code: str = "A002", **how: object) -> list[int]:
    """Publish an activity; the ids of its shifts in time's order."""
    activity = season.draft(cast, code, **how)  # type: ignore[arg-type]
    season.publish(cast, activity)
    ids = [occurrence.id for occurrence in season.occurrences(activity)]
    found = select(Shift.id).where(Shift.occurrence_id.in_(ids)).order_by(Shift.id)
    return list(session().scalars(found))


def _signups(cast: Cast, name: str) -> list[tuple[int, SignupState, str]]:
    session().rollback()
    found = select(Signup).where(Signup.user_id == cast[name]).order_by(Signup.id)
    return [(row.shift_id, row.state, row.reason) for row in session().scalars(found)]


def test_one_tap_signs_up_and_offers_the_way_back(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    lin = log_in("lin")
    assert f'action="/shifts/{shift}/sign-up"' in lin.get("/me/shifts").text
    answer = lin.post(f"/shifts/{shift}/sign-up", data={"when": "all"})
    assert answer.status_code == 303
    assert _signups(cast, "lin") == [(shift, SignupState.SIGNED_UP, "")]
    page = lin.get(answer.headers["Location"]).text
    number = session().scalars(select(Signup.id)).one()
    assert answer.headers["Location"] == f"/me/shifts?when=all&taken={number}"
    assert f'action="/signups/{number}/withdraw"' in page
    assert f'action="/shifts/{shift}/sign-up"' not in page
    home = lin.get("/me").text
    assert "9月6日 周六 09:00–10:30" in home
    assert "示例区博物馆 报告厅" in home


def test_signing_up_twice_is_one_place(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    lin = log_in("lin")
    assert [lin.post(f"/shifts/{shift}/sign-up").status_code for _ in range(2)] == [303, 303]
    assert _signups(cast, "lin") == [(shift, SignupState.SIGNED_UP, "")]
    assert session().get_one(Shift, shift).taken == 1


def test_full_and_clashing_shifts_say_so_and_refuse(cast: Cast, log_in: LogIn) -> None:
    (full,) = _shifts(cast, "A002", volunteers=1)
    (same_time,) = _shifts(cast, "A003", space="square")
    (mine,) = _shifts(cast, "A004", start=season.saturday(14))
    (clash,) = _shifts(cast, "A005", start=season.saturday(15), space="square")
    sign_up(cast.actor("bo"), NOW, shift_id=full)
    lin = log_in("lin")
    lin.post(f"/shifts/{mine}/sign-up")
    page = lin.get("/me/shifts").text
    buttons = [n for n in (full, same_time, mine, clash) if f"/shifts/{n}/sign-up" in page]
    assert buttons == [same_time]
    for tone in ("k-chip-full", "k-chip-mine", "k-chip-conflict", "k-chip-short"):
        assert page.count(tone) == 1
    for shift in (full, clash):
        answer = lin.post(f"/shifts/{shift}/sign-up")
        assert answer.status_code == 422
        assert "data-error-summary" in answer.text
    assert "科学实验课 A004" in lin.post(f"/shifts/{clash}/sign-up").text
    assert _signups(cast, "lin") == [(mine, SignupState.SIGNED_UP, "")]


def test_a_place_is_given_back_once_and_can_be_taken_again(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    number = sign_up(cast.actor("lin"), NOW, shift_id=shift)
    lin = log_in("lin")
    answers = [lin.post(f"/signups/{number}/withdraw") for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/me?given={shift}"] * 2
    assert session().get_one(Shift, shift).taken == 0
    assert f'action="/shifts/{shift}/sign-up"' in lin.get(f"/me?given={shift}").text
    assert lin.post(f"/shifts/{shift}/sign-up").status_code == 303
    assert [state for _, state, _ in _signups(cast, "lin")] == [
        SignupState.WITHDRAWN,
        SignupState.SIGNED_UP,
    ]


def test_withdrawing_at_short_notice_asks_why(cast: Cast, log_in: LogIn, at: At) -> None:
    (shift,) = _shifts(cast)
    number = sign_up(cast.actor("lin"), NOW, shift_id=shift)
    lin = log_in("lin")
    at(days=16, hours=12)
    assert f'href="/signups/{number}/withdraw"' in lin.get("/me").text
    assert lin.get(f"/signups/{number}/withdraw").status_code == 200
    assert lin.post(f"/signups/{number}/withdraw", data={"reason": " "}).status_code == 422
    assert _signups(cast, "lin") == [(shift, SignupState.SIGNED_UP, "")]
    answer = lin.post(f"/signups/{number}/withdraw", data={"reason": "发烧"})
    assert answer.status_code == 303
    assert _signups(cast, "lin") == [(shift, SignupState.WITHDRAWN, "发烧")]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_reason_that_is_too_long_is_kept_and_said(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    number = sign_up(cast.actor("lin"), NOW, shift_id=shift)
    answer = log_in("lin").post(f"/signups/{number}/withdraw", data={"reason": "长" * 301})
    assert answer.status_code == 422
    assert "长" * 301 in answer.text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_who_leads_a_team_finds_it_from_the_first_page(cast: Cast, log_in: LogIn) -> None:
    link = f'href="/teams/{cast["team"]}"'
    client = log_in("wei")
    assert link in client.get("/me").text
    client.post("/account/logout")
    assert link not in log_in("lin").get("/me").text


def test_nothing_is_withdrawn_once_it_has_begun(cast: Cast, log_in: LogIn, at: At) -> None:
    (shift,) = _shifts(cast)
    number = sign_up(cast.actor("lin"), NOW, shift_id=shift)
    lin = log_in("lin")
    at(days=17, minutes=5)
    assert lin.post(f"/signups/{number}/withdraw", data={"reason": "迟到"}).status_code == 422
    assert _signups(cast, "lin") == [(shift, SignupState.SIGNED_UP, "")]


def test_others_signups_and_shifts_are_not_found(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    draft = season.draft(cast, "A009", start=season.saturday(14))
    hidden = session().scalars(
        select(Shift.id).where(Shift.occurrence_id == season.occurrences(draft)[0].id)
    )
    number = sign_up(cast.actor("bo"), NOW, shift_id=shift)
    lin = log_in("lin")
    for method, path in (
        ("GET", f"/signups/{number}/withdraw"),
        ("POST", f"/signups/{number}/withdraw"),
        ("GET", f"/signups/{number}/shift.ics"),
        ("POST", f"/shifts/{hidden.one()}/sign-up"),
        ("POST", "/shifts/999/sign-up"),
    ):
        assert lin.open(path, method=method, data={"reason": "x"}).status_code == 404, path
    assert lin.get(f"/me/shifts?taken={number}").text.count(f"/signups/{number}/") == 0
    assert _signups(cast, "bo") == [(shift, SignupState.SIGNED_UP, "")]


def test_a_teams_shift_is_for_its_members(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast, team="team")
    bo = log_in("bo")
    assert f"/shifts/{shift}/sign-up" not in bo.get("/me/shifts?when=all").text
    assert bo.post(f"/shifts/{shift}/sign-up").status_code == 422
    assert _signups(cast, "bo") == []
    bo.post("/account/logout")
    lin = log_in("lin")
    assert f"/shifts/{shift}/sign-up" in lin.get("/me/shifts?team=mine").text
    assert lin.post(f"/shifts/{shift}/sign-up", data={"team": "mine"}).status_code == 303
    assert "wei@kepu.example" in lin.get("/me").text


def test_weekend_shows_only_its_shifts(cast: Cast, log_in: LogIn, at: At) -> None:
    first, second, _ = _shifts(cast, rule=EVERY_SATURDAY)
    at(days=14)
    page = log_in("lin").get("/me/shifts?when=weekend").text
    assert (f"/shifts/{first}/" in page, f"/shifts/{second}/" in page) == (True, False)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_pages_take_as_many_statements_for_one_and_for_three_shifts(
    cast: Cast, log_in: LogIn
) -> None:
    lin = log_in("lin")
    counts = []
    for code, rule in (("A002", ""), ("A003", EVERY_SATURDAY)):
        shifts = _shifts(cast, code, rule=rule, start=season.saturday(14 if rule else 9))
        for shift in shifts[:2]:
            sign_up(cast.actor("lin"), NOW, shift_id=shift)
        for path in ("/me", "/me/shifts"):
            session().expire_all()
            session().rollback()
            with statements() as seen:
                assert lin.get(path).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_a_cancelled_shift_stays_visible_but_is_not_the_next(cast: Cast, log_in: LogIn) -> None:
    first, second, _ = _shifts(cast, rule=EVERY_SATURDAY)
    for shift in (first, second):
        sign_up(cast.actor("lin"), NOW, shift_id=shift)
    occurrence = session().get_one(Shift, first).occurrence
    cancel_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=occurrence.id,
        version=occurrence.version,
        reason="暴雨",
    )
    page = log_in("lin").get("/me").text
    assert "<del>科学实验课 A002</del>" in page
    assert page.index("9月13日 周六") < page.index("<del>")


def test_service_of_the_year_counts_what_is_over(cast: Cast, log_in: LogIn, at: At) -> None:
    first, second, _ = _shifts(cast, rule=EVERY_SATURDAY)
    for shift in (first, second):
        sign_up(cast.actor("lin"), NOW, shift_id=shift)
    at(days=18)
    page = log_in("lin").get("/me").text
    numbers = [part.split("<")[0] for part in page.split('k-stat-number">')[1:]]
    assert numbers == ["1", "1.5", "1"]


def test_a_shift_comes_as_a_calendar_file_with_the_feeds_uid(cast: Cast, log_in: LogIn) -> None:
    (shift,) = _shifts(cast)
    number = sign_up(cast.actor("lin"), NOW, shift_id=shift)
    answer = log_in("lin").get(f"/signups/{number}/shift.ics")
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (str(entry["UID"]), str(entry["LOCATION"])) == (
        "20250906T090000-series-A002@kepu",
        "示例区博物馆 报告厅, 温泉路 1 号",
    )


def test_calendar_is_made_once_and_gets_a_new_address(cast: Cast, log_in: LogIn) -> None:
    lin = log_in("lin")
    assert 'action="/me/feed"' in lin.get("/me/feed").text
    assert feeds.for_subject(FeedKind.VOLUNTEER, cast["lin"]) is None
    assert lin.post("/me/feed/reset").status_code == 404
    assert [lin.post("/me/feed").status_code for _ in range(2)] == [303, 303]
    old = _address(lin)
    assert lin.get(old).status_code == 200
    assert lin.post("/me/feed/reset").status_code == 303
    assert _address(lin) != old
    assert lin.get(old).status_code == 404
    assert lin.get(_address(lin)).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"])
def test_pages_are_for_volunteers(client: FlaskClient, cast: Cast, log_in: LogIn) -> None:
    paths = ("/me", "/me/shifts", "/me/feed")
    assert {client.get(path).status_code for path in paths} == {302}
    assert {log_in("mei").get(path).status_code for path in paths} == {403}


def test_a_reason_is_needed_within_a_day_but_not_for_second_thoughts() -> None:
    start = NOW + timedelta(hours=23)
    day, hour, minute = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
    said = [
        needs_reason(starts_at=start, signed_up_at=signed_up_at, now=now)
        for signed_up_at, now in (
            (NOW - day, NOW),
            (NOW - day, NOW - hour),
            (NOW - 5 * minute, NOW),
            (NOW - 11 * minute, NOW),
        )
    ]
    assert said == [True, False, False, True]


def _address(lin: FlaskClient) -> str:
    page = lin.get("/me/feed").text
    address = page.split('id="feed-address">')[1].split("<")[0]
    return address.removeprefix("http://127.0.0.1:8000")


def test_alarms_are_chosen_for_ones_own_calendar(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    lin = log_in("lin")
    lin.post("/me/feed")
    page = lin.get("/me/feed?calendar=en&alarm=120").text.replace("&amp;", "&")
    address = page.split('id="feed-address">')[1].split("<")[0]
    assert address.endswith(".ics?lang=en&alarm=120")
    assert 'href="/me/feed?calendar=zh&alarm=120#subscribe"' in page
    assert 'href="/me/feed?calendar=en#subscribe"' in page
    assert "application/atom+xml" not in page
    assert ".ics</code>" in lin.get("/me/feed?alarm=5").text
    assert lin.get("/me?alarm=120").text.count("<details") == 1

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events import observances
from events.campaigns.models import Activity, Campaign
from events.flows.answer_request import Answer, answer_booking
from events.flows.sign_up import sign_up
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel import clock
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from events.venues.models import Booking
from events.venues.states import BookingState
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows.season import draft, publish, saturday
from tests.web.statements import statements

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def activity_form(cast: Cast, **changes: object) -> dict[str, object]:
    """What Mei sends for a draft."""
    return {
        "code": "A010",
        "title": "机器人体验",
        "mode": "onsite",
        "priority": 2,
        "lead_id": cast["office"],
        "supporter_ids": [cast["culture"]],
        "duration_min": 120,
        "expected_attendance": 60,
        "volunteers_needed": 3,
        "needed_skills": "讲解，秩序维护",
        "audiences": "青少年、家长",
        "kind": "rule",
        "starts_on": "2025-09-01",
        "starts": "09:00",
        "freq": "WEEKLY",
        "interval": 1,
        "weekdays": ["SA"],
        "monthly": "day",
        "ends": "count",
        "count": 4,
        "space_id": cast["hall"],
        "team_id": "",
        "uid": "series-of-mei",
        **changes,
    }


# -- workbench -----------------------------------------------------------------------------------


def test_workbench_counts_what_waits(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast), now=NOW - timedelta(hours=60))
    publish(cast, draft(cast, "A003", start=saturday(14), space=None, volunteers=0))
    client = log_in("mei")
    numbers = re.findall(r'k-stat-number">(\d+)', client.get("/work").text)
    assert numbers[:3] == ["1", "1", "1"]
    assert "48" in client.get("/work").text
    only = client.get("/work?need=place").text
    assert "科学实验课 A003" in only
    assert "科学实验课 A002" not in re.sub(r"(?s)id=\"next\".*", "", only)


def test_workbench_leads_a_beginner_on(log_in: LogIn, cast: Cast) -> None:
    page = log_in("xu").get("/work").text
    assert '<div class="k-empty">' in page
    assert "/campaigns/new" in page


def test_workbench_is_closed_to_volunteers(log_in: LogIn) -> None:
    assert log_in("lin").get("/work").status_code == 403


def test_workbench_asks_the_same_number_of_queries_for_more_rows(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    publish(cast, draft(cast))
    with statements() as few:
        client.get("/work")
    publish(cast, *(draft(cast, f"A1{n}", start=saturday(10 + 2 * n, weeks=1)) for n in range(3)))
    with statements() as many:
        client.get("/work")
    assert len(many) == len(few)


def test_asking_again_mails_a_new_link_once(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast), now=NOW - timedelta(hours=60))
    booking = session().scalars(select(Booking)).one()
    old = booking.request.nonce if booking.request else ""
    client = log_in("mei")
    for _ in range(2):
        answer = client.post(f"/bookings/{booking.id}/ask", data={"next": "/work?need=waiting"})
        assert (answer.status_code, answer.location) == (303, "/work?need=waiting")
    session().expire_all()
    assert booking.request
    assert booking.request.nonce != old
    asked = select(func.count()).where(Change.kind == ChangeKind.LINK_RENEWED)
    assert session().scalar(asked) == 1


def test_others_may_not_ask(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    booking = session().scalars(select(Booking)).one()
    assert log_in("xu").post(f"/bookings/{booking.id}/ask").status_code == 404


# -- campaigns -----------------------------------------------------------------------------------


def campaign_form(**changes: object) -> dict[str, object]:
    """What Mei sends for a campaign."""
    return {
        "name": "2026 全国科普月",
        "year": 2026,
        "starts_on": "2026-09-01",
        "ends_on": "2026-09-30",
        "observance_id": "national-science-month",
        "owner_id": "",
        "slug": "autumn2026",
        "targets-0-measure": "participants",
        "targets-0-goal": "5000",
        **changes,
    }


def test_new_campaign_is_filled_from_the_year(log_in: LogIn) -> None:
    page = log_in("mei").get("/campaigns/new?observance=national-science-month&year=2027").text
    assert 'value="2027-09-01"' in page
    assert 'value="2027-09-30"' in page


def test_provisional_dates_are_said_to_be_so(log_in: LogIn) -> None:
    dated = next(d for d in observances.year(2027) if d.status is observances.Status.PROVISIONAL)
    client = log_in("mei")
    page = client.get(f"/campaigns/new?observance={dated.observance.id}&year=2027").text
    assert "bi-question-circle" in page
    assert f'value="{dated.start}"' in page


def test_creating_a_campaign_twice_makes_one(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    sent = campaign_form(organization_id=cast["office"])
    first, second = (client.post("/campaigns/new", data=sent) for _ in range(2))
    assert first.status_code == 303, re.findall(r"invalid-feedback.*", first.text)
    assert (first.status_code, first.location) == (303, second.location)
    row = session().scalars(select(Campaign).where(Campaign.slug == "autumn2026")).one()
    assert [(t.measure.value, t.audience, t.goal) for t in row.targets] == [
        ("participants", "", 5000)
    ]
    assert client.get(first.location).status_code == 200


def test_a_wrong_period_is_said_at_its_field(log_in: LogIn, cast: Cast) -> None:
    sent = campaign_form(organization_id=cast["office"], ends_on="2026-08-01")
    answer = log_in("mei").post("/campaigns/new", data=sent)
    assert answer.status_code == 422
    assert 'id="ends_on-error"' in answer.text
    assert "2026 全国科普月" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/campaigns/{campaign}",
        "/campaigns/{campaign}/edit",
        "/campaigns/{campaign}/publish",
        "/campaigns/{campaign}/calendar.json?start=2025-09-01&end=2025-10-01",
        "/campaigns/{campaign}/activities/new",
        "/activities/{activity}",
        "/activities/{activity}/edit",
    ],
)
def test_a_neighbour_sees_nothing(log_in: LogIn, cast: Cast, path: str) -> None:
    assert log_in("xu").get(path.format(**cast.ids)).status_code == 404


def test_list_is_filtered_by_its_address(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    draft(cast, "A003", start=saturday(14), space="square")
    client = log_in("mei")
    path = f"/campaigns/{cast['campaign']}"

    def titles(query: str) -> list[str]:
        return re.findall(r'k-row-title" href="[^"]*">([^<]*)', client.get(path + query).text)

    both = ["科学实验课 A002", "科学实验课 A003"]
    assert titles("") == both
    assert titles("?state=draft") == both[1:]
    assert titles("?place=requested") == both[:1]
    assert titles("?q=a003") == both[1:]
    assert titles("?audience=老年人") == []
    assert titles("?staff=short&state=tentative") == both[:1]


def test_calendar_answers_wall_times_and_states(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    path = f"/campaigns/{cast['campaign']}/calendar.json"
    client = log_in("mei")
    rows = client.get(path + "?start=2025-09-01&end=2025-10-06T00:00:00%2B08:00").json
    (occurrence,) = session().scalars(select(Occurrence)).all()
    activity_id = occurrence.series.activity_id
    assert rows == [
        {
            "id": occurrence.id,
            "title": "科学实验课 A002",
            "start": "2025-09-06T09:00:00",
            "end": "2025-09-06T10:30:00",
            "url": f"/activities/{activity_id}",
            "classNames": ["occ-tentative"],
        }
    ]
    assert client.get(path + "?start=2026-01-01&end=2026-02-01").json == []
    assert client.get(path + "?start=soon&end=later").status_code == 400


def test_suggesting_places_every_draft(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    path = f"/campaigns/{cast['campaign']}/place"
    assert client.post(path).status_code == 200
    assert session().scalars(select(Series.activity_id)).all() == [cast["activity"]]
    assert client.post(path).status_code == 303


def test_publishing_says_what_was_kept_back(log_in: LogIn, cast: Cast) -> None:
    draft(cast)
    draft(cast, "A003")
    client = log_in("mei")
    path = f"/campaigns/{cast['campaign']}/publish"
    checklist = client.get(path).text
    assert checklist.count("bi-exclamation-circle-fill") == 2  # one without time, one clash
    answer = client.post(path)
    assert answer.status_code == 200
    assert "科学实验课 A003" in answer.text
    assert "科普讲座" in answer.text
    states = session().scalars(select(Booking.state).order_by(Booking.id)).all()
    assert states == [BookingState.REQUESTED, BookingState.PLANNED]


# -- activities ----------------------------------------------------------------------------------


def test_a_rule_from_the_builder_becomes_sessions(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    path = f"/campaigns/{cast['campaign']}/activities/new"
    answer = client.post(path, data=activity_form(cast))
    assert answer.status_code == 303
    series = session().scalars(select(Series)).one()
    assert (series.rule, series.starts_local.isoformat()) == (
        "FREQ=WEEKLY;BYDAY=SA;COUNT=4",
        "2025-09-06T09:00:00",
    )
    activity = series.activity
    assert (activity.audiences, activity.needed_skills) == (
        ["青少年", "家长"],
        ["讲解", "秩序维护"],
    )
    assert [unit.id for unit in activity.supporters] == [cast["culture"]]
    assert len(session().scalars(select(Booking)).all()) == 4
    assert "每周六 09:00–11:00，共 4 次" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ({"freq": "DAILY", "interval": 2, "count": 3}, "FREQ=DAILY;INTERVAL=2;COUNT=3"),
        (
            {"freq": "WEEKLY", "weekdays": ["SU", "SA"], "ends": "until", "until": "2025-09-30"},
            "FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20250930",
        ),
        ({"freq": "MONTHLY", "monthly": "day"}, "FREQ=MONTHLY;BYMONTHDAY=6;COUNT=4"),
        ({"freq": "MONTHLY", "monthly": "nth"}, "FREQ=MONTHLY;BYDAY=1SA;COUNT=4"),
        ({"freq": "MONTHLY", "monthly": "last"}, "FREQ=MONTHLY;BYDAY=-1SA;COUNT=4"),
        ({"freq": "YEARLY", "count": 2}, "FREQ=YEARLY;COUNT=2"),
        (
            {"freq": "OTHER", "rrule": "freq=weekly;byday=sa;wkst=mo;count=2"},
            "FREQ=WEEKLY;BYDAY=SA;WKST=MO;COUNT=2",
        ),
    ],
)
def test_the_form_shows_again_what_was_sent(
    log_in: LogIn, cast: Cast, sent: dict[str, object], rule: str
) -> None:
    client = log_in("mei")
    first = activity_form(cast, starts_on="2025-09-06", space_id="", **sent)
    made = client.post(f"/campaigns/{cast['campaign']}/activities/new", data=first)
    assert made.status_code == 303, made.text
    assert session().scalars(select(Series.rule)).one() == rule
    page = client.get(f"{made.location}/edit").text
    assert f'<option selected value="{sent["freq"]}">' in page


def test_several_dates_and_more_rows(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    path = f"/campaigns/{cast['campaign']}/activities/new"
    dates = {"dates-0": "2025-09-13T14:00", "dates-1": "2025-09-06T09:30"}
    sent = activity_form(cast, kind="dates", **dates)
    more = client.post(path, data={**sent, "more": "1"})
    assert more.status_code == 200
    assert more.text.count('name="dates-') == 10
    assert client.post(path, data=sent).status_code == 303
    series = session().scalars(select(Series)).one()
    assert (series.kind, series.dates) == (
        SeriesKind.DATES,
        ["2025-09-06T09:30:00", "2025-09-13T14:00:00"],
    )


def test_what_is_missing_is_said_at_its_field(log_in: LogIn, cast: Cast) -> None:
    sent = activity_form(cast, title="", starts="", ends="until", until="")
    answer = log_in("mei").post(f"/campaigns/{cast['campaign']}/activities/new", data=sent)
    assert answer.status_code == 422
    for name in ("title", "starts", "until"):
        assert f'id="{name}-error"' in answer.text
    assert session().scalars(select(Activity.code)).all() == ["A001"]


def test_a_draft_is_edited_whole(log_in: LogIn, cast: Cast) -> None:
    activity_id = draft(cast)
    client = log_in("mei")
    path = f"/activities/{activity_id}/edit"
    assert 'value="09:00"' in client.get(path).text
    sent = activity_form(cast, version=1, kind="single", starts="15:00", code="A002")
    assert client.post(path, data=sent).status_code == 303
    series = session().scalars(select(Series)).one()
    assert (series.kind, series.starts_local.hour) == (SeriesKind.SINGLE, 15)


def test_a_published_activity_keeps_its_times(log_in: LogIn, cast: Cast) -> None:
    activity_id = draft(cast)
    publish(cast, activity_id)
    client = log_in("mei")
    page = client.get(f"/activities/{activity_id}/edit").text
    assert 'name="kind"' not in page
    sent = activity_form(cast, version=2, code="A002", kind="single", starts="15:00")
    answer = client.post(f"/activities/{activity_id}/edit", data=sent)
    assert (answer.status_code, "15:00" in answer.text) == (409, True)  # said, not dropped
    assert session().scalars(select(Series)).one().starts_local.hour == 9
    assert session().get_one(Activity, activity_id).title == "机器人体验"


def test_preview_says_times_and_what_speaks_against_the_place(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    client = log_in("mei")
    sent = activity_form(cast, expected_attendance=500, weekdays=["SA", "MO"])
    page = client.post("/activities/preview", data=sent).text
    assert "每周一、周六 09:00–11:00，共 4 次" in page
    assert page.count("k-preview-problem") == 3  # too small, closed on Mondays, taken
    empty = client.post("/activities/preview", data=activity_form(cast, starts="")).text
    assert "k-quiet" in empty


# -- sessions ------------------------------------------------------------------------------------


def test_moving_shows_whom_it_concerns_and_does_it(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    occurrence = session().scalars(select(Occurrence)).one()
    shift_id = session().scalars(select(Shift.id)).one()
    sign_up(cast.actor("lin"), NOW, shift_id=shift_id)
    client = log_in("mei")
    path = f"/occurrences/{occurrence.id}/move"
    page = client.get(path).text
    assert "示例区博物馆" in page
    assert 'value="2025-09-06"' in page
    sent = {
        "version": occurrence.version,
        "starts_on": "2025-09-13",
        "starts": "14:00",
        "space_id": cast["square"],
    }
    answer = client.post(path, data=sent)
    assert answer.status_code == 303
    session().expire_all()
    assert occurrence.starts_at == clock.to_utc(saturday(14, weeks=1), "Asia/Shanghai")
    again = client.post(path, data=sent)
    assert again.status_code == 422
    assert "k-error-summary" in again.text


def test_cancelling_needs_a_reason(log_in: LogIn, cast: Cast) -> None:
    publish(cast, draft(cast))
    occurrence = session().scalars(select(Occurrence)).one()
    client = log_in("mei")
    path = f"/occurrences/{occurrence.id}/cancel"
    silent = client.post(path, data={"version": occurrence.version, "reason": " "})
    assert silent.status_code == 422
    assert 'id="reason-error"' in silent.text
    sent = {"version": occurrence.version, "reason": "暴雨"}
    assert client.post(path, data=sent).status_code == 303
    session().expire_all()
    assert occurrence.status is OccurrenceStatus.CANCELLED


def test_a_declined_place_is_explained(log_in: LogIn, cast: Cast) -> None:
    activity_id = draft(cast)
    publish(cast, activity_id)
    booking_id = session().scalars(select(Booking.id)).one()
    answer = Answer(is_yes=False, reason="当天有展览")
    answer_booking(cast.actor("tao"), NOW, booking_id=booking_id, answer=answer)
    page = log_in("mei").get(f"/activities/{activity_id}").text
    assert "当天有展览" in page


@pytest.mark.parametrize("verb", ["move", "cancel"])
@pytest.mark.parametrize(("name", "status"), [("xu", 404), ("tao", 403), ("lin", 403)])
def test_others_may_not_change_sessions(
    log_in: LogIn, cast: Cast, verb: str, name: str, status: int
) -> None:
    publish(cast, draft(cast))
    occurrence_id = session().scalars(select(Occurrence.id)).one()
    answer = log_in(name).get(f"/occurrences/{occurrence_id}/{verb}")
    assert answer.status_code == status


# -- what no form sends --------------------------------------------------------------------------

HUGE = "9" * 30


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": "0001-01-01"},
        {"starts_on": "9999-12-31"},
        {"duration_min": HUGE},
        {"weekdays": ["XX"]},
        {"space_id": HUGE},
        {"kind": "dates", "dates-0": "0001-01-01T00:00"},
    ],
)
def test_a_preview_of_nonsense_is_no_failure(
    log_in: LogIn, cast: Cast, changes: dict[str, object]
) -> None:
    client = log_in("mei")
    for tz in ("Asia/Shanghai", "X/Y", "../x"):
        sent = client.post(
            "/activities/preview", query_string={"tz": tz}, data=activity_form(cast, **changes)
        )
        assert sent.status_code == 200
    address = f"/campaigns/{cast['campaign']}/activities/new"
    assert client.post(address, data=activity_form(cast, **changes)).status_code == 422


def test_numbers_that_no_row_has_are_not_found(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    for kind in ("activities", "campaigns", "venues", "teams"):
        assert client.get(f"/{kind}/{HUGE}").status_code == 404
    assert (
        client.get(f"/campaigns/{cast['campaign']}/calendar.json?start=0001-01-01").status_code
        == 400
    )


@pytest.mark.parametrize("version", ["²", "9" * 5000, "", None])
def test_an_unreadable_version_is_a_stale_one(
    log_in: LogIn, cast: Cast, version: str | None
) -> None:
    made = draft(cast)
    sent = activity_form(cast, version=version, kind="none")
    sent = {name: value for name, value in sent.items() if value is not None}
    assert log_in("mei").post(f"/activities/{made}/edit", data=sent).status_code == 409


def test_the_hidden_uid_of_another_activity_writes_nothing(log_in: LogIn, cast: Cast) -> None:
    client, address = log_in("mei"), f"/campaigns/{cast['campaign']}/activities/new"
    assert client.post(address, data=activity_form(cast)).status_code == 303
    again = activity_form(cast, code="A011", title="again", space_id="")
    assert client.post(address, data=again).status_code == 409
    assert session().scalar(select(Activity.id).where(Activity.code == "A011")) is None

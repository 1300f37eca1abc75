from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.campaigns.models import Activity
from events.flows.answer_request import Answer, answer_booking
from events.flows.sign_up import sign_up
from events.kernel import clock
from events.kernel.db import session
from events.schedule import queries as schedule
from events.schedule.states import OFF, DayChoice, OccurrenceStatus
from events.venues.states import HOLDING
from events.volunteers.models import Shift
from tests.cast import NOW, PASSWORD, Cast
from tests.flows import season
from tests.web.test_organizer import activity_form

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))


@pytest.fixture
def mei(log_in: LogIn) -> FlaskClient:
    """Mei, reading English."""
    client = log_in("mei")
    client.post("/language", data={"language": "en"})
    return client


def published(cast: Cast) -> int:
    activity = season.draft(cast, rule="FREQ=WEEKLY;COUNT=4")
    season.publish(cast, activity)
    return activity


def form(**changes: object) -> dict[str, object]:
    """What Mei sends to have all four Saturdays at two in the afternoon."""
    return {
        "uid": "the-next-series",
        "kind": "rule",
        "starts_on": "2025-09-06",
        "starts": "14:00",
        "duration_min": 90,
        "freq": "WEEKLY",
        "interval": 1,
        "weekdays": ["SA"],
        "monthly": "day",
        "ends": "count",
        "count": 4,
        "place": "keep",
        "step": "look",
    } | changes


def seen_in(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def starts(activity: int) -> list[str]:
    return [f"{row.starts_at:%m-%d %H}" for row in schedule.of_activity(activity)]


def test_the_form_shows_what_holds_now(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    rows = season.occurrences(activity)
    page = mei.get(f"/occurrences/{rows[2].id}/edit?scope=following").text
    assert 'value="2025-09-20"' in page
    assert re.search(r'name="count"[^>]*value="2"', page)
    page = mei.get(f"/occurrences/{rows[2].id}/edit?scope=all").text
    assert 'value="2025-09-06"' in page


def test_first_it_is_shown_then_it_is_done(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    shift = session().scalars(select(Shift).order_by(Shift.id)).first()
    assert shift
    sign_up(cast.actor("lin"), NOW, shift_id=shift.id)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    looked = mei.post(path, data=form())
    assert looked.status_code == 200
    words = ("Sessions with another time or place: 4", "Bookings that the venue must confirm: 4")
    assert [word in looked.text for word in (*words, "Volunteers who are told by mail: 1")] == [
        True
    ] * 3
    assert looked.text.count("<del>") >= 4
    assert starts(activity) == ["09-06 01", "09-13 01", "09-20 01", "09-27 01"]
    done = mei.post(path, data=form(step="do", seen=seen_in(looked.text)))
    assert done.status_code == 303
    assert starts(activity) == ["09-06 06", "09-13 06", "09-20 06", "09-27 06"]


def test_what_was_not_shown_is_shown_again(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    seen = seen_in(mei.post(path, data=form()).text)
    answer = mei.post(path, data=form(step="do", seen=seen, starts="15:00"))
    assert answer.status_code == 422
    assert starts(activity)[0] == "09-06 01"
    assert seen_in(answer.text) != seen


def test_cancelling_some_asks_for_a_reason(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    fewer = form(starts="09:00", count=3)
    seen = seen_in(mei.post(path, data=fewer).text)
    assert mei.post(path, data=fewer | {"step": "do", "seen": seen}).status_code == 422
    sent = fewer | {"step": "do", "seen": seen, "reason": "展厅检修"}
    assert mei.post(path, data=sent).status_code == 303
    statuses = [row.status for row in schedule.of_activity(activity)]
    assert statuses[-1] is OccurrenceStatus.CANCELLED


def test_nothing_to_change_offers_nothing_to_do(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    page = mei.post(path, data=form(starts="09:00")).text
    assert "Nothing changes" in page
    assert 'value="do"' not in page


def test_drafts_are_changed_in_their_own_form(mei: FlaskClient, cast: Cast) -> None:
    draft = season.occurrences(season.draft(cast, "A009"))[0].id
    assert mei.get(f"/occurrences/{draft}/edit").status_code == 404


def test_a_session_is_put_off_and_gets_a_new_date(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    row = season.occurrences(activity)[0]
    path, page = f"/occurrences/{row.id}/postpone", f"/activities/{activity}"
    assert mei.get(path).status_code == 200
    version = row.version
    assert mei.post(path, data={"version": version}).status_code == 422
    assert mei.post(path, data={"version": version, "reason": "台风"}).status_code == 303
    shown = mei.get(page).text
    assert ("Give it a new date" in shown, "Postponed" in shown) == (True, True)


def test_a_change_is_taken_back_from_the_activitys_page(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    before = starts(activity)
    seen = seen_in(mei.post(path, data=form()).text)
    assert mei.post(path, data=form(step="do", seen=seen)).status_code == 303
    page = mei.get(f"/activities/{activity}").text
    found = re.search(r'action="(/changes/\d+/undo)"', page)
    assert found
    assert "for 10 more minutes" in page
    assert mei.post(found[1], data={"activity": activity}).status_code == 303
    assert starts(activity) == before
    assert "/undo" not in mei.get(f"/activities/{activity}").text


def test_a_rule_avoids_holidays_as_the_form_says(mei: FlaskClient, cast: Cast) -> None:
    sent = activity_form(cast, count=6, on_holiday="skip", **{"exdates-0": "2025-09-13"})
    preview = mei.post("/activities/preview", data=sent).text
    assert re.findall(r"<del>(.*?)</del>", preview) == ["Sat 13 Sep 09:00", "Sat 4 Oct 09:00"]
    assert "National Day" in preview
    path = f"/campaigns/{cast['campaign']}/activities/new"
    assert mei.post(path, data=sent | {"uid": "u-1"}).status_code == 303
    activity = session().scalars(select(Activity).where(Activity.code == "A010")).one()
    series = schedule.series_of(activity.id)
    assert series
    timing = schedule.timing(series)
    assert (timing.on_holiday, timing.exdates) == (DayChoice.SKIP, (datetime(2025, 9, 13, 9),))
    assert starts(activity.id) == ["09-06 01", "09-20 01", "09-27 01", "10-11 01"]
    page = mei.get(f"/activities/{activity.id}/edit").text
    assert 'value="2025-09-13"' in page


def test_a_rule_without_end_is_planned_half_a_year_ahead(mei: FlaskClient, cast: Cast) -> None:
    sent = activity_form(cast, ends="never", uid="u-2")
    assert "without end" in mei.post("/activities/preview", data=sent).text
    path = f"/campaigns/{cast['campaign']}/activities/new"
    assert mei.post(path, data=sent).status_code == 303
    activity = session().scalars(select(Activity).where(Activity.code == "A010")).one()
    assert len(schedule.of_activity(activity.id)) == 26


# Two people at one series; a series in parts


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that somebody has open."""
    found = {}
    for field in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and value and name[1] in {"base", "uid", "seen"}:
            found[name[1]] = html.unescape(value[1])
    return found


def as_shown(**changes: object) -> dict[str, object]:
    """The form of `published` as it is opened: four Saturdays at nine."""
    return form(starts="09:00") | changes


def another(mei: FlaskClient, name: str) -> FlaskClient:
    """Somebody else at a browser of their own, reading English."""
    client = mei.application.test_client()
    client.post("/account/login", data={"email": f"{name}@kepu.example", "password": PASSWORD})
    client.post("/language", data={"language": "en"})
    return client


@pytest.fixture
def both(mei: FlaskClient) -> tuple[FlaskClient, FlaskClient]:
    """Ada and Mei."""
    return another(mei, "ada"), mei


def edit(client: FlaskClient, path: str, sent: dict[str, object]) -> None:
    """Look at it, then do it."""
    looked = client.post(path, data=sent)
    assert looked.status_code == 200
    done = client.post(path, data=sent | fields_of(looked.text) | {"step": "do"})
    assert done.status_code == 303


def test_the_second_of_two_sees_both_changes_and_loses_none(
    both: tuple[FlaskClient, FlaskClient], cast: Cast
) -> None:
    ada, mei = both
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    opened = fields_of(mei.get(path).text)
    edit(ada, path, as_shown(starts="14:00") | fields_of(ada.get(path).text))
    mine = as_shown(count=5, **{"exdates-0": "2025-09-13"}) | opened
    page = mei.post(path, data=mine)
    assert page.status_code == 409
    assert "Ada saved it" in page.text
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.text) == [("Begins at", "14:00")]
    assert re.search(r'name="starts"[^>]*value="14:00"', page.text)
    assert "choose-" not in page.text
    assert starts(activity) == ["09-06 06", "09-13 06", "09-20 06", "09-27 06"]
    merged = mine | {"starts": "14:00", "step": "do", "reason": "闭馆"} | fields_of(page.text)
    assert mei.post(path, data=merged).status_code == 303
    live = [row for row in schedule.of_activity(activity) if row.status not in OFF]
    assert [f"{row.starts_at:%m-%d %H}" for row in live] == [
        "09-06 06", "09-20 06", "09-27 06", "10-04 06",
    ]  # fmt: skip


@pytest.mark.parametrize(("choice", "hour"), [("theirs", "06"), ("mine", "08")])
def test_what_both_changed_is_chosen(
    both: tuple[FlaskClient, FlaskClient], cast: Cast, choice: str, hour: str
) -> None:
    ada, mei = both
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    opened = fields_of(mei.get(path).text)
    edit(ada, path, as_shown(starts="14:00", place=cast["square"]) | fields_of(ada.get(path).text))
    mine = as_shown(starts="16:00", place=cast["hall"], duration_min=60)
    page = mei.post(path, data=mine | opened)
    assert page.status_code == 409
    names = re.findall(r'name="choose-([a-z_]+)" value="theirs"', page.text)
    assert names == ["place", "starts"]
    assert 'value="do"' not in page.text
    chosen = {f"choose-{name}": choice for name in names}
    edit(mei, path, mine | fields_of(page.text) | chosen)
    rows = schedule.of_activity(activity)
    assert [f"{row.starts_at:%H}" for row in rows] == [hour] * 4
    assert {row.ends_at - row.starts_at for row in rows} == {timedelta(minutes=60)}
    space = cast["square"] if choice == "theirs" else cast["hall"]
    live = [b.space_id for b in season.bookings(activity) if b.state in HOLDING]
    assert live == [space] * 4


def test_another_way_of_saying_when_is_asked_as_a_whole(
    both: tuple[FlaskClient, FlaskClient], cast: Cast
) -> None:
    ada, mei = both
    activity = published(cast)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    opened = fields_of(mei.get(path).text)
    edit(ada, path, as_shown(starts="14:00") | fields_of(ada.get(path).text))
    listed = {f"dates-{n}": f"2025-09-{day:02}T10:00" for n, day in enumerate((6, 13, 20, 27))}
    page = mei.post(path, data=as_shown(kind="dates") | listed | opened)
    assert re.findall(r'name="choose-([a-z_]+)" value="mine"', page.text) == ["when"]


def test_nobody_met_no_question(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    for scope in ("all", "following", "part"):
        path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope={scope}"
        opened = mei.get(path).text
        assert mei.post(path, data=as_shown() | fields_of(opened)).status_code == 200


def test_a_form_as_it_is_opened_is_what_a_browser_sends_back(mei: FlaskClient, cast: Cast) -> None:
    activity = season.draft(cast, rule="FREQ=MONTHLY;BYDAY=1SA;COUNT=3")
    season.publish(cast, activity)
    path = f"/occurrences/{season.occurrences(activity)[0].id}/edit?scope=all"
    base = json.loads(fields_of(mei.get(path).text)["base"])
    assert (base["freq"], base["monthly"], base["weekdays"]) == (["MONTHLY"], ["nth"], [])


def test_a_series_in_parts_names_them_and_changes_them_together(
    mei: FlaskClient, cast: Cast
) -> None:
    activity = published(cast)
    third = season.occurrences(activity)[2].id
    later = as_shown(starts_on="2025-09-20", starts="14:00", count=2)
    edit(mei, f"/occurrences/{third}/edit?scope=following", later)
    path = f"/occurrences/{third}/edit?scope=all"
    page = mei.get(path).text
    assert "The series has 2 parts" in page
    assert page.count("scope=part") == 3  # the tab, and a link at each part
    opened = fields_of(page)
    shown = as_shown(starts="14:00", ends="until", until="2025-09-27", duration_min=120)
    looked = mei.post(path, data=shown | opened).text
    assert "Sessions with another time or place: 4" in looked
    assert looked.count("<del>") == 4
    edit(mei, path, shown | opened)
    assert starts(activity) == ["09-06 01", "09-13 01", "09-20 06", "09-27 06"]
    only = mei.get(f"/occurrences/{third}/edit?scope=part").text
    assert "Only the part that is ticked changes here." in only


def test_parts_of_different_kinds_are_changed_one_by_one(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    third = season.occurrences(activity)[2].id
    listed = {"dates-0": "2025-09-20T10:00", "dates-1": "2025-10-01T10:00"}
    edit(mei, f"/occurrences/{third}/edit?scope=following", as_shown(kind="dates") | listed)
    page = mei.get(f"/occurrences/{third}/edit?scope=all").text
    assert "Only the part that is ticked changes here." in page


# Undo


def moved(mei: FlaskClient, activity: int, hour: int = 14) -> str:
    """Mei moves the first session; the page that she sees then."""
    row = season.occurrences(activity)[0]
    booking = season.bookings(activity)[0]
    sent = {
        "version": row.version,
        "starts_on": "2025-09-06",
        "starts": f"{hour}:00",
        "space_id": booking.space_id,
    }
    return mei.post(f"/occurrences/{row.id}/move", data=sent, follow_redirects=True).text


def toast(page: str) -> str:
    return page[page.index('class="k-toasts"') :]


def test_undo_stands_in_the_toast_and_needs_no_script(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    before = starts(activity)
    said = toast(moved(mei, activity))
    assert "Moved. Everybody concerned is being told." in said
    found = re.search(r'<form method="post" action="(/changes/\d+/undo)"', said)
    assert found
    assert re.search(r'name="csrf_token" value=', said)
    page = mei.post(found[1], follow_redirects=True).text
    assert "Taken back: everything is as it was before." in toast(page)
    assert "/undo" not in page
    assert starts(activity) == before


def test_every_change_of_sessions_offers_undo_in_its_toast(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    for verb, row in zip(("cancel", "postpone"), season.occurrences(activity), strict=False):
        sent = {"version": row.version, "reason": "台风"}
        answer = mei.post(f"/occurrences/{row.id}/{verb}", data=sent, follow_redirects=True)
        assert "/undo" in toast(answer.text)
    path = f"/occurrences/{season.occurrences(activity)[2].id}/edit?scope=part"
    edit(mei, path, as_shown(starts="14:00"))
    assert "/undo" in toast(mei.get(f"/activities/{activity}").text)


def test_a_toast_pressed_too_late_is_refused_clearly(
    mei: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity = published(cast)
    found = re.search(r"/changes/\d+/undo", toast(moved(mei, activity)))
    assert found
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1, minutes=10))
    for ask in (mei.post, mei.get):
        answer = ask(found[0], follow_redirects=True)
        assert "The ten minutes are over" in toast(answer.text)
    assert starts(activity)[0] == "09-06 06"


def test_undo_past_a_venues_answer_says_what_it_means_first(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    before = starts(activity)
    found = re.search(r"/changes/\d+/undo", toast(moved(mei, activity)))
    assert found
    (booking,) = (b for b in season.bookings(activity) if b.starts_at.hour == 6)
    answer = Answer(is_yes=True)
    answer_booking(cast.actor("tao"), NOW, booking_id=booking.id, answer=answer)
    page = mei.post(found[0], follow_redirects=True).text
    assert (starts(activity)[0], "has answered since" in page) == ("09-06 06", True)
    assert page.count("<del>") == 1
    sent = fields_of(page)
    assert mei.post(found[0], data=sent, follow_redirects=True).status_code == 200
    assert starts(activity) == before


def test_undo_of_others_is_not_found(mei: FlaskClient, cast: Cast) -> None:
    activity = published(cast)
    found = re.search(r"/changes/\d+/undo", toast(moved(mei, activity)))
    assert found
    xu = another(mei, "xu")
    assert [xu.get(found[0]).status_code, xu.post(found[0]).status_code] == [404, 404]

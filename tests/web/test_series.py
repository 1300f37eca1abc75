from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.campaigns.models import Activity
from events.flows.sign_up import sign_up
from events.kernel import clock
from events.kernel.db import session
from events.schedule import queries as schedule
from events.schedule.states import DayChoice, OccurrenceStatus
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
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

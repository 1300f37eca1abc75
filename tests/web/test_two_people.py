"""Every form of something that several people edit: one has it open, another saves, she saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from events.campaigns.models import Activity, Campaign, Target
from events.campaigns.states import Measure
from events.days import queries as days
from events.identity.models import Organization
from events.kernel import clock
from events.kernel.db import session
from events.schedule import queries as schedule
from events.venues.models import Venue
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.sheets import sheet_with

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@dataclass(frozen=True)
class Edit:
    """A form: who edits it, a field that both change, and one that only the other one does."""

    who: str
    path: str
    both: str
    other: str
    row: type[Activity | Campaign | Organization | Venue]
    key: str


EDITS = [
    Edit("mei", "/campaigns/{}/edit", "name", "theme", Campaign, "campaign"),
    Edit("mei", "/activities/{}/edit", "title", "format", Activity, "activity"),
    Edit("tao", "/venues/{}/edit", "address", "contact_name", Venue, "museum"),
    Edit("ada", "/organizations/{}/edit", "name", "note", Organization, "office"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.path.split("/")[1])
def test_who_saves_second_chooses_and_loses_nothing(log_in: LogIn, cast: Cast, edit: Edit) -> None:
    client, path = log_in(edit.who), edit.path.format(cast[edit.key])
    sheet = sheet_with(client.get(path).text, "base")
    theirs = sheet.changed(**{edit.both: "他人所写", edit.other: "只有他人写"})
    assert client.post(path, data=theirs).status_code == 303
    answer = client.post(path, data=sheet.changed(**{edit.both: "我写的"}))
    assert answer.status_code == 409
    assert "他人所写" in answer.text
    assert "我写的" in answer.text
    again = sheet_with(answer.text, "base").sent
    assert again[f"choose-{edit.both}"] == "mine"
    assert client.post(path, data=again).status_code == 303
    session().rollback()
    row = session().get_one(edit.row, cast[edit.key])
    assert (getattr(row, edit.both), getattr(row, edit.other)) == ("我写的", "只有他人写")


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.path.split("/")[1])
def test_different_fields_are_saved_together(log_in: LogIn, cast: Cast, edit: Edit) -> None:
    client, path = log_in(edit.who), edit.path.format(cast[edit.key])
    sheet = sheet_with(client.get(path).text, "base")
    for values in ({edit.both: "他人所写"}, {edit.other: "我写的"}):
        answer = client.post(path, data=sheet.changed(**values))
        assert answer.status_code == 303, answer.text
    session().rollback()
    row = session().get_one(edit.row, cast[edit.key])
    assert (getattr(row, edit.both), getattr(row, edit.other)) == ("他人所写", "我写的")


def targets(campaign_id: int) -> list[tuple[Measure, str, int]]:
    session().rollback()
    rows = session().query(Target).filter_by(campaign_id=campaign_id).order_by(Target.id)
    return [(row.measure, row.audience, row.goal) for row in rows]


def test_targets_are_merged_as_a_whole(log_in: LogIn, cast: Cast) -> None:
    client, path = log_in("mei"), f"/campaigns/{cast['campaign']}/edit"
    sheet = sheet_with(client.get(path).text, "base")
    goal = {"targets-0-measure": "activities", "targets-0-goal": "12"}
    assert client.post(path, data=sheet.changed(**goal)).status_code == 303
    assert client.post(path, data=sheet.changed(theme="新主题")).status_code == 303
    assert targets(cast["campaign"]) == [(Measure.ACTIVITIES, "", 12)]
    own = sheet.changed(**goal | {"targets-0-goal": "15", "targets-0-audience": "青少年"})
    answer = client.post(path, data=own)
    assert answer.status_code == 409
    again = sheet_with(answer.text, "base")
    assert again.sent["choose-targets"] == "mine"
    assert client.post(path, data=again.changed(**{"choose-targets": "theirs"})).status_code == 303
    assert targets(cast["campaign"]) == [(Measure.ACTIVITIES, "", 12)]
    assert client.post(path, data=again.sent).status_code == 303
    assert targets(cast["campaign"]) == [(Measure.ACTIVITIES, "青少年", 15)]
    sheet = sheet_with(client.get(path).text, "base")
    twice = {"measure": "activities", "audience": "青少年", "goal": "15"}
    both = sheet.changed(**{f"targets-1-{name}": value for name, value in twice.items()})
    refused = client.post(path, data=both)
    assert refused.status_code == 422, "the same target twice is said, not dropped"
    assert 'value="15"' in refused.text


@pytest.mark.parametrize("verb", ["move", "cancel", "postpone"])
def test_a_session_that_changed_is_shown_again_with_what_was_typed(
    log_in: LogIn, cast: Cast, verb: str
) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    (occurrence,) = season.occurrences(activity)
    client, path = log_in("mei"), f"/occurrences/{occurrence.id}/{verb}"
    sheet = sheet_with(client.get(path).text, "version")
    move = sheet_with(client.get(f"/occurrences/{occurrence.id}/move").text, "version")
    elsewhere = move.changed(starts="14:00")
    assert client.post(f"/occurrences/{occurrence.id}/move", data=elsewhere).status_code == 303
    typed = {"starts": "15:15"} if verb == "move" else {"reason": "我的理由"}
    answer = client.post(path, data=sheet.changed(**typed))
    assert answer.status_code == 422
    assert "14:00" in answer.text
    assert f'value="{next(iter(typed.values()))}"' in answer.text
    again = sheet_with(answer.text, "version").sent
    assert client.post(path, data=again).status_code == 303


def test_days_of_a_year_that_another_stored_are_shown_beside_mine(
    log_in: LogIn, cast: Cast
) -> None:
    client = log_in("ada")
    sheet = sheet_with(client.get("/days?year=2026").text, "seen")
    theirs = sheet.changed(source="他人的来源", status="provisional")
    assert client.post("/days/save", data=theirs).status_code == 303
    answer = client.post("/days/save", data=sheet.changed(source="我的来源"))
    assert answer.status_code == 409
    assert "他人的来源" in answer.text
    again = sheet_with(answer.text, "seen")
    assert again.sent["source"] == "我的来源"
    assert client.post("/days/save", data=again.sent).status_code == 303
    known = days.years(2026, 2026).notices[2026]
    assert (known.source, len(known.days) > 5) == ("我的来源", True)


def test_days_of_an_observance_that_another_entered_are_shown_beside_mine(
    log_in: LogIn, cast: Cast
) -> None:
    client, path = log_in("ada"), "/observances/science-technology-week/2027"
    sheet = sheet_with(client.get(path).text, "seen")
    theirs = {"starts_on": "2027-05-15", "ends_on": "2027-05-22", "source": "他人的来源"}
    mine = {"starts_on": "2027-05-22", "ends_on": "2027-05-29", "source": "我的来源"}
    for typed in (theirs, mine):
        look = client.post(path, data=sheet.changed(**typed))
        if typed is theirs:
            sent = sheet_with(look.text, "seen").changed(confirm="1")
            assert client.post(path, data=sent).status_code == 303
    assert look.status_code == 409
    assert "他人的来源" in look.text
    again = sheet_with(look.text, "seen").changed(confirm="1")
    assert again["source"] == "我的来源"
    assert client.post(path, data=again).status_code == 303
    entered = days.announced(2027, 2027)["science-technology-week", 2027]
    assert entered.source == "我的来源"


# Times that were typed for a draft which somebody else published


@pytest.fixture
def overtaken(log_in: LogIn, cast: Cast) -> Callable[..., tuple[FlaskClient, str, int]]:
    """Mei has typed into a draft's form; before she saves, it is published."""

    def made(**typed: str) -> tuple[FlaskClient, MultiDict[str, str], int]:
        activity = season.draft(cast)
        client = log_in("mei")
        sheet = sheet_with(client.get(f"/activities/{activity}/edit").text, "base")
        season.publish(cast, activity)
        return client, sheet.changed(**typed), activity

    return made  # type: ignore[return-value]


def test_times_typed_for_a_draft_that_was_published_are_shown_and_led_on(
    overtaken: Callable[..., tuple[FlaskClient, MultiDict[str, str], int]],
) -> None:
    client, typed, activity = overtaken(starts="15:00", title="新名字")
    answer = client.post(f"/activities/{activity}/edit", data=typed)
    assert answer.status_code == 409
    assert "15:00" in answer.text
    assert "新名字" in answer.text
    sheet = sheet_with(answer.text, "starts")
    look = client.post(sheet.action, data=sheet.sent)
    assert look.status_code == 200
    series = sheet_with(look.text, "seen")
    assert (series.sent["starts"], series.sent["starts_on"]) == ("15:00", "2025-09-06")
    done = series.changed(step="do", reason="换时间")
    assert client.post(sheet.action, data=done).status_code == 303
    session().rollback()
    stored = schedule.series_of(activity)
    assert stored
    assert (stored.activity.title, stored.starts_local.hour) == ("新名字", 15)


def test_other_fields_of_a_draft_that_was_published_are_simply_saved(
    overtaken: Callable[..., tuple[FlaskClient, MultiDict[str, str], int]],
) -> None:
    client, typed, activity = overtaken(title="新名字")
    assert client.post(f"/activities/{activity}/edit", data=typed).status_code == 303


@pytest.mark.parametrize(
    ("name", "value"), [("starts_on", "2025-02-30"), ("title", ""), ("kind", "none"), ("more", "1")]
)
def test_no_typed_time_is_lost_on_the_way(
    overtaken: Callable[..., tuple[FlaskClient, MultiDict[str, str], int]], name: str, value: str
) -> None:
    client, typed, activity = overtaken(starts="15:00")
    typed[name] = value
    answer = client.post(f"/activities/{activity}/edit", data=typed)
    assert answer.status_code == {"title": 422, "more": 200}.get(name, 409)
    if name in {"title", "more"}:
        sheet = sheet_with(answer.text, "base")
        assert sheet.sent["starts"] == "15:00"
        answer = client.post(f"/activities/{activity}/edit", data=sheet.changed(title="新名字"))
        assert answer.status_code == 409
    assert "15:00" in answer.text or name == "kind"
    assert "2025-02-30" in answer.text or name != "starts_on"


def test_a_conflict_and_late_times_are_both_asked(
    overtaken: Callable[..., tuple[FlaskClient, MultiDict[str, str], int]],
) -> None:
    client, typed, activity = overtaken(starts="15:00", title="我的名字")
    path = f"/activities/{activity}/edit"
    public = sheet_with(client.get(path).text, "base")
    assert client.post(path, data=public.changed(title="他人的名字")).status_code == 303
    answer = client.post(path, data=typed)
    assert answer.status_code == 409
    sheet = sheet_with(answer.text, "base")
    assert (sheet.sent["choose-title"], sheet.sent["starts"]) == ("mine", "15:00")
    late = client.post(path, data=sheet.sent)
    assert late.status_code == 409
    assert sheet_with(late.text, "starts").sent["starts"] == "15:00"

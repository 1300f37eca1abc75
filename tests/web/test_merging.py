from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from events.campaigns.models import Activity
from events.kernel import clock
from events.kernel.db import session
from events.schedule import queries as schedule
from events.web.merging import Merge, merge
from events.web.organizer.late import TIMING
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.test_organizer import activity_form

LogIn = Callable[[str], FlaskClient]
HERE = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_what_only_one_changed_is_taken_and_what_both_changed_is_asked() -> None:
    base = {"a": ["1"], "b": ["1"], "c": ["1"], "d": ["1"], "e": ["1"]}
    theirs = base | {"a": ["2"], "c": ["2"], "d": ["2"]}
    mine = base | {"b": ["3"], "c": ["3"], "d": ["2"]}
    units = {"a": ("a",), "b": ("b",), "c": ("c",), "d": ("d",), "e": ("e",)}
    assert merge(units, base=base, theirs=theirs, mine=mine) == Merge(
        values={"a": ["2"], "b": ["3"], "c": ["3"], "d": ["2"], "e": ["1"]},
        conflicts=("c",),
        taken=("a",),
    )


def test_fields_that_belong_together_are_one() -> None:
    base = {"day": ["1"], "hour": ["9"]}
    found = merge(
        {"when": ("day", "hour")},
        base=base,
        theirs=base | {"day": ["2"]},
        mine=base | {"hour": ["10"]},
    )
    assert found.conflicts == ("when",)


def test_without_a_base_all_that_differs_is_asked() -> None:
    found = merge({"a": ("a",), "b": ("b",)}, base={}, theirs={"a": ["1"]}, mine={"a": ["2"]})
    assert (found.conflicts, found.taken) == (("a",), ())


def opened(client: FlaskClient, path: str) -> dict[str, str]:
    """The hidden fields of a form that somebody has open."""
    page = client.get(path).text
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    names = ((re.search(r'name="([^"]+)"', f), re.search(r'value="([^"]*)"', f)) for f in fields)
    return {n[1]: html.unescape(v[1]) for n, v in names if n and v and n[1] != "csrf_token"}


def stored(activity_id: int) -> Activity:
    session().rollback()
    return session().get_one(Activity, activity_id)


@pytest.fixture
def form(cast: Cast) -> Callable[..., dict[str, object]]:
    """What is sent for the draft of `season`, as its form shows it."""

    def made(**changes: object) -> dict[str, object]:
        same: dict[str, object] = {
            "code": "A002",
            "title": "科学实验课 A002",
            "duration_min": 90,
            "expected_attendance": 80,
            "volunteers_needed": 2,
            "needed_skills": "讲解",
            "audiences": "",
            "kind": "single",
            "starts_on": "2025-09-06",
            "weekdays": [],
        }
        return activity_form(cast, **(same | changes))

    return made


@HERE
def test_changes_of_different_fields_are_saved_together(
    log_in: LogIn, cast: Cast, form: Callable[..., dict[str, object]]
) -> None:
    activity = season.draft(cast)
    client, path = log_in("mei"), f"/activities/{activity}/edit"
    hidden = opened(client, path)
    assert client.post(path, data=form(title="新名字") | hidden).status_code == 303
    assert client.post(path, data=form(expected_attendance=60) | hidden).status_code == 303
    row = stored(activity)
    assert (row.title, row.expected_attendance) == ("新名字", 60)


@HERE
@pytest.mark.parametrize(("choice", "title"), [("theirs", "甲的名字"), ("mine", "乙的名字")])
def test_a_field_that_both_changed_is_chosen(
    log_in: LogIn,
    cast: Cast,
    form: Callable[..., dict[str, object]],
    choice: str,
    title: str,
) -> None:
    activity = season.draft(cast)
    client, path = log_in("mei"), f"/activities/{activity}/edit"
    hidden = opened(client, path)
    first = form(title="甲的名字", starts="10:00") | hidden
    assert client.post(path, data=first).status_code == 303
    answer = client.post(path, data=form(title="乙的名字", needed_skills="秩序") | hidden)
    assert answer.status_code == 409
    assert re.findall(r'name="choose-([a-z_]+)" value="theirs"', answer.text) == ["title"]
    base = re.search(r'name="base"[^>]*value="([^"]*)"', answer.text)
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert base
    assert version
    again = form(title="乙的名字", needed_skills="秩序", starts="10:00") | {
        "uid": hidden["uid"],
        "base": html.unescape(base[1]),
        "version": version[1],
        "choose-title": choice,
    }
    assert client.post(path, data=again).status_code == 303
    row = stored(activity)
    assert (row.title, row.needed_skills) == (title, ["秩序"])
    series = schedule.series_of(activity)
    assert series
    assert series.starts_local.hour == 10


@HERE
def test_a_public_activity_is_saved_without_fields_of_time(
    log_in: LogIn, cast: Cast, form: Callable[..., dict[str, object]]
) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    client, path = log_in("mei"), f"/activities/{activity}/edit"
    hidden = opened(client, path)
    shown = {n: v for n, v in form().items() if n not in TIMING}
    assert client.post(path, data=shown | {"title": "新名字"} | hidden).status_code == 303
    assert client.post(path, data=shown | {"priority": 1} | hidden).status_code == 303
    row = stored(activity)
    assert (row.title, row.priority) == ("新名字", 1)


@HERE
def test_an_old_form_without_its_base_shows_all_that_differs(
    log_in: LogIn, cast: Cast, form: Callable[..., dict[str, object]]
) -> None:
    activity = season.draft(cast)
    client, path = log_in("mei"), f"/activities/{activity}/edit"
    answer = client.post(path, data=form(title="另一个名字", version=0, base="{"))
    assert answer.status_code == 409
    assert re.findall(r'name="choose-([a-z_]+)" value="theirs"', answer.text) == ["title"]

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from events.days import services as days
from events.kernel import clock
from events.kernel.db import transaction
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind, DayStatus
from tests.cast import NOW, Cast
from tests.flows import season, test_day_changes as walk

LogIn = Callable[[str], FlaskClient]
SHOWN = "2025年9月13日 周六 09:00–10:30 改到 2025年9月14日 周日 09:00–10:30"
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
CSV = "日期,类型,名称\n2025-09-13,休,中秋节\n2025-09-20,班,中秋节\n".encode()


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_the_preview_of_a_notice_names_each_session_then_its_organizer_applies_it(
    log_in: LogIn, cast: Cast
) -> None:
    activity = walk.public(cast)
    walk.draft(cast, code="D2")
    client = log_in("ada")
    sent = told() | {"file": (io.BytesIO(CSV), "days.csv")}
    page = client.post("/days", data=sent).text
    seen = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert seen.count(SHOWN) == 2
    assert "需场馆重新确认 1 次" in seen
    assert walk.going(activity) == walk.SATURDAYS
    walk.save(cast)
    client, other = log_in("mei"), "科学实验课 A9"
    page = client.get("/day-changes").text
    assert other not in page
    season.publish(cast, season.draft(cast, "A9", start=season.saturday() + timedelta(days=8)))
    assert other in client.get("/day-changes").text
    action = one(r'action="(/day-changes/\d+)"', page)
    seen = one(r'name="seen" value="(\w+)"', page)
    stale = client.post(action, data={"seen": "another", "reason": "放假"})
    assert stale.location == "/day-changes"
    done = client.post(action, data={"seen": seen, "reason": "放假"})
    assert done.location == f"/activities/{activity}"
    assert walk.going(activity) == walk.MOVED
    assert "/day-changes/" not in client.get("/day-changes").text


def test_others_see_none_of_it(log_in: LogIn, cast: Cast) -> None:
    activity = walk.public(cast)
    walk.save(cast)
    number = season.occurrences(activity)[0].id
    client = log_in("xu")
    assert client.post(f"/day-changes/{number}", data={"seen": ""}).status_code in {403, 404}
    assert "周末科学课" not in client.get("/day-changes").text


def one(pattern: str, page: str) -> str:
    """What the only match of `pattern` holds."""
    (found,) = re.findall(pattern, page)
    return str(found)


def told() -> dict[str, object]:
    return {"year": "2025", "source": "国办", "status": "official"}


def test_an_activity_says_which_sessions_lie_in_a_year_without_a_notice(
    log_in: LogIn, cast: Cast
) -> None:
    """On its page, in its form and before a series is edited; and that other days wait."""
    activity = walk.public(cast, rule="FREQ=MONTHLY;COUNT=6")
    client = log_in("mei")
    said = "2026 年有 2 场，当年节假日安排待公布"
    page = f"/activities/{activity}"
    assert said not in client.get(page).text
    expected = Special(day=date(2026, 10, 1), kind=DayKind.HOLIDAY, name="国庆节")
    with transaction():
        days.save_notice(
            YearNotice(year=2026, source="媒体", status=DayStatus.PROVISIONAL, days=(expected,))
        )
    assert said in client.get(page).text
    row = season.occurrences(activity)[0].id
    form = {
        "kind": "rule",
        "starts_on": "2025-09-06",
        "starts": "09:00",
        "duration_min": "90",
        "freq": "MONTHLY",
        "monthly": "day",
        "interval": "1",
        "ends": "count",
        "count": "6",
    }
    assert said in client.post(f"/activities/preview?activity={activity}", data=form).text
    edit = f"/occurrences/{row}/edit?scope=all"
    assert said in client.post(edit, data=form | {"place": "keep", "step": "look"}).text
    assert "/day-changes" not in client.get(page).text + client.get("/work").text
    walk.save(cast)
    assert f"/day-changes#a{activity}" in client.get(page).text
    assert 'href="/day-changes"' in client.get("/work").text

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import Mode
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.kernel import clock
from events.kernel.db import session, transaction
from events.schedule.models import Occurrence
from events.schedule.states import OccurrenceStatus
from events.venues.models import Venue
from events.web.public.activity import map_of
from tests.cast import NOW, Cast
from tests.flows import season

EVERY_SATURDAY = "FREQ=WEEKLY;COUNT=4"
BASE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _told(cast: Cast) -> int:
    """Four lectures: as planned, moved, cancelled, postponed. Its id."""
    activity = season.draft(cast, rule=EVERY_SATURDAY)
    season.publish(cast, activity)
    with transaction() as writes:
        row = writes.get_one(Activity, activity)
        row.description, row.audiences, row.themes = "看 <月亮> & 星星", ["青少年"], ["航天"]
        museum = writes.get_one(Venue, cast["museum"])
        museum.lat, museum.lon = 29.84, 114.32
    _, moved, cancelled, postponed = season.occurrences(activity)
    mei = cast.actor("mei")
    move_occurrence(
        mei,
        NOW,
        occurrence_id=moved.id,
        version=moved.version,
        start_local=season.saturday(14, weeks=1),
        space_id=cast["square"],
    )
    cancel_occurrence(
        mei, NOW, occurrence_id=cancelled.id, version=cancelled.version, reason="讲师生病"
    )
    with transaction() as writes:
        writes.get_one(Occurrence, postponed.id).status = OccurrenceStatus.POSTPONED
    return activity


def _linked(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(block)
    return found


def test_page_says_what_when_where_and_how_it_stands(client: FlaskClient, cast: Cast) -> None:
    activity = _told(cast)
    page = client.get(f"/c/september/a/{activity}").text
    for text in (
        "<h1>科学实验课 A002</h1>",
        "看 &lt;月亮&gt; &amp; 星星",
        "9月6日 周六 09:00–10:30",
        "9月13日 周六 14:00–15:30",
        "9月13日 周六 09:00",
        "<del>9月20日 周六 09:00–10:30</del>",
        "<del>9月27日 周六 09:00–10:30</del>",
        "示例区博物馆 广场",
        "区科协",
        "区文旅局",
    ):
        assert text in page
    assert "讲师生病" not in page
    assert page.count("https://uri.amap.com/marker?position=114.320000%2C29.840000") == 2


def test_search_engines_are_told_each_sessions_standing(client: FlaskClient, cast: Cast) -> None:
    activity = _told(cast)
    page = client.get(f"/c/september/a/{activity}", headers={"Accept-Language": "en"}).text
    assert "看 <月亮>" not in page  # in the data block neither: it could end the script
    linked = _linked(page)
    events = linked["@graph"]
    ids = [row.id for row in season.occurrences(activity)]
    own = f"{BASE}/c/september/a/{activity}"
    assert linked["@context"] == "https://schema.org"
    assert events[1] == {
        "@type": "Event",
        "@id": f"{own}#s{ids[1]}",
        "url": own,
        "name": "科学实验课 A002",
        "description": "看 <月亮> & 星星",
        "keywords": ["航天"],
        "startDate": "2025-09-13T14:00:00+08:00",
        "endDate": "2025-09-13T15:30:00+08:00",
        "previousStartDate": "2025-09-13T09:00:00+08:00",
        "eventStatus": "https://schema.org/EventRescheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "示例区博物馆 广场",
            "address": {
                "@type": "PostalAddress",
                "addressCountry": "CN",
                "streetAddress": "温泉路 1 号",
                "addressLocality": "温泉办事处",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 29.84, "longitude": 114.32},
        },
        "organizer": {"@type": "Organization", "name": "区科协"},
        "audience": [{"@type": "Audience", "audienceType": "青少年"}],
        "superEvent": {
            "@id": f"{BASE}/c/september",
            "@type": "EventSeries",
            "name": "2025 全国科普月",
        },
    }
    assert [each["eventStatus"].removeprefix("https://schema.org/") for each in events] == [
        "EventScheduled",
        "EventRescheduled",
        "EventCancelled",
        "EventPostponed",
    ]


def test_campaign_tells_of_itself_and_of_the_sessions_shown(
    client: FlaskClient, cast: Cast
) -> None:
    activity = season.draft(cast, rule=EVERY_SATURDAY, space=None)
    season.publish(cast, activity)
    with transaction() as writes:
        writes.get_one(Activity, activity).mode = Mode.HYBRID
    graph = _linked(client.get("/c/september").text)["@graph"]
    assert [each["@type"] for each in graph] == ["EventSeries"] + ["Event"] * 4
    assert graph[0]["@id"] == f"{BASE}/c/september"
    assert graph[1]["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert graph[1]["location"] == [
        {"@type": "Place", "name": "地点待定"},
        {"@type": "VirtualLocation", "url": f"{BASE}/c/september/a/{activity}"},
    ]
    shown = _linked(client.get("/c/september?view=month&month=2025-10").text)["@graph"]
    assert [each["@type"] for each in shown] == ["EventSeries"]


def test_files_hold_all_sessions_or_one(client: FlaskClient, cast: Cast) -> None:
    activity = _told(cast)
    path = f"/c/september/a/{activity}"
    whole = Calendar.from_ical(client.get(f"{path}.ics").data)
    first = season.occurrences(activity)[0]
    answer = client.get(f"{path}.ics?session={first.id}")
    (one,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(whole.walk("VEVENT")) == 4
    assert str(one["UID"]) == "20250906T090000-series-A002@kepu"
    assert str(one["LOCATION"]) == "示例区博物馆 报告厅, 温泉路 1 号"
    assert str(one["URL"]) == f"{BASE}{path}"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert client.get(f"{path}.ics?session=99999").status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
def test_drafts_and_other_campaigns_activities_are_not_found(
    client: FlaskClient, cast: Cast
) -> None:
    activity, hidden = season.draft(cast), season.draft(cast, "A003", start=season.saturday(14))
    season.publish(cast, activity)
    with transaction() as writes:
        other = Campaign(
            organization_id=cast["county"],
            slug="other",
            name="别处",
            year=2025,
            starts_on=season.SATURDAY,
            ends_on=season.SATURDAY,
            is_public=True,
            created_at=NOW,
        )
        writes.add(other)
    paths = {
        f"/c/september/a/{activity}": 200,
        f"/c/september/a/{hidden}": 404,
        f"/c/september/a/{hidden}.ics": 404,
        f"/c/other/a/{activity}": 404,
        f"/c/september/a/{activity}.ics": 200,
    }
    assert {path: client.get(path).status_code for path in paths} == paths


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_map_is_asked_by_words_where_the_place_is_not_measured(cast: Cast) -> None:
    from events.venues import public

    activity = season.draft(cast)
    season.publish(cast, activity)
    (shown,) = public.activity("september", activity, now=NOW).sessions
    session().rollback()
    assert map_of(shown) == (
        "https://uri.amap.com/search?keyword="
        "%E7%A4%BA%E4%BE%8B%E5%8C%BA%E5%8D%9A%E7%89%A9%E9%A6%86+%E6%B8%A9%E6%B3%89%E8%B7%AF+1+%E5%8F%B7"
    )

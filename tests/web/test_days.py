from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from events.days import queries
from events.flows.publish_activities import publish_activities
from events.kernel import clock
from events.observances.states import DayKind
from tests.cast import NOW, Cast
from tests.flows import test_announce as announcing

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
LogIn = Callable[[str], FlaskClient]
CSV = "date,until,kind,name\n2027-02-05,2027-02-12,holiday,春节\n2027-02-20,,makeup,春节\n"
SAID = {"year": "2027", "source": "国办发明电〔2026〕9号", "status": "official"}


def hand_in(client: FlaskClient, text: str = CSV, **told: str) -> tuple[int, str]:
    sent = SAID | told | {"file": (io.BytesIO(text.encode()), "days.csv")}
    answer = client.post("/days", data=sent)
    return answer.status_code, answer.text


def hidden(page: str, name: str) -> str:
    """The value of a hidden field, as a browser reads it."""
    import html

    line = next(part for part in page.split("<input") if f'name="{name}"' in part)
    return html.unescape(line.split('value="')[1].split('"')[0])


def test_a_notice_is_previewed_then_stored(log_in: LogIn) -> None:
    client = log_in("ada")
    assert "待公布" in client.get("/days?year=2027").text or "2027" in client.get("/days").text
    status, page = hand_in(client)
    assert status == 200
    assert "春节" in page
    assert queries.years(2027, 2027).status(2027) is None
    told = SAID | {"days": hidden(page, "days")}
    assert client.post("/days/save", data=told).headers["Location"] == "/days?year=2027"
    known = queries.years(2027, 2027)
    assert known.kind(date(2027, 2, 8)) is DayKind.HOLIDAY
    assert known.kind(date(2027, 2, 20)) is DayKind.MAKEUP
    page = client.get("/days?year=2027").text
    assert page.count('class="is-holiday') == 8
    assert page.count('class="is-makeup') == 1


def test_source_and_status_change_without_a_file(log_in: LogIn) -> None:
    client = log_in("ada")
    told = {"year": "2026", "source": "讨论稿", "status": "provisional"}
    assert client.post("/days/save", data=told).status_code == 303
    known = queries.years(2026, 2026)
    assert (known.notices[2026].source, known.is_official(2026)) == ("讨论稿", False)
    assert known.kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert client.post("/days/remove", data={"year": "2026"}).status_code == 303
    assert queries.years(2026, 2026).is_official(2026)


def test_a_file_with_problems_names_each_and_stores_nothing(log_in: LogIn) -> None:
    client = log_in("ada")
    status, page = hand_in(client, CSV + "2027-02-30,,holiday,x\n2027-02-05,,holiday,春节\n")
    assert status == 422
    assert "2027-02-30" in page
    assert ">第 4 行<" in page or "Row 4" in page
    assert ">第 5 行<" in page or "Row 5" in page
    assert queries.years(2027, 2027).status(2027) is None


def test_forms_without_what_they_need_are_shown_again(log_in: LogIn) -> None:
    client = log_in("ada")
    assert client.post("/days", data=SAID).status_code == 422
    assert hand_in(client, year="1000")[0] == 422
    assert client.post("/days/save", data={"year": "2027"}).status_code == 422
    assert client.post("/days/save", data=SAID).status_code == 422
    assert client.post("/days/save", data=SAID | {"days": "[]"}).status_code == 422


@pytest.mark.parametrize(("who", "status"), [("mei", 403), ("tao", 403), ("xu", 403)])
def test_others_do_not_get_in(log_in: LogIn, who: str, status: int) -> None:
    client = log_in(who)
    for path in ("/days", "/observances", "/observances/science-technology-week/2027"):
        assert client.get(path).status_code == status


def test_a_campaign_in_a_year_without_notice_says_so(log_in: LogIn, cast: Cast) -> None:
    client = log_in("mei")
    said = ("not announced yet", "尚未公布")
    page = client.get(f"/campaigns/{cast['campaign']}").text
    assert not any(text in page for text in said)
    from events.campaigns.models import Campaign
    from events.kernel.db import session, transaction

    with transaction():
        session().get_one(Campaign, cast["campaign"]).ends_on = date(2027, 1, 3)
    for path in ("", "/publish"):
        page = client.get(f"/campaigns/{cast['campaign']}{path}").text
        assert any(text in page for text in said), path


def test_entered_days_are_previewed_then_stored(log_in: LogIn, cast: Cast) -> None:
    client = log_in("ada")
    address = "/observances/science-technology-week/2027"
    assert address in client.get("/observances").text or client.get(address).status_code == 200
    told = {
        "starts_on": "2027-05-22",
        "ends_on": "2027-05-30",
        "status": "confirmed",
        "source": "国科发才〔2027〕1号",
    }
    assert client.post(address, data=told).status_code == 200
    assert queries.announced(2027, 2027) == {}
    assert client.post(address, data=told | {"confirm": "1"}).status_code == 303
    (found,) = queries.announced(2027, 2027).values()
    assert (found.span.start, found.source) == (date(2027, 5, 22), "国科发才〔2027〕1号")
    assert 'value="2027-05-22"' in client.get(address).text
    wrong = told | {"ends_on": "2027-05-01"}
    assert client.post(address, data=wrong).status_code == 422
    assert client.post(address, data={}).status_code == 422
    for missing in ("/observances/earth-day/2027", "/observances/nothing/2027"):
        assert client.get(missing).status_code == 404


def test_the_preview_names_what_moves_and_what_stays(log_in: LogIn, cast: Cast) -> None:
    number = announcing.campaign(cast)
    moving = announcing.draft(cast, number, datetime(2026, 5, 16, 9), "W1")
    staying = announcing.draft(cast, number, datetime(2026, 5, 17, 9), "W2")
    publish_activities(cast.actor("mei"), NOW, campaign_id=number, activity_ids=[staying])
    client = log_in("ada")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        page = client.post(
            "/observances/science-technology-week/2026",
            data={
                "starts_on": "2026-05-23",
                "ends_on": "2026-05-31",
                "status": "confirmed",
                "source": "国科发才〔2026〕1号",
            },
        ).text
    assert "2026 科技活动周" in page
    for activity, code in ((moving, "W1"), (staying, "W2")):
        assert f'<a href="/activities/{activity}">{code} 科学实验课</a>' in page
    assert ("5月16日 周六 09:00" in page) or ("Sat 16 May 09:00" in page)
    assert ("5月23日 周六 09:00" in page) or ("Sat 23 May 09:00" in page)
    assert page.index("W1 ") < page.index("W2 ")


def test_what_was_entered_of_an_observance_is_withdrawn(log_in: LogIn, cast: Cast) -> None:
    """First it is shown, with what follows, then done; twice is once."""
    number = announcing.campaign(cast)
    announcing.announce(cast, date(2026, 5, 23), date(2026, 5, 31))
    client = log_in("ada")
    path = f"/observances/{announcing.WEEK}/2026/withdraw"
    shown = client.post(path).text
    assert "5月16日" in shown
    assert f'id="c{number}"' in shown
    for _ in range(2):
        assert client.post(path, data={"confirm": "1"}).status_code == 303
    assert not queries.announced(2026, 2026)[announcing.WEEK, 2026].counts
    assert path not in client.get(path.removesuffix("/withdraw")).text

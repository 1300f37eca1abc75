from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from events.flows.cancel_occurrence import cancel_occurrence
from events.kernel import clock
from events.web.embedding import Embedding
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

EVERY_SATURDAY = "FREQ=WEEKLY;COUNT=4"
FRAME = "/embed/september"
BASE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _publish(cast: Cast) -> int:
    activity = season.draft(cast, rule=EVERY_SATURDAY)
    season.publish(cast, activity)
    return activity


def test_only_the_frame_may_be_framed(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)
    frame, page = client.get(FRAME), client.get("/c/september")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "script-src" not in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert client.get("/embed/nothing").headers["X-Frame-Options"] == "DENY"


def test_everybody_gets_the_same_and_caches_keep_it(
    log_in: Callable[[str], FlaskClient], client: FlaskClient, cast: Cast
) -> None:
    _publish(cast)
    first = client.get(FRAME)
    client.set_cookie("lang", "en")
    with statements() as seen:
        known = log_in("mei").get(FRAME, headers={"Accept-Language": "en"})
    assert known.data == first.data
    assert '<html lang="zh-CN">' in first.text
    for answer in (first, known):
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
    assert not any("FROM user" in sql or 'FROM "user"' in sql for sql in seen[-3:])
    again = client.get(FRAME, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "frame-ancestors *" in again.headers["Content-Security-Policy"]


def test_every_link_opens_beside_the_frame(client: FlaskClient, cast: Cast) -> None:
    activity = _publish(cast)
    page = client.get(f"{FRAME}?view=month").text
    links = re.findall(r"<a ([^>]*)>", page)
    outward = [link for link in links if 'target="_blank" rel="noopener"' in link]
    inward = [link for link in links if link not in outward]
    assert f'href="{BASE}/c/september/a/{activity}"' in " ".join(outward)
    assert all(f'href="{BASE}/c/september' in link for link in outward)
    assert all(f'href="{FRAME}?view=month' in link for link in inward)
    assert "<script" not in page


def test_list_shows_as_many_as_asked_and_says_what_is_left(client: FlaskClient, cast: Cast) -> None:
    activity = _publish(cast)
    row = season.occurrences(activity)[1]
    cancel_occurrence(
        cast.actor("mei"), NOW, occurrence_id=row.id, version=row.version, reason="讲师生病"
    )
    page = client.get(f"{FRAME}?limit=3&lang=en&theme=dark").text
    assert re.findall(r'<h2 id="d([^"]+)"', page) == ["2025-09-06", "2025-09-13", "2025-09-20"]
    assert "1 more sessions" in page
    assert "<del>科学实验课 A002</del>" in page
    assert "讲师生病" not in page
    assert '<html lang="en" data-theme="dark">' in page
    assert "All sessions" in client.get(f"{FRAME}?lang=en").text


def test_a_day_of_the_month_shows_its_sessions(client: FlaskClient, cast: Cast) -> None:
    _publish(cast)

    def days(query: str) -> list[str]:
        page = client.get(f"{FRAME}?view=month&{query}").text
        return re.findall(r'<h3 id="d([^"]+)"', page)

    assert days("limit=2") == ["2025-09-06", "2025-09-13"]
    assert days("on=2025-09-20&month=2025-09") == ["2025-09-20"]
    assert days("month=2025-10") == []
    link = f'href="{FRAME}?view=month&amp;on=2025-09-20&amp;month=2025-09#d2025-09-20"'
    assert link in client.get(f"{FRAME}?view=month").text


def test_what_makes_no_sense_is_left_out() -> None:
    usual = Embedding()
    assert Embedding.read({"view": "x", "lang": "fr", "theme": "pink", "limit": "-1"}) == usual
    assert [Embedding.read({"limit": n}).limit for n in ("0", "7", "9999")] == [1, 7, 100]
    chosen = Embedding(view="month", language="en", theme="dark", limit=5)
    assert chosen.path("s", month="2025-09") == (
        "/embed/s?view=month&lang=en&theme=dark&limit=5&month=2025-09"
    )


def test_organizer_gets_the_html_to_paste_and_sees_it(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    mei, path = log_in("mei"), f"/campaigns/{cast['campaign']}/embed"
    assert "<iframe" not in mei.get(path).text
    _publish(cast)
    answer = mei.get(f"{path}?view=month&lang=en&limit=5")
    assert f'href="{path}"' in mei.get(f"/campaigns/{cast['campaign']}").text
    snippet = unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.text)[0])
    assert snippet == (
        f'<iframe src="{BASE}/embed/september?view=month&amp;lang=en&amp;limit=5" '
        'title="2025 全国科普月" width="100%" height="720" loading="lazy" style="border:0">'
        "</iframe>"
    )
    assert 'src="/embed/september?view=month&amp;lang=en&amp;limit=5"' in answer.text
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]

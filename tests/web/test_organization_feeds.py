"""All calendars of an organization on one page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from events.feeds import queries, services
from events.feeds.states import FeedKind
from events.flows.note_reads import note_reads
from events.kernel import clock
from events.kernel.db import session, transaction
from tests.cast import NOW, Cast
from tests.flows import season

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def _published(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    season.publish(cast, season.draft(cast, team="team"))
    with transaction():
        services.ensure(FeedKind.VOLUNTEER, cast["lin"], name="Lin 的日历", now=NOW)


def _nonce(kind: FeedKind, subject: int) -> str:
    session().rollback()
    feed = queries.for_subject(kind, subject)
    assert feed is not None
    return feed.nonce


def test_every_feed_below_stands_with_its_kind_and_last_reading(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    feed = queries.for_subject(FeedKind.VENUE, cast["museum"])
    assert feed is not None
    note_reads({(feed.id, "Apple Calendar"): NOW})
    client = log_in("mei")
    assert (
        f"/organizations/{cast['district']}/feeds"
        in client.get(f"/organizations/{cast['district']}").text
    )
    page = client.get(f"/organizations/{cast['district']}/feeds").text
    assert ("示例区博物馆" in page, "Apple Calendar" in page) == (True, True)
    assert "Lin 的日历" not in page
    venues = client.get(f"/organizations/{cast['district']}/feeds?kind=venue").text
    assert venues.count("data-copy=") == 1


def test_the_table_holds_public_addresses_alone(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    answer = log_in("mei").get(f"/organizations/{cast['district']}/feeds.csv")
    head, *rows = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert head == ["日历", "类型", "地址"]
    assert "示例区博物馆" in {name for name, _, _ in rows}
    assert all(address.endswith(".ics") for _, _, address in rows)
    assert not {kind for _, kind, _ in rows} & {"志愿队", "志愿者", "专家"}


def test_a_private_one_gets_a_new_address_after_a_question(
    log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    feed = queries.for_subject(FeedKind.TEAM, cast["team"])
    assert feed is not None
    path = f"/organizations/{cast['district']}/feeds/{feed.id}/renew"
    before = _nonce(FeedKind.TEAM, cast["team"])
    client = log_in("mei")
    assert client.get(path).status_code == 200
    assert _nonce(FeedKind.TEAM, cast["team"]) == before
    assert client.post(path).status_code == 303
    assert _nonce(FeedKind.TEAM, cast["team"]) != before
    elsewhere = f"/organizations/{cast['culture']}/feeds/{feed.id}/renew"
    assert client.get(elsewhere).status_code == 404

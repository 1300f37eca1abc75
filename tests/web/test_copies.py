"""The page that copies a campaign."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.campaigns.models import Campaign
from events.kernel.db import session
from tests.cast import Cast
from tests.flows import season

SEPTEMBER = {"year": "2026", "starts_on": "2026-09-01", "ends_on": "2026-09-30"}
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_it_shows_each_date_before_it_makes_any(
    cast: Cast, log_in: Callable[[str], FlaskClient]
) -> None:
    season.draft(cast, start=season.saturday().replace(day=21))
    client, path = log_in("mei"), f"/campaigns/{cast['campaign']}/copy"
    page = client.get(path, query_string=SEPTEMBER)
    assert (page.status_code, page.text.count("2026年9月19日")) == (200, 1)
    assert names() == ["2025 全国科普月"]
    answer = client.post(path, data={**SEPTEMBER, "slug": "next", "name": "2026 全国科普月"})
    assert answer.status_code == 303
    assert names() == ["2025 全国科普月", "2026 全国科普月"]


def test_it_begins_with_the_observances_next_year(
    cast: Cast, log_in: Callable[[str], FlaskClient]
) -> None:
    page = log_in("mei").get(f"/campaigns/{cast['campaign']}/copy")
    assert 'value="2026-09-01"' in page.text
    assert 'value="2026 全国科普月"' in page.text


@pytest.mark.parametrize(
    "wrong",
    [{"ends_on": "2026-08-01"}, {"starts_on": "soon"}, {"year": "x"}, {"year": "99999999999"}],
)
def test_wrong_dates_are_answered_with_what_is_wrong(
    cast: Cast, log_in: Callable[[str], FlaskClient], wrong: dict[str, str]
) -> None:
    client, path = log_in("mei"), f"/campaigns/{cast['campaign']}/copy"
    assert client.get(path, query_string={**SEPTEMBER, **wrong}).status_code == 200
    answer = client.post(path, data={**SEPTEMBER, "slug": "next", "name": "2026", **wrong})
    assert answer.status_code == 422
    assert names() == ["2025 全国科普月"]


def names() -> list[str]:
    return list(session().scalars(select(Campaign.name).order_by(Campaign.id)))

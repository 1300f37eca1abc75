from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from events.campaigns.models import Campaign
from events.kernel import clock
from events.kernel.db import session, transaction
from tests.cast import NOW, Cast
from tests.flows.season import draft, saturday

LogIn = Callable[[str], FlaskClient]
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What the clock says: NOW, until a test replaces it."""
    told = [NOW]
    monkeypatch.setattr(clock, "now", lambda: told[0])
    return told


@pytest.fixture
def mei(log_in: LogIn) -> FlaskClient:
    """Mei, who reads English."""
    client = log_in("mei")
    client.post("/language", data={"language": "en"})
    return client


def codes(page: str) -> list[str]:
    """Activities in the order of the list."""
    return re.findall(r'k-row-title" href="[^"]*">科学实验课 (A\d+)', page)


def folded(page: str) -> str:
    """What is in the list's closed part."""
    found = re.search(r'(?s)<details class="mb-3">(.*?)</details>', page)
    return found[1] if found else ""


def test_a_running_campaign_begins_today(
    mei: FlaskClient, cast: Cast, today: list[datetime]
) -> None:
    for number, weeks in enumerate((-1, 0, 1), start=2):
        draft(cast, f"A00{number}", start=saturday(weeks=weeks))
    path = f"/campaigns/{cast['campaign']}"
    assert folded(mei.get(path).text) == ""
    today[0] = datetime(2025, 9, 6, 15, 59, tzinfo=UTC)  # the last minute of the second Saturday
    page = mei.get(path).text
    assert "1 earlier session<" in page
    assert (codes(folded(page)), codes(page)) == (["A002"], ["A002", "A003", "A004"])
    today[0] = datetime(2025, 9, 6, 16, tzinfo=UTC)
    assert codes(folded(mei.get(path).text)) == ["A002", "A003"]
    whole = mei.get(f"{path}?all=1").text
    assert (folded(whole), codes(whole)) == ("", ["A002", "A003", "A004"])


def test_a_day_of_another_year_says_its_year(mei: FlaskClient, cast: Cast) -> None:
    draft(cast, "A002")
    draft(cast, "A003", start=saturday(weeks=30))
    page = mei.get(f"/campaigns/{cast['campaign']}").text
    heads = re.findall(r'scope="rowgroup" colspan="5">([^<]*)', page)
    assert heads == ["Sat 6 Sep", "Sat 4 Apr 2026"]


def test_a_new_campaign_is_for_whom_the_last_was(mei: FlaskClient, cast: Cast) -> None:
    def chosen() -> list[str]:
        page = mei.get("/campaigns/new").text
        menu = page[page.index('id="organization_id"') :]
        return re.findall(r'<option selected value="(\d+)"', menu[: menu.index("</select>")])

    assert chosen() == [str(cast["office"])]
    with transaction():
        session().get_one(Campaign, cast["campaign"]).owner_id = None
    assert chosen() == [str(cast["district"])]


def test_the_two_years_of_a_new_campaign_are_told_apart(mei: FlaskClient) -> None:
    page = mei.get("/campaigns/new").text
    labels = re.findall(r'<label class="form-label[^"]*" for="([^"]*year)">([^<]*)', page)
    assert labels == [("of-year", "Dates of the year"), ("year", "Year of the campaign")]
    assert 'value="2025"' in page


def test_the_activity_form_suggests_known_words(mei: FlaskClient, cast: Cast) -> None:
    page = mei.get(f"/campaigns/{cast['campaign']}/activities/new").text
    assert 'list="venue_kinds-words"' in page
    assert '<datalist id="venue_kinds-words"><option value="博物馆"></option></datalist>' in page
    assert '<datalist id="needed_skills-words"><option value="秩序维护">' in page

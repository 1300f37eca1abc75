from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from events import observances
from events.observances import Status

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def _ids(text: str) -> list[str]:
    """Observances in the list, in its order."""
    return [
        line.split('id="')[1].split('"')[0]
        for line in text.splitlines()
        if 'class="k-row k-year-row"' in line
    ]


def test_a_year_lists_every_observance_and_draws_it(client: FlaskClient) -> None:
    text = client.get("/year/2026").text
    dated = observances.year(2026)
    waiting = observances.not_announced(2026)
    assert _ids(text) == [one.observance.id for one in dated] + [one.id for one in waiting]
    assert text.count('class="yw-arc ') == len(dated)
    provisional = sum(one.status is Status.PROVISIONAL for one in dated)
    assert text.count("yw-arc-provisional") == provisional > 0


def test_the_year_without_a_number_is_the_running_one(client: FlaskClient) -> None:
    answer = client.get("/year?kind=week&nonsense=1")
    assert answer.status_code == 302
    assert answer.location.startswith("/year/20")
    assert answer.location.endswith("?kind=week")


@pytest.mark.parametrize(
    ("number", "code"), [(1949, 404), (1950, 200), (2100, 200), (2101, 404), (0, 404)]
)
def test_years_from_1950_to_2100_are_known(client: FlaskClient, number: int, code: int) -> None:
    assert client.get(f"/year/{number}").status_code == code


def test_the_ends_of_the_range_have_no_neighbour_beyond(client: FlaskClient) -> None:
    assert "/year/1949" not in client.get("/year/1950").text
    assert "/year/2101" not in client.get("/year/2100").text


def test_filters_narrow_the_list_and_stay_in_the_links(client: FlaskClient) -> None:
    text = client.get("/year/2026?kind=week&scope=provincial:湖北").text
    assert _ids(text) == ["bird-week-hubei"]
    assert 'href="/year/2025?kind=week&amp;scope=provincial:' in text


def test_search_reads_names_in_both_languages(client: FlaskClient) -> None:
    assert _ids(client.get("/year/2026?q=防灾减灾日").text) == ["disaster-prevention-day"]
    assert "earth-day" in _ids(client.get("/year/2026?q=earth").text)


def test_what_is_not_announced_can_be_chosen_alone(client: FlaskClient) -> None:
    waiting = [one.id for one in observances.not_announced(2026)]
    assert _ids(client.get("/year/2026?status=unannounced").text) == waiting


def test_nothing_found_offers_the_way_back(client: FlaskClient) -> None:
    text = client.get("/year/2026?q=zzzz").text
    assert _ids(text) == []
    assert 'href="/year/2026"' in text


def test_sources_are_never_links(client: FlaskClient) -> None:
    text = client.get("/year/2025").text
    for one in observances.load():
        for source in one.source:
            assert source not in text
    assert "http" not in text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(("who", "may"), [("mei", True), ("tao", False), ("lin", False)])
def test_only_organizers_are_offered_to_plan(
    log_in: Callable[[str], FlaskClient], who: str, *, may: bool
) -> None:
    client = log_in(who)
    offered = "/campaigns/new?observance=national-science-month&amp;year=2030"
    assert (offered in client.get("/year/2030").text) is may
    assert "/campaigns/new" not in client.get("/year/2020").text

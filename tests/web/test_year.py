from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from events import observances
from events.days import services
from events.kernel import clock
from events.kernel.db import transaction
from events.observances import Status
from tests.cast import NOW, Cast
from tests.flows import season
from tests.web.statements import statements

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
    assert "http" not in text.split("<main")[1].split('id="subscribe"')[0]


@pytest.mark.parametrize(("who", "may"), [("mei", True), ("tao", False), ("lin", False)])
def test_only_organizers_are_offered_to_plan(
    log_in: Callable[[str], FlaskClient], who: str, monkeypatch: pytest.MonkeyPatch, *, may: bool
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = log_in(who)
    offered = "/campaigns/new?observance=national-science-month&amp;year=2030"
    assert (offered in client.get("/year/2030").text) is may
    assert "/campaigns/new" not in client.get("/year/2020").text


@pytest.mark.parametrize("view", ["", "days", "list"])
def test_views_are_addresses_and_keep_the_filters(client: FlaskClient, view: str) -> None:
    text = client.get(f"/year/2026?kind=week&view={view}").text
    assert ('class="yw-arc ' in text, "k-yeargrid" in text) == (view == "", view == "days")
    assert bool(_ids(text)) is (view != "days")
    for other in ("days", "list"):
        assert f'href="/year/2026?view={other}&amp;kind=week"' in text
    assert 'href="/year/2027?' in text
    assert ('name="view" value="days"' in text) is (view == "days")


def test_the_heat_map_shows_what_days_are_and_how_much_is_on(
    client: FlaskClient, cast: Cast
) -> None:
    season.publish(cast, season.draft(cast))
    text = client.get("/year/2025?view=days").text
    assert text.count('class="is-holiday') == 28
    assert text.count('class="is-makeup') == 5
    assert text.count("data-level=") - text.count("k-swatch") == 1
    opened = client.get("/year/2025?view=days&on=2025-09-06").text
    assert "科学实验课 A002" in opened
    assert 'href="/c/september?on=2025-09-06"' in opened


def test_drafts_are_counted_for_their_planners_only(
    client: FlaskClient, log_in: Callable[[str], FlaskClient], cast: Cast
) -> None:
    season.draft(cast)
    address = "/year/2025?view=days&on=2025-09-06"
    assert "A002" not in client.get(address).text
    assert "A002" not in log_in("xu").get(address).text
    client.post("/account/logout")
    assert "A002" in log_in("mei").get(address).text


@pytest.mark.parametrize("query", ["view=x", "on=2025-13-01", "view=days&on=2024-01-01", "theme=x"])
def test_an_address_that_nobody_made_is_a_page_too(client: FlaskClient, query: str) -> None:
    assert client.get(f"/year/2025?{query}").status_code == 200


def test_a_theme_can_be_chosen(client: FlaskClient) -> None:
    found = _ids(client.get("/year/2026?theme=防汛").text)
    assert found
    assert all(any("防汛" in t for t in observances.get(name).themes) for name in found)


def test_the_ring_marks_where_planning_begins(client: FlaskClient) -> None:
    """Of weeks, months and seasons; those of next January are planned in this year."""
    text = client.get("/year/2026?q=全国科普月").text
    assert text.count('class="yw-notch"') == 1
    assert ("7月3日" in text) or ("3 Jul" in text)
    plenty = client.get("/year/2026").text.count('class="yw-notch"')
    assert plenty == sum(
        one.observance.kind is not observances.Kind.DAY
        and (one.start - timedelta(days=60)).year == 2026
        for number in (2026, 2027)
        for one in observances.year(number)
    )


def test_an_announced_year_shows_the_entered_days(client: FlaskClient) -> None:
    with transaction():
        services.announce(
            "science-technology-week",
            2027,
            starts_on=date(2027, 5, 22),
            ends_on=date(2027, 5, 30),
            status=Status.CONFIRMED,
            source="",
            now=NOW,
        )
    text = client.get("/year/2027?q=全国科技活动周&view=list").text
    assert ("5月22日" in text) or ("22–30 May" in text)
    assert "yw-arc-provisional" not in client.get("/year/2027?q=全国科技活动周").text


def test_a_year_takes_the_same_queries_however_much_is_on(client: FlaskClient, cast: Cast) -> None:
    def sent() -> int:
        with statements() as seen:
            client.get("/year/2025?view=days")
        return len(seen)

    before = sent()
    season.publish(cast, season.draft(cast, rule="FREQ=WEEKLY;COUNT=3"))
    assert sent() == before

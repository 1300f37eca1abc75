from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from events.flows.apply_import import apply_confirmed
from events.flows.sign_up import sign_up
from events.imports.run import check_waiting
from events.kernel import clock
from events.kernel.db import release, session
from events.kernel.links import Links
from events.notices import compose
from events.resources.models import Kit
from events.volunteers.models import Shift
from tests.browser.conftest import PATIENCE_MS, Live, Watched
from tests.browser.looks import faults, shoot
from tests.cast import NOW
from tests.flows import season

LogIn = Callable[[Page, str], None]
BOTH = [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")]
KITS = "kit_id,name,kind,owner_org_id,quantity\n" + "".join(
    f"K{n:03},流动展板 {n},展板,XA-KX,{n}\n" for n in range(1, 41)
)


@pytest.fixture
def worker(live: Live) -> Iterator[None]:
    """The worker's ticks for imports, as the worker process makes them."""
    is_over = threading.Event()
    thread = threading.Thread(target=_work, args=(live.app, is_over))
    thread.start()
    yield
    is_over.set()
    thread.join()


def _work(app: Flask, is_over: threading.Event) -> None:
    while not is_over.wait(0.2):
        with app.app_context():
            check_waiting(clock.now, app.extensions["kepu"])
            apply_confirmed(clock.now())


@pytest.fixture
def season_of(live: Live) -> Live:
    """A published activity with sign-ups, notices, bookings and shifts."""
    cast = live.cast
    season.publish(cast, season.draft(cast, "A002", team="team"))
    shift_id = session().scalars(select(Shift.id)).one()
    for name in ("lin", "wei"):
        sign_up(cast.actor(name), NOW, shift_id=shift_id)
    compose.tick(NOW, Links(base_url=live.url, secret="s"))
    release()
    return live


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_the_year_has_no_fault(watched: Watched, log_in: LogIn, width: int, scheme: str) -> None:
    page = watched.page(width=width, color_scheme=scheme)
    page.goto("/year/2025")
    shoot(page, f"year-{width}-{scheme}")
    assert faults(page) == []
    page.goto("/year/2025?view=days&on=2025-09-20")
    shoot(page, f"year-days-{width}-{scheme}")
    assert faults(page) == []
    log_in(page, "mei")
    page.goto("/year/2027?kind=week")
    shoot(page, f"year-filtered-{width}-{scheme}")
    assert faults(page) == []


def test_an_arc_leads_to_its_row(page: Page) -> None:
    page.goto("/year/2025")
    page.locator("a[href='#national-science-month']").focus()
    page.keyboard.press("Enter")
    row = page.locator("#national-science-month")
    expect(row).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.k-year-row:target').id") == (
        "national-science-month"
    )


def test_the_year_is_filtered_without_scripts(watched: Watched) -> None:
    page = watched.page(width=390, java_script_enabled=False)
    page.goto("/year/2026")
    page.locator(".k-year-form summary").click()
    page.select_option("#status", "unannounced")
    page.click(".k-year-search button")
    expect(page.locator(".k-year-row")).to_have_count(5)


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_pages_of_records_have_no_fault(
    watched: Watched, season_of: Live, log_in: LogIn, width: int, scheme: str
) -> None:
    cast = season_of.cast
    page = watched.page(width=width, color_scheme=scheme)
    log_in(page, "ada")
    for name, path in (
        ("imports", "/imports"),
        ("notices", "/notices"),
        ("notice-group", "/notices/1/alike"),
        ("notice", "/notices/1"),
        ("organizations", "/organizations"),
        ("organizations-found", "/organizations?q=区"),
        ("organization", f"/organizations/{cast['district']}"),
        ("organization-edit", f"/organizations/{cast['district']}/edit"),
        ("days", "/days?year=2025"),
        ("days-unknown", "/days?year=2030"),
        ("announced", "/observances"),
        ("announce", "/observances/science-technology-week/2027"),
        ("users", "/users"),
        ("user-new", "/users/new"),
        ("user", f"/users/{cast['mei']}"),
        ("venues", "/venues"),
        ("venue", f"/venues/{cast['museum']}"),
        ("venue-edit", f"/venues/{cast['museum']}/edit"),
        ("teams", "/teams"),
        ("team", f"/teams/{cast['team']}"),
    ):
        page.goto(path)
        shoot(page, f"records-{name}-{width}-{scheme}")
        assert faults(page) == [], name


@pytest.mark.usefixtures("worker")
def test_a_table_is_handed_in_watched_and_imported(
    page: Page, live: Live, log_in: LogIn, tmp_path: Path
) -> None:
    table = tmp_path / "展教器材.csv"
    table.write_text(KITS, encoding="utf-8")
    log_in(page, "mei")
    page.goto("/imports")
    page.set_input_files("#file", table)
    page.click("main form button.btn-primary")
    confirm = page.locator("form[action$='/confirm'] button")
    expect(confirm).to_be_visible()
    shoot(page, "import-ready")
    assert faults(page) == []
    confirm.click()
    expect(page.locator(".k-note-ok")).to_be_visible()
    shoot(page, "import-done")
    assert faults(page) == []
    with live.app.app_context():
        assert len(session().scalars(select(Kit.id)).all()) == 40


@pytest.mark.usefixtures("worker")
def test_an_import_can_be_followed_without_scripts(
    watched: Watched, log_in: LogIn, tmp_path: Path
) -> None:
    table = tmp_path / "kits.csv"
    table.write_text(KITS.replace("XA-KX", "NOWHERE"), encoding="utf-8")
    page = watched.page(width=390, java_script_enabled=False)
    log_in(page, "mei")
    page.goto("/imports")
    page.set_input_files("#file", table)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/imports/*")
    until = time.monotonic() + PATIENCE_MS / 1000
    while not page.locator("table").count() and time.monotonic() < until:
        time.sleep(0.3)
        page.reload()
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(40)
    assert page.locator("form[action$='/confirm']").count() == 0


def test_a_keeper_declines_with_a_reason(page: Page, season_of: Live, log_in: LogIn) -> None:
    log_in(page, "tao")
    page.goto(f"/venues/{season_of.cast['museum']}")
    page.locator(".k-answer summary").click()
    page.fill(".k-decline input.form-control", "正在布展")
    page.click(".k-decline .btn-danger")
    expect(page.locator(".k-chip-bad")).to_be_visible()
    expect(page.locator(".k-toast")).to_be_visible()
    shoot(page, "venue-declined")
    assert faults(page) == []


def test_a_leader_resets_the_teams_calendar(phone: Page, season_of: Live, log_in: LogIn) -> None:
    log_in(phone, "wei")
    phone.goto(f"/teams/{season_of.cast['team']}")
    before = phone.locator("#feed-address").inner_text()
    phone.click("form[action$='/feed/reset'] button")
    expect(phone.locator("#feed-address")).not_to_have_text(before)
    shoot(phone, "team-phone")
    assert faults(phone) == []


def test_a_preview_of_a_mail_runs_nothing(page: Page, season_of: Live, log_in: LogIn) -> None:
    log_in(page, "mei")
    answer = page.goto("/notices/1/preview")
    assert answer is not None
    assert "sandbox" in answer.headers["content-security-policy"]
    shoot(page, "notice-preview")
    assert page.locator("script").count() == 0

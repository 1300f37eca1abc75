"""An organizer's walks: what must be done, a new campaign, a season planned and published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Watched
from tests.browser.looks import faults, shoot
from tests.cast import NOW
from tests.flows.season import draft, occurrences, publish, saturday

LogIn = Callable[[Page, str], None]


@pytest.fixture
def season(live: Live) -> list[int]:
    """One published activity, one draft with a time, and the cast's own without."""
    cast = live.cast
    with live.app.app_context():
        made = [draft(cast), draft(cast, "A003", start=saturday(14), space="square")]
        publish(cast, made[0], now=NOW - timedelta(hours=60))
    return made


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_have_no_fault(
    watched: Watched, live: Live, season: list[int], log_in: LogIn, width: int, scheme: str
) -> None:
    page = watched.page(width=width, color_scheme=scheme)
    log_in(page, "mei")
    campaign = live.cast["campaign"]
    with live.app.app_context():
        occurrence = occurrences(season[0])[0].id
    found = {}
    for path in (
        "/work",
        "/campaigns",
        "/campaigns/new?observance=national-science-month&year=2027",
        f"/campaigns/{campaign}",
        f"/campaigns/{campaign}?view=calendar",
        f"/campaigns/{campaign}/publish",
        f"/campaigns/{campaign}/plan",
        f"/campaigns/{campaign}/activities/new",
        f"/activities/{season[0]}",
        f"/activities/{season[1]}/edit",
        f"/occurrences/{occurrence}/move",
        f"/occurrences/{occurrence}/cancel",
        "/account/change",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shoot(page, f"{path.split('?')[0].strip('/').replace('/', '-')}-{width}-{scheme}")
        if problems := faults(page):
            found[path] = problems
    assert found == {}


def test_a_rule_is_said_in_words_while_it_is_chosen(page: Page, live: Live, log_in: LogIn) -> None:
    log_in(page, "mei")
    page.goto(f"/campaigns/{live.cast['campaign']}/activities/new")
    page.fill("#title", "机器人体验")
    page.fill("#expected_attendance", "500")
    page.locator("label", has=page.locator('[name="kind"][value="rule"]')).click()
    expect(page.locator("#dates-0")).to_be_hidden()
    page.fill("#starts_on", "2025-09-06")
    page.fill("#starts", "09:00")
    page.select_option("#space_id", label="示例区博物馆 报告厅 (120)")
    preview = page.locator(".k-preview")
    expect(preview).to_contain_text("每周六 09:00–11:00，共 4 次")
    expect(preview).to_contain_text("9月27日 周六 09:00")
    expect(preview.locator(".k-preview-problem")).to_have_count(1)
    shoot(page, "activity-rule")
    page.locator(".k-sticky-action .btn-primary").click()
    page.wait_for_url("**/activities/*")
    expect(page.locator(".k-list > .k-row")).to_have_count(4)


def test_a_season_is_suggested_and_published(
    page: Page, live: Live, season: list[int], log_in: LogIn
) -> None:
    log_in(page, "mei")
    page.goto(f"/campaigns/{live.cast['campaign']}")
    page.locator("form[action$='/place'] button").click()
    expect(page.locator(".k-note-ok")).to_be_visible()
    page.locator("main a.btn:not(.btn-primary)").last.click()
    page.wait_for_url("**/publish")
    expect(page.locator(".is-missing")).to_have_count(0)
    page.locator(".k-sticky-action .btn-primary").click()
    page.wait_for_url(f"**/campaigns/{live.cast['campaign']}")
    expect(page.locator(".k-toast-ok")).to_be_visible()
    assert page.locator("a[href$='/publish']").count() == 0


def test_calendar_shows_the_month_with_its_sessions(
    page: Page, live: Live, season: list[int], log_in: LogIn
) -> None:
    log_in(page, "mei")
    page.goto(f"/campaigns/{live.cast['campaign']}?view=calendar")
    calendar = page.locator("[data-calendar]")
    expect(calendar).to_contain_text("2025年9月")
    expect(calendar.locator(".occ-tentative")).to_have_count(1)
    expect(calendar.locator(".occ-draft")).to_have_count(1)
    calendar.locator(".occ-tentative").click()
    page.wait_for_url(f"**/activities/{season[0]}")


def test_a_phone_shows_a_week_a_day_at_a_time(
    phone: Page, live: Live, season: list[int], log_in: LogIn
) -> None:
    log_in(phone, "mei")
    phone.goto(f"/campaigns/{live.cast['campaign']}?view=calendar")
    calendar = phone.locator("[data-calendar]")
    expect(calendar.locator("h3")).to_have_text("9月6日星期六2 场")
    assert calendar.locator(".k-week-tab").all_inner_texts() == [
        *(f"{word}\n{day}" for day, word in enumerate("一二三四五", 1)),
        "六\n6\n2",
        "日\n7",
    ]
    assert calendar.locator(".k-week-entry").all_inner_texts() == [
        "09:00\n– 10:30\n◌ 科学实验课 A002",
        "14:00\n– 15:30\n✎ 科学实验课 A003",
    ]
    assert faults(phone) == []
    calendar.get_by_role("button", name="9月5日星期五").focus()
    phone.keyboard.press("Enter")
    expect(calendar.locator(".k-week-day")).to_have_text("9月5日星期五这段时间没有安排")
    calendar.get_by_role("button", name="下一周").tap()
    expect(calendar.get_by_role("button", name="9月8日星期一")).to_be_visible()
    calendar.get_by_role("button", name="上一周").tap()
    expect(calendar.locator("h3")).to_have_text("9月5日星期五")
    calendar.get_by_role("button", name="9月6日星期六 · 2 场").tap()
    calendar.locator(".k-week-entry.occ-tentative").tap()
    phone.wait_for_url(f"**/activities/{season[0]}")


def test_filters_go_into_the_address(
    page: Page, live: Live, season: list[int], log_in: LogIn
) -> None:
    log_in(page, "mei")
    page.goto(f"/campaigns/{live.cast['campaign']}")
    page.select_option("#f-state", "draft")
    page.wait_for_url("**state=draft**")
    expect(page.locator(".k-sessions .k-row-title")).to_have_count(1)
    assert "A003" in page.locator(".k-sessions .k-row-title").inner_text()


def test_a_session_is_moved_on_the_phone(
    phone: Page, live: Live, season: list[int], log_in: LogIn
) -> None:
    log_in(phone, "mei")
    phone.goto(f"/activities/{season[0]}")
    phone.locator(".k-list [data-bs-toggle]").tap()
    phone.locator(".dropdown-item[href$='/move']").tap()
    phone.wait_for_url("**/move")
    phone.fill("#starts", "15:00")
    phone.locator(".k-sticky-action .btn-primary").tap()
    phone.wait_for_url(f"**/activities/{season[0]}")
    expect(phone.locator(".k-list .k-row-title")).to_have_text("15:00–16:30")


def test_menu_opens_on_the_phone_and_log_out_works(phone: Page, live: Live, log_in: LogIn) -> None:
    log_in(phone, "mei")
    phone.goto("/work")
    phone.locator(".k-topbar [data-bs-toggle='offcanvas']").tap()
    expect(phone.locator("#menu a[href='/venues']")).to_be_visible()
    assert faults(phone) == []
    phone.keyboard.press("Escape")
    phone.locator(".k-topbar .dropdown > button").tap()
    phone.locator("form[action='/account/logout'] button").tap()
    phone.wait_for_url("**/")
    phone.goto("/work")
    phone.wait_for_url("**/account/login?next=**")


def test_everything_is_reached_by_keyboard(page: Page, live: Live, log_in: LogIn) -> None:
    log_in(page, "mei")
    page.goto("/work")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

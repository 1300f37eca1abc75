from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import september
from tests.browser.conftest import Live, Watched
from tests.browser.looks import faults, shoot

BOTH = [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")]
PAGE = "/c/september"


@pytest.fixture(autouse=True)
def _september(live: Live) -> None:
    september.fill(live.cast)


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_landing_and_campaign_have_no_fault(watched: Watched, width: int, scheme: str) -> None:
    page = watched.page(width=width, color_scheme=scheme)
    for name, path in (
        ("landing", "/"),
        ("campaign", PAGE),
        ("month", f"{PAGE}?view=month"),
        ("filtered", f"{PAGE}?audience=青少年"),
        ("nothing", f"{PAGE}?q=nothing"),
    ):
        page.goto(path)
        shoot(page, f"public-{name}-{width}-{scheme}")
        assert faults(page) == [], name


def test_page_reads_in_english(watched: Watched) -> None:
    page = watched.page(locale="en-GB")
    page.goto(PAGE)
    shoot(page, "public-campaign-en")
    expect(page.get_by_role("heading", name="Sat 6 Sep")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    assert faults(page) == []
    page.locator("a.k-session-title").first.click()
    shoot(page, "public-activity-en")
    expect(page.get_by_role("heading", name="When and where")).to_be_visible()
    assert faults(page) == []
    page.goto("/subscribe")
    page.locator("a.stretched-link").nth(1).click()
    expect(page.locator("#feed-address")).to_be_visible()
    assert faults(page) == []


def test_a_frame_fits_a_small_space(watched: Watched) -> None:
    page = watched.page(width=320, color_scheme="dark")
    for view in ("list", "month"):
        page.goto(f"/embed/september?view={view}")
        shoot(page, f"public-embed-{view}")
        assert faults(page) == [], view


def test_filters_work_without_scripts(watched: Watched) -> None:
    page = watched.page(width=390, java_script_enabled=False)
    page.goto(PAGE)
    page.locator(".k-filters summary").click()
    page.locator("#audience").select_option("老年人")
    page.locator(".k-filters button").click()
    expect(page.locator(".k-session-title")).to_have_text(["AI 与生活线上讲堂"])
    page.locator(".k-pill").nth(1).click()
    expect(page.locator(".k-month")).to_be_visible()
    page.locator("a.k-month-day").click()
    page.wait_for_url("**on=2025-09-13**")


def test_address_is_copied(page: Page, live: Live) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PAGE)
    page.locator("[data-copy-from='#feed-address']").click()
    expect(page.locator(".k-toast")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#feed-address").inner_text()


def test_wechat_is_told_to_open_a_browser(watched: Watched) -> None:
    page = watched.page(width=390, user_agent="Mozilla/5.0 MicroMessenger/8.0.50")
    page.goto(PAGE)
    expect(page.locator("svg.k-wechat-way")).to_be_visible()
    assert page.locator("#subscribe a[href^='webcal:']").count() == 0
    shoot(page, "public-wechat")
    assert faults(page) == []

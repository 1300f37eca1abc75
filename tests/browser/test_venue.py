from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from events.web.subscribing import links
from tests.browser import september
from tests.browser.conftest import Live, Watched
from tests.browser.looks import faults, shoot
from tests.flows import season


@pytest.fixture
def link(live: Live) -> str:
    """The answer link of a request for four sessions and two more."""
    september.fill(live.cast)
    request = season.the_request()
    return links().answer(request.id, request.nonce)


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_pages_have_no_fault(watched: Watched, link: str, width: int, scheme: str) -> None:
    page = watched.page(width=width, color_scheme=scheme)
    page.goto(link)
    shoot(page, f"venue-answer-{width}-{scheme}")
    assert faults(page) == []
    page.goto(link[:-3])
    shoot(page, f"venue-unknown-{width}-{scheme}")
    assert faults(page) == []


@pytest.mark.parametrize("has_scripts", [True, False])
def test_answering_one_by_one(watched: Watched, link: str, has_scripts: bool) -> None:
    page = watched.page(width=390, java_script_enabled=has_scripts)
    page.goto(link)
    waiting = page.locator(".k-reply-choices:visible")
    count = waiting.count()
    no = (
        waiting.nth(0).locator("label", has_text="不行").or_(waiting.nth(0).locator("label").nth(1))
    )
    no.first.click()
    waiting.nth(1).locator("label").first.click()
    page.locator(".k-sticky-action button").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    if has_scripts:
        shoot(page, "venue-reason-missing")
        expect(page.locator("[data-error-summary]")).to_be_focused()
        assert faults(page) == []
    page.locator(".is-invalid").fill("设备检修，21 日可以")
    page.fill("#by", "陶馆长")
    page.locator(".k-sticky-action button").click()
    page.wait_for_url("**?saved=1")
    expect(page.locator(".k-note-ok")).to_be_visible()
    assert page.locator(".k-reply-choices:visible").count() == count - 2
    assert "设备检修，21 日可以" in page.locator("main").inner_text()
    if has_scripts:
        shoot(page, "venue-saved")
        assert faults(page) == []


def test_yes_to_all_is_one_tap(page: Page, link: str) -> None:
    page.goto(link)
    page.locator(".k-reply-all button").click()
    page.wait_for_url("**?saved=1")
    shoot(page, "venue-all-yes")
    assert page.locator(".k-reply-choices:visible").count() == 0
    assert faults(page) == []


def test_page_reads_in_english(watched: Watched, link: str) -> None:
    page = watched.page(width=390, locale="en-GB")
    page.goto(link)
    shoot(page, "venue-answer-en")
    expect(page.get_by_role("button", name="Send the answer")).to_be_visible()
    assert faults(page) == []

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from events.flows.sign_up import sign_up
from tests.browser import september
from tests.browser.conftest import Live, Watched
from tests.browser.looks import faults, shoot
from tests.cast import NOW

LogIn = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _september(live: Live) -> None:
    september.fill(live.cast)


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
def test_pages_have_no_fault(
    watched: Watched, live: Live, log_in: LogIn, width: int, scheme: str
) -> None:
    # So high that no sticky bar hides part of a button, which axe would measure.
    page = watched.page(width=width, height=2400, color_scheme=scheme)
    log_in(page, "lin")
    shoot(page, f"me-empty-{width}-{scheme}")
    assert faults(page) == []
    first, second, *_ = september.shifts()
    for shift in (first, second):
        sign_up(live.cast.actor("lin"), NOW, shift_id=shift)
    sign_up(live.cast.actor("bo"), NOW, shift_id=september.shifts()[3])
    for name, path in (
        ("home", "/me"),
        ("shifts", "/me/shifts?when=all"),
        ("feed", "/me/feed"),
        ("withdraw", "/signups/1/withdraw"),
    ):
        page.goto(path)
        shoot(page, f"me-{name}-{width}-{scheme}")
        assert faults(page) == [], name


def test_signing_up_and_thinking_again(phone: Page, log_in: LogIn) -> None:
    log_in(phone, "lin")
    phone.goto("/me/shifts")
    phone.locator(".k-row button").first.click()
    undo = phone.locator(".k-undo")
    expect(undo).to_be_visible()
    shoot(phone, "me-signed-up")
    assert faults(phone) == []
    undo.locator("form button").click()
    phone.wait_for_url("**/me?given=*")
    expect(phone.locator(".k-undo")).to_be_visible()
    shoot(phone, "me-given-back")
    assert faults(phone) == []


def test_pages_work_without_scripts(watched: Watched, log_in: LogIn) -> None:
    page = watched.page(width=390, java_script_enabled=False)
    log_in(page, "lin")
    page.goto("/me/shifts")
    page.locator(".k-row button").first.click()
    expect(page.locator(".k-undo")).to_be_visible()


def test_pages_read_in_english(watched: Watched, live: Live, log_in: LogIn) -> None:
    sign_up(live.cast.actor("lin"), NOW, shift_id=september.shifts()[0])
    page = watched.page(width=390, locale="en-GB")
    page.context.add_cookies([{"name": "lang", "value": "en", "url": live.url}])
    log_in(page, "lin")
    shoot(page, "me-home-en")
    expect(page.get_by_role("button", name="I cannot come")).to_be_visible()
    assert faults(page) == []

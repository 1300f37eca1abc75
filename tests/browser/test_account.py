from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.looks import faults, shoot
from tests.cast import PASSWORD


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_log_in_page_has_no_fault(watched: Watched, width: int, scheme: str) -> None:
    page = watched.page(width=width, color_scheme=scheme)
    page.goto("/account/login")
    shoot(page, f"login-{width}-{scheme}")
    assert faults(page) == []


def test_wrong_password_puts_the_focus_on_the_summary(page: Page) -> None:
    page.goto("/account/login")
    page.fill("#email", "mei@kepu.example")
    page.fill("#password", "wrong " + PASSWORD)
    page.click("main button")
    page.wait_for_selector("[data-error-summary]:focus")
    shoot(page, "login-wrong")
    assert faults(page) == []


def test_error_page_has_no_fault(page: Page) -> None:
    page.goto("/nowhere")
    shoot(page, "error-404")
    assert faults(page) == []

"""Walks in a real browser against a live server; a page that breaks a rule fails its test.

At the end of each test every page must have kept to its server, to the content security policy
and to a quiet console. SQLite only, unless a story parametrizes `engine`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from events import create_app
from events.kernel import clock, db as kernel_db
from tests import databases, sharing
from tests.cast import NOW, PASSWORD, Cast
from tests.notices.smtp_server import free_port

PATIENCE_MS = 60_000  # of a busy machine; what is there is seen at once
expect.set_options(timeout=PATIENCE_MS)

WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  reportFault("CSP: " + event.violatedDirective + " " + event.blockedURI));
"""


@dataclass
class Live:
    """A running server on a database of this test's own, with the cast in it."""

    url: str
    app: Flask
    cast: Cast


@dataclass
class Watched:
    """Contexts opened by a test, and what their pages did wrong."""

    browser: Browser
    base_url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def page(self, *, width: int = 1280, height: int = 800, **options: Any) -> Page:
        """A fresh browser window; options as Playwright's new_context (color_scheme, locale)."""
        told: dict[str, Any] = {
            "base_url": self.base_url,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
            "viewport": {"width": width, "height": height},
        }
        context = self.browser.new_context(**{**told, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", self._keep_home)
        context.expose_binding("reportFault", lambda _source, text: self.faults.append(text))
        context.add_init_script(WATCH)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        context.on("console", self._hear)
        self.contexts.append(context)
        return context.new_page()

    def _keep_home(self, route: Route) -> None:
        if route.request.url.startswith((self.base_url + "/", "data:", "blob:")):
            route.continue_()
            return
        self.faults.append(f"request to another host: {route.request.url}")
        route.abort()

    def _hear(self, message: Any) -> None:
        is_expected = any(f"status of {code}" in message.text for code in (404, 409, 422))
        if message.type == "error" and not is_expected:
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def engine() -> str:
    """The engine of the live server's database."""
    return "sqlite"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """What time the live server believes it is."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return NOW


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, its base URL on a free port, inside an application context."""
    port = free_port()
    settings = replace(
        databases.settings(tmp_path, database_url), base_url=f"http://127.0.0.1:{port}", port=port
    )
    made = create_app(settings)
    with made.app_context():
        sharing.share(made)
        yield made
        kernel_db.db.session.remove()
        kernel_db.db.engine.dispose()


@pytest.fixture
def live(app: Flask, cast: Cast, now: datetime) -> Iterator[Live]:
    """The server, running until the test ends."""
    settings = app.extensions["kepu"]
    kernel_db.db.session.remove()
    server = make_server("127.0.0.1", settings.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(url=settings.base_url, app=app, cast=cast)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watched(browser: Browser, live: Live) -> Iterator[Watched]:
    """Opens pages: watched.page(width=390, color_scheme="dark")."""
    opener = Watched(browser, live.url)
    yield opener
    for context in opener.contexts:
        context.close()
    assert opener.faults == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """A desktop window, 1280 wide."""
    return watched.page()


@pytest.fixture
def phone(watched: Watched) -> Page:
    """A phone, 390 wide."""
    return watched.page(width=390, height=844, has_touch=True, is_mobile=True)


@pytest.fixture
def log_in(live: Live) -> Callable[[Page, str], None]:
    """Log somebody of the cast in: log_in(page, "mei")."""

    def enter(page: Page, name: str) -> None:
        page.goto("/account/login")
        page.fill("#email", f"{name}@kepu.example")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/account/login" not in url)

    return enter

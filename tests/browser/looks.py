"""Looking at pages: axe's faults, sideways scrolling, screenshots."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

RUN = """
async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}))
  .violations.filter((fault) => ["serious", "critical"].includes(fault.impact))
  .map((fault) => fault.id + ": " + fault.nodes.map((node) => node.html.slice(0, 160)).join(" | "))
"""


# Bars that stick to the window cover whatever lies below them at the moment; people scroll.
UNSTICK = """
() => document.querySelectorAll(".k-bottombar, .k-sticky-action, .k-topbar")
  .forEach((bar) => bar.style.setProperty("position", "static"))
"""


def axe(page: Page) -> list[str]:
    """Serious and critical faults of the page as it stands; must be []."""
    page.evaluate(_script())
    page.evaluate(UNSTICK)
    found: list[str] = page.evaluate(RUN)
    return found


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways; must be 0."""
    found: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


def faults(page: Page) -> list[str]:
    """Both of the above, and headings: what any page must not have."""
    page.wait_for_load_state()
    wide = sideways(page)
    headings = page.locator("h1").count()
    return [
        *axe(page),
        *([f"scrolls {wide} px sideways"] if wide else []),
        *([f"{headings} h1"] if headings != 1 else []),
    ]


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page where KEPU_SCREENSHOTS says; nothing without it."""
    folder = os.environ.get("KEPU_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@cache
def _script() -> str:
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text("utf-8")

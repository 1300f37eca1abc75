"""The palette keeps WCAG AA: every text on every ground it stands on, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from events import bootstrap

TOKENS = Path(bootstrap.__file__).parent / "webui" / "src" / "tokens.css"
TONES = ("ok", "wait", "bad", "info", "fest", "off")
GROUNDS = ("ground", "surface", "sunken")
PAIRS = [
    *[("text", ground) for ground in GROUNDS],
    *[("quiet", ground) for ground in GROUNDS],
    *[("brand", ground) for ground in (*GROUNDS, "brand-soft")],
    *[(tone, f"{tone}-soft") for tone in (*TONES, "accent")],
    *[("text", f"{tone}-soft") for tone in TONES],
    *[(tone, "surface") for tone in TONES],
    *[("surface", tone) for tone in ("ok", "wait", "bad", "info")],  # words on buttons
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-brand-soft", "brand-soft"),
]


def palette(theme: str) -> dict[str, tuple[float, ...]]:
    start = TOKENS.read_text("utf-8").index(f'[data-bs-theme="{theme}"] {{')
    block = TOKENS.read_text("utf-8")[start:].split("}")[0]
    found = re.findall(r"--k-([\w-]+): #(\w\w)(\w\w)(\w\w);", block)
    return {name: tuple(int(part, 16) / 255 for part in parts) for name, *parts in found}


def luminance(colour: tuple[float, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_has_a_contrast_of_4_5(theme: str) -> None:
    colours = palette(theme)
    faint = {}
    for text, ground in PAIRS:
        low, high = sorted((luminance(colours[text]), luminance(colours[ground])))
        ratio = (high + 0.05) / (low + 0.05)
        if ratio < 4.5:
            faint[text, ground] = round(ratio, 2)
    assert faint == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_fields_have_a_contrast_of_3(theme: str) -> None:
    colours = palette(theme)
    low, high = sorted((luminance(colours["line-strong"]), luminance(colours["surface"])))
    assert (high + 0.05) / (low + 0.05) >= 3

"""Lines for a terminal: broken at its width, of which a Chinese character takes two columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

NARROWEST = 40
HANG = 2
"""Columns by which what goes on is set in, under the text of its line."""
_WORDS = re.compile(r"\s+|[\u0021-\u2e7f]+|.")
"""Spaces, Latin words, and single characters of a script that may be broken anywhere."""
_STAYS = frozenset("，。、；：！？）》”’,.;:!?)")
"""What no line begins with."""


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def broken(line: str, width: int) -> Iterator[str]:
    """A line in as many as it takes, none wider than `width` (a word may be, and closing marks)."""
    margin = " " * (len(line) - len(line.lstrip()) + HANG)
    room = max(width, NARROWEST) - 2  # for what no line begins with
    now = ""
    for part in _WORDS.findall(line):
        if part not in _STAYS and now.strip() and columns(now + part.rstrip()) > room:
            yield now.rstrip()
            now = margin + part.lstrip()
        else:
            now += part
    yield now.rstrip()

"""A calendar without its words: when somebody is busy, not what with, where or with whom."""

from __future__ import annotations

from collections.abc import Iterator

from events.foreign.components import CALENDAR_NAMES, EVENT_NAMES, IDS, ZONE_NAMES
from events.foreign.lines import FOLD, plain, require_few_lines

WORDS = frozenset({"SUMMARY", "LOCATION", "NAME", "X-WR-CALNAME"})
KEPT = (EVENT_NAMES | ZONE_NAMES | IDS | CALENDAR_NAMES | {"BEGIN", "END"}) - WORDS
LONGEST_NAME = 100


def without_words(content: bytes) -> bytes:
    """The same calendar, where lines that `read` needs not for times are blank.

    Blank and not gone, so that a report still names the lines of the file. Raises
    Unusable("calendar_too_many_lines").
    """
    whole = plain(content)
    require_few_lines(whole)
    return b"\n".join(_lines(whole))


def _lines(content: bytes) -> Iterator[bytes]:
    is_kept = False
    for line in content.split(b"\n"):
        if not line.startswith(FOLD):  # else a blank line inside a fold: as what it goes on
            is_kept = _name(line) in KEPT
        yield line.replace(FOLD, b"\n ") if is_kept else b"\n" * line.count(FOLD)


def _name(line: bytes) -> str:
    head = line[: LONGEST_NAME * 2].replace(FOLD, b"")[:LONGEST_NAME]
    name = head.split(b":", 1)[0].split(b";", 1)[0].rpartition(b".")[2]
    return name.strip().decode("ascii", errors="replace").upper()

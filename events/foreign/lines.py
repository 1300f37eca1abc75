"""Bytes of an .ics into content lines (RFC 5545, 3.1), whatever the producer did to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from events.foreign.problems import Unusable

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 1_000_000
MOST_OF_A_VALUE = 200_000
MOST_OF_A_HEAD = 4_000
FOLD = b"\x1f"
_LINE = re.compile(
    r'([A-Za-z0-9][A-Za-z0-9_.-]*)((?:;[^:;="]*(?:=(?:"[^"]*"|[^":;])*)?)*)[ \t]*:', re.ASCII
)
_PARAMETER = re.compile(r';([^=;:"]+)=("[^"]*"|[^;]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One unfolded content line: where it begins, its name in upper case, and the rest as found."""

    number: int
    name: str
    rest: str
    value: str

    def parameter(self, name: str) -> str:
        """The value of one parameter without quotation marks; empty when there is none."""
        if not self.rest:
            return ""
        for found in _PARAMETER.finditer(self.rest):
            if found[1].strip().upper() == name:
                return found[2].strip().strip('"').strip()
        return ""

    @property
    def text(self) -> str:
        """The value as a text (RFC 5545, 3.3.11)."""
        if "\\" not in self.value:
            return self.value
        return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value)


def content_lines(content: bytes) -> Iterator[Line | None]:
    """Every content line of `content`; None for a line that is none.

    Raises Unusable("calendar_too_large" | "calendar_too_many_lines").
    """
    if len(content) > MOST_BYTES:
        raise Unusable("calendar_too_large", most=MOST_BYTES // 1024 // 1024)
    whole = plain(content)
    require_few_lines(whole)
    encoding = _encoding(whole.replace(FOLD, b""))
    for number, octets in _unfolded(whole):
        yield _line(number, octets.decode(encoding, errors="replace"))


def require_few_lines(whole: bytes) -> None:
    """Raise Unusable("calendar_too_many_lines") when no calendar has as many."""
    if whole.count(b"\n") > MOST_LINES:
        raise Unusable("calendar_too_many_lines", most=MOST_LINES)


def plain(content: bytes) -> bytes:
    """Without a byte order mark; lines end by LF, and folds are a FOLD.

    Folds are taken out of bytes, not of characters, as producers cut those in the middle.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    content = content.removeprefix(b"\xef\xbb\xbf").replace(FOLD, b"")
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content.replace(b"\n ", FOLD).replace(b"\n\t", FOLD)


def _encoding(octets: bytes) -> str:
    """UTF-8, or else GBK (GB 18030) as old Chinese programs write, or else what can be saved."""
    for encoding in ("utf-8", "gb18030"):
        try:
            octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8"


def _unfolded(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The logical lines and the numbers of their first lines; a blank line inside a fold too."""
    number, began, held = 1, 1, b""
    for octets in content.split(b"\n"):
        if octets.startswith(FOLD):
            held += octets.replace(FOLD, b"")
        elif octets and not octets.isspace():
            if held:
                yield began, held
            began = number
            held = octets.replace(FOLD, b"") if FOLD in octets else octets
        number += 1 + octets.count(FOLD)
    if held:
        yield began, held


def _line(number: int, text: str) -> Line | None:
    head = _LINE.match(text, 0, MOST_OF_A_HEAD)
    if head is None:
        return None
    name = head[1].upper().rpartition(".")[2]  # "item1.SUMMARY": a group, as in vCards
    return Line(number, name, head[2], text[head.end() : head.end() + MOST_OF_A_VALUE])

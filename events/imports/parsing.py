"""What the text of a cell means: one format a kind of value; all raise Refused(code, facts).

Texts come here cleaned: no control characters, full-width digits, letters and spaces as ASCII.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Any

from events import observances
from events.kernel.errors import Refused
from events.kernel.hours import DAYS, Hours
from events.kernel.recurrence import Rule
from events.kernel.texts import say
from events.kernel.wording import listed

MOST_WORDS = 50
YEARS = range(2000, 2101)
_FULL = {0x3000: " "} | {
    wide: wide - 0xFEE0
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for wide in range(ord(first), ord(last) + 1)
}
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_CODE = re.compile(r"[^\s#;,/\\][^\s;,/\\]{0,63}")
_SEPARATOR = re.compile(r"[;；、\n]")
_EMAIL = re.compile(r"[^@\s<>,;:\"()]{1,64}@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_TO = r"\s*(?:-+|~|—+|–|至|到)\s*"
_WINDOW = re.compile(rf"(\d{{1,2}}):(\d{{2}}){_TO}(\d{{1,2}}):(\d{{2}})")
_YES = {"yes", "y", "true", "1", "是", "有", "√", "✓"}
_NO = {"no", "n", "false", "0", "否", "无", "×", "x", ""}
_ISO_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZH_DAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a cell is read. parse: cleaned text, never empty, to a value; hint: English msgid.

    words: every word that the cell may hold, and what it means; empty when there is no such list.
    """

    parse: Callable[[str], Any]
    hint: str
    words: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The hint in `language`; of words that mean the same, the one of that language."""
        return say(language, self.hint, words=listed(self.choices(language), language))

    def choices(self, language: str) -> list[str]:
        """One word for each meaning, of that language where there is one."""
        is_zh = language == "zh"
        chosen: dict[Any, str] = {}
        for word, meaning in self.words.items():
            if chosen.setdefault(meaning, word).isascii() == is_zh and word.isascii() != is_zh:
                chosen[meaning] = word
        return list(chosen.values())

    def synonyms(self) -> list[list[str]]:
        """Words that mean the same side by side."""
        same: dict[Any, list[str]] = {}
        for word, meaning in self.words.items():
            same.setdefault(meaning, []).append(word)
        return list(same.values())


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


def clean(text: str) -> str:
    """`text` without unseen characters and outer spaces; full-width digits and letters as ASCII."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _UNSEEN.sub("", text.translate(_FULL)).strip()


def line(most: int) -> Format:
    """Text on one line, at most `most` characters."""
    return Format(parse=lambda text: _bounded(" ".join(text.split()), most), hint=_("text"))


def prose(most: int) -> Format:
    """Text that may have several lines."""
    return Format(parse=lambda text: _bounded(text, most), hint=_("text"))


def integer(low: int, high: int) -> Format:
    """A whole number from `low` to `high`; thousands may be separated by commas."""

    def parse(text: str) -> int:
        plain = _half(text)
        if re.fullmatch(r"\d{1,3}(,\d{3})+", plain):
            plain = plain.replace(",", "")
        if not re.fullmatch(r"-?\d{1,12}(\.0+)?", plain):
            raise Refused("number_unreadable")
        return int(_within(int(plain.split(".")[0]), low, high))

    return Format(parse=parse, hint=_("whole number"))


def number(low: float, high: float) -> Format:
    """A number from `low` to `high`."""

    def parse(text: str) -> float:
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,17})?", plain := _half(text)):
            raise Refused("number_unreadable")
        return _within(float(plain), low, high)

    return Format(parse=parse, hint=_("number"))


def choice(words: type[StrEnum], names: Mapping[str, StrEnum]) -> Format:
    """One of `words`, or one of `names` that mean them."""
    known = {word.value: word for word in words} | dict(names)

    def parse(text: str) -> StrEnum:
        found = known.get(_half(text).lower())
        if found is None:
            raise Refused("choice_unknown", choices=", ".join(known))
        return found

    return Format(parse=parse, hint=_("one of: %(words)s"), words=known)


def one_of(values: Mapping[str, Any]) -> Format:
    """What `values` says for the text."""

    def parse(text: str) -> Any:
        found = values.get(_half(text).lower())
        if found is None:
            raise Refused("choice_unknown", choices=", ".join(values))
        return found

    return Format(parse=parse, hint=_("one of: %(words)s"), words=values)


def parse_code(text: str) -> str:
    """A code: up to 64 characters without spaces, commas, semicolons and slashes."""
    code = _half(text)
    if not _CODE.fullmatch(code):
        raise Refused("code_unreadable")
    return code


def parse_codes(text: str) -> tuple[str, ...]:
    """Codes separated by semicolons, each once."""
    return _several(text, parse_code)


def parse_words(text: str) -> tuple[str, ...]:
    """Words separated by semicolons (or 、), each once."""
    return _several(text, lambda part: _bounded(" ".join(part.split()), 64))


def parse_yes_no(text: str) -> bool:
    """yes, no, 是, 否 and their like."""
    word = _half(text).lower()
    if word not in _YES and word not in _NO:
        raise Refused("yes_no_unreadable")
    return word in _YES


def parse_date(text: str) -> date:
    """2025-09-06, 2025/9/6, 2025年9月6日, 20250906."""
    plain = _half(text).removesuffix(" 00:00:00").replace(" ", "")
    match = _DATE.fullmatch(plain)
    try:
        day = date(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Refused("date_unreadable")
    return day


def parse_weekdays(text: str) -> tuple[int, ...]:
    """MO;TU or 周一至周五: weekdays, 0 = Monday, ascending."""
    found: set[int] = set()
    for part in filter(None, re.split(r"[;、,\s]+", re.sub(_TO, "-", _half(text)).upper())):
        first, *last = [_weekday(name) for name in part.split("-")]
        if len(last) > 1:
            raise Refused("weekdays_unreadable")
        span = (last[0] - first) % 7 if last else 0
        found |= {(first + n) % 7 for n in range(span + 1)}
    return tuple(sorted(found))


def parse_window(text: str) -> tuple[time, time]:
    """09:00-12:00; 24:00 is read as 23:59."""
    match = _WINDOW.fullmatch(_half(text))
    if not match:
        raise Refused("time_window_unreadable")
    a, b, c, d = (int(part) for part in match.groups())
    if (c, d) == (24, 0):
        c, d = 23, 59
    try:
        start, end = time(a, b), time(c, d)
    except ValueError:
        raise Refused("time_window_unreadable") from None
    if end <= start:
        raise Refused("time_window_unreadable")
    return start, end


def parse_hours(text: str) -> str:
    """Opening hours as kernel/hours.py writes them; 周二至周日 09:00-17:00 is understood too."""
    plain = re.sub(_TO, "-", _half(text)).replace("、", ",").replace("\n", ";")
    plain = re.sub(rf"(?:周|星期|礼拜)([{_ZH_DAYS}天])", _day_name, plain)
    plain = re.sub(r"(?<=[a-z])(?=\d)", " ", plain)
    Hours.parse(plain)
    return _bounded(";".join(part.strip() for part in plain.split(";") if part.strip()), 300)


def parse_rule(text: str) -> str:
    """A recurrence rule in the parts that Kepu accepts; its values are checked, not expanded."""
    return _bounded(str(Rule.parse(_half(text))), 300)


def parse_email(text: str) -> str:
    """One address."""
    address = _half(text)
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Refused("email_unreadable")
    return address


def parse_observance(text: str) -> str:
    """The id of an observance, given as such or by its Chinese or English name."""
    found = _observances().get(" ".join(text.split()).lower())
    if found is None:
        raise Refused("observance_unknown")
    return found


CODE = Format(parse=parse_code, hint=_("code"))
CODES = Format(parse=parse_codes, hint=_("codes, separated by semicolons"))
WORDS = Format(parse=parse_words, hint=_("words, separated by semicolons"))
YES_NO = Format(parse=parse_yes_no, hint=_("yes or no"))
DATE = Format(parse=parse_date, hint=_("date, like 2025-09-06"))
WEEKDAYS = Format(parse=parse_weekdays, hint=_("weekdays, like MO;TU"))
WINDOW = Format(parse=parse_window, hint=_("hours of the day, like 09:00-12:00"))
HOURS = Format(parse=parse_hours, hint=_("weekly hours, like Tu-Su 09:00-17:00"))
RULE = Format(parse=parse_rule, hint=_("rule, like FREQ=WEEKLY;BYDAY=SA;COUNT=4"))
EMAIL = Format(parse=parse_email, hint=_("mail address"))
OBSERVANCE = Format(parse=parse_observance, hint=_("name of an observance"))


@cache
def _observances() -> dict[str, str]:
    return {
        name.lower(): one.id
        for one in observances.load()
        for name in (one.name_en, one.name_zh, one.id)
    }


def _half(text: str) -> str:
    """Also full-width punctuation as ASCII: for codes, numbers and dates, not for names."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused("text_too_long", most=most, length=len(text))
    return text


def _within(value: float, low: float, high: float) -> float:
    if not math.isfinite(value) or not low <= value <= high:
        raise Refused("number_outside", low=low, high=high)
    return value


def _several(text: str, parse: Callable[[str], str]) -> tuple[str, ...]:
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    words = tuple(dict.fromkeys(parse(part) for part in parts if part))
    if len(words) > MOST_WORDS:
        raise Refused("too_many_words", most=MOST_WORDS)
    return words


def _weekday(name: str) -> int:
    zh = name.removeprefix("周").removeprefix("星期").replace("天", "日")
    if name in _ISO_DAYS:
        return _ISO_DAYS.index(name)
    if len(zh) == 1 and zh in _ZH_DAYS:
        return _ZH_DAYS.index(zh)
    raise Refused("weekdays_unreadable")


def _day_name(match: re.Match[str]) -> str:
    return DAYS[_ZH_DAYS.index(match[1].replace("天", "日"))]

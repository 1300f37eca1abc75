"""Kepu's languages: catalogues read straight from the .po files, so that nothing is compiled.

Messages are written in English in the code; zh is complete (a house test), en needs no file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.support import NullTranslations

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).resolve().parent.parent / "translations"
_MESSAGE = re.compile(
    r"""^msgid\ (?P<id>(?:".*"\n)+)
        (?:msgid_plural\ (?:".*"\n)+)?
        msgstr(?:\[0\])?\ (?P<text>(?:".*"\n?)+)""",
    re.MULTILINE | re.VERBOSE,
)


def locale(language: str) -> str:
    """The CLDR locale of one of LANGUAGES."""
    return "zh_Hans_CN" if language == "zh" else "en"


def tag(language: str) -> str:
    """The BCP 47 tag of one of LANGUAGES, for the lang attribute."""
    return "zh-CN" if language == "zh" else "en"


def known(language: str | None) -> str | None:
    """`language` ("zh-CN", "en_GB", ...) as one of LANGUAGES, or None."""
    short = (language or "").replace("_", "-").split("-", 1)[0].lower()
    return short if short in LANGUAGES else None


class Catalogue(NullTranslations):
    """The messages of a language whose words have no plural form, such as Chinese."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__()
        self._messages = messages

    def gettext(self, message: str) -> str:
        """`message` in this language; itself where it is not translated."""
        return self._messages.get(message) or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The same of a message about `n` things."""
        return self._messages.get(msgid1) or super().ngettext(msgid1, msgid2, n)

    ugettext, ungettext = gettext, ngettext  # as Flask-Babel calls them


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one of LANGUAGES."""
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return NullTranslations()
    return Catalogue(messages(file.read_text(encoding="utf-8")))


def messages(po: str) -> dict[str, str]:
    """Every message of a .po file with its translation; of a plural the form for all numbers."""
    return {_text(found["id"]): _text(found["text"]) for found in _MESSAGE.finditer(po)}


def _text(quoted: str) -> str:
    text: str = json.loads(quoted.strip().replace('"\n"', ""))  # gettext quotes as JSON does
    return text


def say(language: str, message: str, **facts: object) -> str:
    """`message` in `language`, its %(names)s filled from `facts`."""
    text: str = catalogue(language).gettext(message)
    return text % facts if facts else text


def say_many(language: str, one: str, many: str, num: int) -> str:
    """`one` or `many` in `language`, as its grammar says of `num`, which fills %(num)s."""
    text: str = catalogue(language).ngettext(one, many, num)
    return text % {"num": num}

"""Kepu's languages: catalogues read straight from the .po files, so that nothing is compiled.

Messages are written in English in the code; zh is complete (a house test), en needs no file.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).resolve().parent.parent / "translations"


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


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of one of LANGUAGES."""
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return Translations()
    with file.open("rb") as source:
        read = read_po(source, locale=locale(language))
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


def say(language: str, message: str, **facts: object) -> str:
    """`message` in `language`, its %(names)s filled from `facts`."""
    text: str = catalogue(language).gettext(message)
    return text % facts if facts else text


def say_many(language: str, one: str, many: str, num: int) -> str:
    """`one` or `many` in `language`, as its grammar says of `num`, which fills %(num)s."""
    text: str = catalogue(language).ngettext(one, many, num)
    return text % {"num": num}

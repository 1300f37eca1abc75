"""Every translatable string of the project, found as Babel's extractor finds it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "say": (2,),
    "say_many": (2, 3),
}
METHODS = [
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
    ("**.txt", "jinja2.ext:babel_extract"),
]
UNTRANSLATED = frozenset({"", "Kepu"})


def of_the_project(root: Path) -> set[str]:
    """Message ids of events/ and templates/; plural forms count as their singular."""
    found: set[str] = set()
    for folder in ("events", "templates"):
        for _, _, message, _, _ in extract_from_dir(
            str(root / folder),
            method_map=METHODS,
            keywords=KEYWORDS,
            directory_filter=lambda _folder: True,  # Babel leaves out _macros otherwise
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found - UNTRANSLATED

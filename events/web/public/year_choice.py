"""What of a year is shown, as its address says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _

from events.observances import Kind, Observance, Status

UNANNOUNCED = "unannounced"
VIEWS = {"": _("Ring"), "days": _("Heat map"), "list": _("List")}
ICONS = {"": "circle", "days": "grid-3x3-gap", "list": "list-ul"}
STATUSES = {
    Status.CONFIRMED.value: _("Dates fixed"),
    Status.PROVISIONAL.value: _("Provisional"),
    UNANNOUNCED: _("Not announced"),
}
KINDS = {
    Kind.DAY: _("Days"),
    Kind.WEEK: _("Weeks"),
    Kind.MONTH: _("Months"),
    Kind.SEASON: _("Seasons"),
}
SCOPES = {"national": _("National"), "international": _("International")}
SEARCH_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class YearChoice:
    """The view and the filters; empty means the ring, and no limit. on: the day that is open."""

    view: str = ""
    kind: str = ""
    theme: str = ""
    audience: str = ""
    scope: str = ""
    status: str = ""
    q: str = ""
    on: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> YearChoice:
        """From the query of an address; an unknown view, kind, status or day is left out."""
        return cls(
            view=_one_of(args.get("view", ""), set(VIEWS)),
            kind=_one_of(args.get("kind", ""), {kind.value for kind in Kind}),
            theme=_words(args.get("theme", "")),
            audience=args.get("audience", "")[:64],
            scope=args.get("scope", "")[:64],
            status=_one_of(args.get("status", ""), set(STATUSES)),
            q=_words(args.get("q", "")),
            on=_day(args.get("on", "")),
        )

    @property
    def filters(self) -> dict[str, Any]:
        """The filters alone, as a query."""
        return {n: v for n, v in self.query().items() if n not in {"view", "on"}}

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.filters)

    @property
    def day(self) -> date | None:
        """The day that is open."""
        return date.fromisoformat(self.on) if self.on else None

    def query(self, **changes: str) -> dict[str, Any]:
        """The query of the address of this choice with `changes`; `on` only when changed to."""
        changed = replace(self, **{"on": "", **changes})
        values = {field.name: getattr(changed, field.name) for field in fields(changed)}
        return {name: value for name, value in values.items() if value}

    def holds(self, observance: Observance, status: str) -> bool:
        """Whether an observance whose dates are `status` is shown."""
        words = (observance.name_zh, observance.name_en, *observance.organisers, *observance.themes)
        text = " ".join(words).casefold()
        return (
            self.kind in ("", observance.kind.value)
            and self.scope in ("", observance.scope)
            and self.status in ("", status)
            and (not self.audience or self.audience in observance.audiences)
            and (not self.theme or any(self.theme in each for each in observance.themes))
            and all(word in text for word in self.q.casefold().split())
        )


def scopes(found: Iterable[Observance]) -> list[tuple[str, object]]:
    """What can be chosen: the country, the world, then provinces by name."""
    provinces = sorted({one.scope for one in found if one.scope not in SCOPES})
    return [*SCOPES.items(), *((scope, scope.split(":", 1)[1]) for scope in provinces)]


def audiences(found: Iterable[Observance]) -> list[str]:
    """What can be chosen, the most frequent first."""
    return _frequent(word for one in found for word in one.audiences)


def themes(found: Iterable[Observance]) -> list[str]:
    """What can be chosen, the most frequent first."""
    return _frequent(word for one in found for word in one.themes)


def _frequent(words: Iterable[str]) -> list[str]:
    counts = Counter(words)
    return sorted(counts, key=lambda word: (-counts[word], word))


def _one_of(text: str, known: set[str]) -> str:
    return text if text in known else ""


def _words(text: str) -> str:
    return " ".join(text.split())[:SEARCH_CHARS]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""

"""What a visitor chose to see of a campaign: read from the address, written into addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from events.campaigns.states import Mode
from events.venues.public import PublicSession
from events.web.days import weekend

WHENS = ("weekend", "all")
MODES = tuple(mode.value for mode in Mode)
SEARCH_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Filters and the view; empty means no limit, and without `when` or `on`: from today on."""

    q: str = ""
    audience: str = ""
    town: int | None = None
    mode: str = ""
    when: str = ""
    on: date | None = None
    view: str = ""
    month: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Choice:
        """From the query of an address; what makes no sense is left out."""
        return cls(
            q=" ".join(args.get("q", "").split())[:SEARCH_CHARS],
            audience=args.get("audience", "")[:64],
            town=_number(args.get("town", "")),
            mode=_one_of(args.get("mode", ""), MODES),
            when=_one_of(args.get("when", ""), WHENS),
            on=_day(args.get("on", "")),
            view=_one_of(args.get("view", ""), ("month",)),
            month=args.get("month", "")[:7] if _day(args.get("month", "")[:7] + "-01") else "",
            page=max(1, min(_number(args.get("page", "")) or 1, 10_000)),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the view narrows what is shown."""
        return bool(self.q or self.audience or self.town or self.mode or self.when or self.on)

    def but(self, **changes: object) -> dict[str, Any]:
        """The query of the address of this choice with `changes`, on its first page."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        values = {field.name: getattr(changed, field.name) for field in fields(changed)}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
            if value and (name, value) != ("page", 1)
        }

    def narrow(self, sessions: Iterable[PublicSession]) -> list[PublicSession]:
        """The sessions that match all but the time."""
        return [session for session in sessions if self._matches(session)]

    def narrow_time(
        self, sessions: Iterable[PublicSession], today: date, *, is_over: bool
    ) -> list[PublicSession]:
        """The sessions that match the chosen time; all of them once everything `is_over`."""
        first, last = self._days(today)
        if not self.on and not self.when and is_over:
            first = None
        return [
            session
            for session in sessions
            if (first is None or session.ends_local.date() >= first)
            and (last is None or session.starts_local.date() <= last)
        ]

    def _matches(self, session: PublicSession) -> bool:
        words = f"{session.title} {session.venue} {session.format}".casefold()
        return (
            (not self.audience or self.audience in session.audiences)
            and (self.town is None or session.region_id == self.town)
            and (not self.mode or session.mode.value == self.mode)
            and all(word in words for word in self.q.casefold().split())
        )

    def _days(self, today: date) -> tuple[date | None, date | None]:
        if self.on:
            return self.on, self.on
        if self.when == "all":
            return None, None
        if self.when == "weekend":
            return weekend(today)
        return today, None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _one_of(text: str, known: tuple[str, ...]) -> str:
    return text if text in known else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 1900 <= day.year <= 2100 else None

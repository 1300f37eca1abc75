"""The year: every observance of science popularization on a ring and in a list by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _

from events import observances
from events.access import public
from events.access.accounts import current_actor
from events.config import Settings
from events.identity import policy
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound
from events.observances import Dated, Kind, Observance, Status
from events.observances.rules import Announced
from events.web.public.blueprint import blueprint
from events.web.public.wheel import wheel

YEARS = range(1950, 2101)
UNANNOUNCED = "unannounced"
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
    """What of the year is shown, as its address says it; empty means no limit."""

    kind: str = ""
    audience: str = ""
    scope: str = ""
    status: str = ""
    q: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> YearChoice:
        """From the query of an address; an unknown kind or status is left out."""
        return cls(
            kind=_one_of(args.get("kind", ""), {kind.value for kind in Kind}),
            audience=args.get("audience", "")[:64],
            scope=args.get("scope", "")[:64],
            status=_one_of(args.get("status", ""), set(STATUSES)),
            q=" ".join(args.get("q", "").split())[:SEARCH_CHARS],
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.query())

    def query(self, **changes: str) -> dict[str, Any]:
        """The query of the address of this choice with `changes`."""
        changed = replace(self, **changes)
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
            and all(word in text for word in self.q.casefold().split())
        )


@blueprint.get("/year")
@public
def this_year() -> Response:
    """The running year, with the filters that were asked for."""
    here = url_for("public.year", number=_today().year, **YearChoice.read(request.args).query())
    return redirect(here)  # type: ignore[return-value]


@blueprint.get("/year/<int:number>")
@public
def year(number: int) -> str:
    """One year. Raises NotFound outside of YEARS: the Moon is not calculated beyond."""
    if number not in YEARS:
        raise NotFound
    choice, today, dated = YearChoice.read(request.args), _today(), observances.year(number)
    shown = [one for one in dated if choice.holds(one.observance, one.status.value)]
    waiting = observances.not_announced(number)
    return render_template(
        "public/year.html",
        number=number,
        today=today,
        years=YEARS,
        choice=choice,
        wheel=wheel(number, shown, today=today),
        months=_by_month(number, shown),
        shown=shown,
        provisional=sum(one.status is Status.PROVISIONAL for one in shown),
        waiting=[one for one in waiting if choice.holds(one, UNANNOUNCED)],
        is_announced=_is_announced,
        kinds=KINDS,
        statuses=STATUSES,
        scopes=_scopes([one.observance for one in dated] + waiting),
        audiences=_audiences([one.observance for one in dated] + waiting),
        can_plan=policy.may(current_actor(), Permission.CAMPAIGN_EDIT) and number >= today.year,
    )


def _is_announced(one: Dated) -> bool:
    """Whether this year's dates come from a notice, and not from a rule."""
    return one.status is Status.CONFIRMED and isinstance(one.observance.rule, Announced)


def _by_month(number: int, shown: list[Dated]) -> list[tuple[date, list[Dated]]]:
    """The months in which something begins, ascending."""
    months = [
        (date(number, month, 1), [one for one in shown if one.start.month == month])
        for month in range(1, 13)
    ]
    return [(first, rows) for first, rows in months if rows]


def _scopes(found: list[Observance]) -> list[tuple[str, object]]:
    """What can be chosen: the country, the world, then provinces by name."""
    provinces = sorted({one.scope for one in found if one.scope not in SCOPES})
    return [*SCOPES.items(), *((scope, scope.split(":", 1)[1]) for scope in provinces)]


def _audiences(found: list[Observance]) -> list[str]:
    """What can be chosen, the most frequent first."""
    counts = Counter(word for one in found for word in one.audiences)
    return sorted(counts, key=lambda word: (-counts[word], word))


def _today() -> date:
    settings: Settings = current_app.extensions["kepu"]
    return clock.today(settings.timezone)


def _one_of(text: str, known: set[str]) -> str:
    return text if text in known else ""

"""Observances whose days a notice says every year: which wait for it, and entering this year's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, flash, render_template, request
from flask_babel import gettext, lazy_gettext as _, ngettext
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from events import observances
from events.access import needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.config import Settings
from events.days import queries as days
from events.days.rules import FIRST_YEAR, LAST_YEAR
from events.flows.announce_observance import (
    announce_observance,
    announced_observance,
    by_rule,
    preview,
    preview_withdrawal,
    withdraw_observance,
)
from events.identity import policy, queries as identity
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.observances import Announcement, Dated, Observance, Status
from events.observances.rules import Announced
from events.web.forms import Form, go, unprocessable
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import offered

STATUSES = {
    Status.CONFIRMED: _("Announced"),
    Status.PROVISIONAL: _("Provisional"),
}


class DatesForm(Form):
    """The days of an observance in a year. `seen`: which entry was shown, by its number."""

    seen = HiddenField()
    starts_on = DateField(_("First day"), [InputRequired(_("Give the first day."))])
    ends_on = DateField(_("Last day"), [InputRequired(_("Give the last day."))])
    status = SelectField(_("Status"), choices=offered((s.value, w) for s, w in STATUSES.items()))
    source = StringField(
        _("Source"), [InputRequired(_("Say where this is published.")), Length(max=200)]
    )

    def entered(self) -> dict[str, Any]:
        """As the flow takes them."""
        return {
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "status": Status(self.status.data),
            "source": self.source.data,
        }


@dataclass(frozen=True, kw_only=True)
class Line:
    """One observance in one year. dated: None when nothing is known of its days."""

    observance: Observance
    dated: Dated | None
    entered: Announcement | None
    campaigns: int

    @property
    def number(self) -> str:
        """Which entry this is; each change has another one."""
        return str(self.entered.sequence + 1 if self.entered else 0)

    @property
    def is_waiting(self) -> bool:
        """Whether the notice is still to come."""
        return self.dated is None or self.dated.status is not Status.CONFIRMED


@blueprint.get("/observances")
@needs(Permission.YEAR_KEEP)
def announced_dates() -> str:
    """Those of this year and of the next: what waits and is ahead, what is over, what is known."""
    _require()
    today = clock.today(_settings().timezone)
    this = today.year
    counts = campaigns.observance_counts(this, this + 1)
    return render_template(
        "organizer/observances/list.html",
        years=[(year, _lines(year, counts, today)) for year in (this, this + 1)],
    )


@blueprint.get("/observances/<key>/<int:year>")
@needs(Permission.YEAR_KEEP)
def announced_date(key: str, year: int) -> str:
    """The form, filled with what is known."""
    line = _line(key, year)
    told: dict[str, Any] = {}
    if line.dated is not None:
        told = {"starts_on": line.dated.start, "ends_on": line.dated.end or line.dated.start}
    if line.entered is not None:
        told |= {"status": line.entered.status.value, "source": line.entered.source}
    form = DatesForm(formdata=None, data=told | {"seen": line.number})
    return render_template("organizer/observances/form.html", form=form, line=line, year=year)


@blueprint.post("/observances/<key>/<int:year>")
@needs(Permission.YEAR_KEEP)
def announce(key: str, year: int) -> Any:
    """First show what would follow; with `confirm`, store it."""
    line = _line(key, year)
    form, actor, now = DatesForm(), current_actor(), clock.now()
    shown: dict[str, Any] = {"form": form, "line": line, "year": year}
    if not form.validate():
        return unprocessable("organizer/observances/form.html", **shown)
    told = form.entered()
    is_overtaken = bool(form.seen.data) and form.seen.data != line.number
    try:
        if is_overtaken or not request.form.get("confirm"):
            period = {"starts_on": told["starts_on"], "ends_on": told["ends_on"]}
            shown |= {"moves": preview(actor, now, observance_id=key, year=year, **period)}
            shown |= {"statuses": STATUSES, "is_overtaken": is_overtaken}
            page = render_template("organizer/observances/preview.html", **shown)
            return page, 409 if is_overtaken else 200
        moved = announce_observance(actor, now, observance_id=key, year=year, **told)
    except Refused as fault:
        form.refuse(fault)
        return unprocessable("organizer/observances/form.html", **shown)
    flash(_said(moved), "success")
    return go(".announced_dates")


@blueprint.post("/observances/<key>/<int:year>/withdraw")
@needs(Permission.YEAR_KEEP)
def withdraw_date(key: str, year: int) -> Any:
    """First show what would follow; with `confirm`, go back to the days by rule."""
    line, actor, now = _line(key, year), current_actor(), clock.now()
    if line.entered is None:
        return go(".announced_date", key=key, year=year)
    if not request.form.get("confirm"):
        moves = preview_withdrawal(actor, now, observance_id=key, year=year)
        return render_template(
            "organizer/observances/withdraw.html",
            moves=moves,
            line=line,
            year=year,
            dated=by_rule(key, year),
        )
    withdraw_observance(actor, now, observance_id=key, year=year)
    flash(gettext("What was entered is withdrawn; the days by rule hold again."), "success")
    return go(".announced_dates")


def _said(moved: int) -> str:
    if not moved:
        return gettext("The days are stored. No campaign had to move.")
    return ngettext(
        "The days are stored; %(num)s campaign moved, its owner is told.",
        "The days are stored; %(num)s campaigns moved, their owners are told.",
        moved,
    )


def _lines(year: int, counts: dict[tuple[str, int], int], today: date) -> list[Line]:
    announced = days.announced(year, year)
    found = [
        _of(observance, year, announced, counts)
        for observance in observances.load()
        if isinstance(observance.rule, Announced) and observance.is_in_force(year)
    ]
    return sorted(found, key=lambda line: _order(line, today))


def _line(key: str, year: int) -> Line:
    _require()
    observance = announced_observance(key)
    if not FIRST_YEAR <= year <= LAST_YEAR or not observance.has_begun(year):
        raise NotFound
    return _of(
        observance, year, days.announced(year, year), campaigns.observance_counts(year, year)
    )


def _of(
    observance: Observance,
    year: int,
    announced: observances.Announcements,
    counts: dict[tuple[str, int], int],
) -> Line:
    entered = announced.get((observance.id, year))
    return Line(
        observance=observance,
        dated=observances.occurrence(observance, year, announced),
        entered=entered if entered and entered.counts else None,
        campaigns=counts.get((observance.id, year), 0),
    )


def _order(line: Line, today: date) -> tuple[object, ...]:
    start = line.dated.start if line.dated else date.max
    return not line.is_waiting, start < today, not line.campaigns, start, line.observance.id


def _require() -> None:
    """The year belongs to the whole installation, so the right must be held at its top."""
    if not policy.may(current_actor(), Permission.YEAR_KEEP, identity.root()):
        raise NotFound


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings

"""The year's holidays and make-up workdays, for administrators: seen, handed in, taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import current_app, flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from events.access import needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.days import queries, reading
from events.days.reading import Found
from events.days.rules import FIRST_YEAR, LAST_YEAR, Problem
from events.flows.save_days import preview, remove_days, save_days
from events.identity import policy, queries as identity
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.observances import daytypes
from events.observances.daytypes import Special, YearNotice
from events.observances.states import DayKind, DayStatus
from events.web.forms import Form, go, unprocessable
from events.web.months import months
from events.web.organizer import day_changes
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import offered

PROBLEMS = {
    "date_unreadable": _("“%(value)s” is no date; write it like 2027-01-31."),
    "day_twice": _("%(day)s stands in row %(before)s already."),
    "file_unreadable": _("This is no JSON, CSV or ICS file with holidays."),
    "kind_unknown": _("“%(value)s” is neither holiday nor makeup."),
    "makeup_on_workday": _(
        "%(day)s is a workday anyway; only a Saturday or Sunday can be made one."
    ),
    "name_missing": _("%(day)s has no name, or too long a one."),
    "nothing_found": _("The file names no holiday and no make-up workday."),
    "other_year": _("%(day)s does not belong to %(year)s."),
    "too_many_days": _("The file names far more days than a year can have."),
}
STATUSES = {
    DayStatus.OFFICIAL: _("Official"),
    DayStatus.PROVISIONAL: _("Provisional"),
}
MOST_BYTES = 256 * 1024
SHOWN = 50


class NoticeForm(Form):
    """What is said of a year's notice."""

    year = IntegerField(_("Year"), [InputRequired(), NumberRange(min=FIRST_YEAR, max=LAST_YEAR)])
    source = StringField(
        _("Source"), [InputRequired(_("Say where this is published.")), Length(max=200)]
    )
    status = SelectField(_("Status"), choices=offered((s.value, w) for s, w in STATUSES.items()))

    def notice(self, days: tuple[Special, ...]) -> YearNotice:
        """As the flow takes it."""
        return YearNotice(
            year=self.year.data,
            source=self.source.data,
            status=DayStatus(self.status.data),
            days=days,
        )


class UploadForm(NoticeForm):
    """A file with the days, and what is said of them."""

    file = FileField(_("File"), [FileRequired(_("Choose a JSON, CSV or ICS file."))])


class ConfirmForm(NoticeForm):
    """The days that were previewed, once more. `seen`: what was known of the year then."""

    days = HiddenField()
    seen = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """One holiday as a list shows it."""

    name: str
    off: tuple[tuple[date, date], ...]
    makeup: tuple[date, ...]


@blueprint.get("/days")
@needs(Permission.YEAR_KEEP)
def days() -> str:
    """One year as twelve months, its notice, and the form to hand another in."""
    _require()
    today = _today()
    year = min(max(request.args.get("year", today.year, type=int), FIRST_YEAR), LAST_YEAR)
    known = queries.years(year, year).notices.get(year)
    source = known.source if known else ""
    form = UploadForm(formdata=None, data={"year": year, "source": source})
    return render_template("organizer/days/year.html", form=form, **_year(year))


@blueprint.post("/days")
@needs(Permission.YEAR_KEEP)
def upload_days() -> Any:
    """Read the file and show what it would make of the year; nothing is stored."""
    _require()
    form = UploadForm()
    if not form.validate():
        return unprocessable("organizer/days/year.html", form=form, **_year(_year_of(form)))
    content = form.file.data.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        found = Found(days=(), problems=(Problem(row=0, code="too_many_days"),))
    else:
        found = reading.read(content, year=form.year.data)
    if found.problems:
        return unprocessable(
            "organizer/days/problems.html",
            year=form.year.data,
            file_name=form.file.data.filename,
            problems=[(each.row, text(each)) for each in found.problems[:SHOWN]],
            more=max(0, len(found.problems) - SHOWN),
        )
    return _preview(form.notice(found.days))


@blueprint.post("/days/save")
@needs(Permission.YEAR_KEEP)
def store_days() -> Any:
    """Store what was previewed; without days, what is known with another source or status."""
    _require()
    form = ConfirmForm()
    if not form.validate():
        upload = UploadForm(formdata=None, data={"year": _year_of(form)})
        facts = {"form": upload, "refused": form, **_year(_year_of(form))}
        return unprocessable("organizer/days/year.html", **facts)
    notice = form.notice(_days_of(form))
    if form.seen.data and form.seen.data != _known(notice.year):
        return _preview(notice, is_overtaken=True), 409
    try:
        save_days(current_actor(), clock.now(), notice=notice)
    except Refused as fault:
        form.refuse(fault)
        return unprocessable(
            "organizer/days/year.html",
            form=UploadForm(formdata=None, data={"year": notice.year}),
            refused=form,
            **_year(notice.year),
        )
    flash(gettext("The holidays of %(year)s are stored.", year=notice.year), "success")
    return go(".days", year=notice.year)


@blueprint.post("/days/remove")
@needs(Permission.YEAR_KEEP)
def drop_days() -> Any:
    """Forget what was entered of a year; first what would follow, if anything does."""
    _require()
    year = request.form.get("year", 0, type=int)
    calendar = queries.known_without(year)
    changes = preview(current_actor(), clock.now(), days_then=calendar)
    if changes and not request.form.get("confirm"):
        return render_template(
            "organizer/days/remove.html",
            year=year,
            has_file=year in daytypes.notices(),
            **day_changes.context(changes, calendar, clock.now()),
        )
    remove_days(current_actor(), clock.now(), year=year)
    flash(gettext("What was entered of %(year)s is gone.", year=year), "success")
    return go(".days", year=year)


def text(problem: Problem) -> str:
    """A problem as a sentence."""
    return str(PROBLEMS[problem.code]) % problem.facts


def holidays(notice: YearNotice) -> list[Holiday]:
    """The notice by holiday, in time's order."""
    names = dict.fromkeys(one.name for one in notice.days)
    return [
        Holiday(
            name=name,
            off=tuple(
                _runs(d.day for d in notice.days if d.name == name and d.kind is DayKind.HOLIDAY)
            ),
            makeup=tuple(d.day for d in notice.days if d.name == name and d.kind is DayKind.MAKEUP),
        )
        for name in sorted(names, key=lambda name: _first_off(notice, name))
    ]


def _first_off(notice: YearNotice, name: str) -> tuple[bool, date]:
    own = [one for one in notice.days if one.name == name]
    off = [one.day for one in own if one.kind is DayKind.HOLIDAY]
    return not off, min(off or [one.day for one in own])


def _runs(days: Iterable[date]) -> Iterable[tuple[date, date]]:
    """Days as spans of neighbours, both ends included."""
    numbered = enumerate(sorted(days))
    for _key, run in groupby(numbered, key=lambda pair: pair[1].toordinal() - pair[0]):
        found = [day for _n, day in run]
        yield found[0], found[-1]


def _known(year: int) -> str:
    """A word for all that is known of the year: another one as soon as somebody stores anything."""
    found = queries.years(year, year).notices.get(year)
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def _preview(notice: YearNotice, *, is_overtaken: bool = False) -> str:
    calendar = queries.known_with(notice)
    changes = preview(current_actor(), clock.now(), days_then=calendar)
    form = ConfirmForm(
        formdata=None,
        data={
            "year": notice.year,
            "source": notice.source,
            "status": notice.status.value,
            "days": reading.written(notice.days),
            "seen": _known(notice.year),
        },
    )
    return render_template(
        "organizer/days/preview.html",
        form=form,
        is_overtaken=is_overtaken,
        notice=notice,
        before=queries.years(notice.year, notice.year).notices.get(notice.year),
        holidays=holidays(notice),
        statuses=STATUSES,
        months=months(notice.year, calendar, today=_today(), language=language()),
        **day_changes.context(changes, calendar, clock.now()),
    )


def _year(year: int) -> dict[str, Any]:
    calendar = queries.years(year, year)
    notice = calendar.notices.get(year)
    on_file = daytypes.notices().get(year)
    return {
        "year": year,
        "seen": _known(year),
        "notice": notice,
        "is_entered": notice is not None and notice != on_file,
        "has_file": on_file is not None,
        "holidays": holidays(notice) if notice else [],
        "statuses": STATUSES,
        "today": _today(),
        "years": range(FIRST_YEAR, LAST_YEAR + 1),
        "months": months(year, calendar, today=_today(), language=language()),
    }


def _days_of(form: ConfirmForm) -> tuple[Special, ...]:
    if form.days.data:
        return reading.read(form.days.data.encode(), year=form.year.data).days
    known = queries.years(form.year.data, form.year.data).notices.get(form.year.data)
    return known.days if known else ()


def _year_of(form: NoticeForm) -> int:
    year = form.year.data
    is_year = isinstance(year, int) and FIRST_YEAR <= year <= LAST_YEAR
    return year if is_year else _today().year


def _require() -> None:
    """The year belongs to the whole installation, so the right must be held at its top."""
    root = identity.root()
    if not policy.may(current_actor(), Permission.YEAR_KEEP, root):
        raise NotFound


def _today() -> date:
    settings: Settings = current_app.extensions["kepu"]
    return clock.today(settings.timezone)

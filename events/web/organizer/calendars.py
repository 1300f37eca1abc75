"""Calendars that venues follow: adding one, what was read of it, refreshing, removing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import Length

from events.access import needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.flows.drop_calendar import drop_calendar
from events.flows.refresh_calendar import refresh_calendar
from events.flows.subscribe_calendar import subscribe_calendar
from events.flows.upload_calendar import upload_calendar
from events.foreign import queries, words
from events.foreign.models import ForeignCalendar
from events.foreign.problems import Problem, Unusable
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.venues import queries as venues
from events.venues.models import Venue
from events.web.forms import Form, go, unprocessable
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import offered


class CalendarForm(Form):
    """An address or a file, and what it is about."""

    url = StringField(_("Address"), [Length(max=1000)])
    file = FileField(_("Or a file"))
    name = StringField(_("Name"), [Length(max=200)])
    space_id = SelectField(_("It is about"), coerce=int)

    @classmethod
    def of(cls, venue: Venue) -> CalendarForm:
        """With the venue's spaces to choose from."""
        form = cls()
        spaces = [(space.id, space.name) for space in venue.spaces]
        form.space_id.choices = offered([(0, gettext("The whole venue")), *spaces])
        if request.method == "GET":
            form.process()
        return form


@blueprint.get("/calendars")
@needs(Permission.BOOKING_ANSWER)
def calendars() -> str:
    """Every calendar of the reader's venues."""
    actor = current_actor()
    return render_template(
        "organizer/calendars/list.html",
        venues=[one for one in venues.venues(actor) if venues.may_answer(actor, one)],
        **_listed(queries.calendars(actor)),
    )


@blueprint.get("/venues/<int:venue_id>/calendars")
@needs(Permission.BOOKING_ANSWER)
def venue_calendars(venue_id: int) -> str:
    """The calendars of one venue, and the form to add one."""
    actor = current_actor()
    venue = venues.venue(actor, venue_id, Permission.BOOKING_ANSWER)
    return render_template(
        "organizer/calendars/venue.html", **_of_venue(actor, venue, CalendarForm.of(venue))
    )


@blueprint.post("/venues/<int:venue_id>/calendars")
@needs(Permission.BOOKING_ANSWER)
def add_calendar(venue_id: int) -> Any:
    """Follow an address, or take a file; the worker reads it."""
    actor = current_actor()
    venue = venues.venue(actor, venue_id, Permission.BOOKING_ANSWER)
    form = CalendarForm.of(venue)
    if form.validate():
        try:
            return go(".foreign_calendar", calendar_id=_added(actor, venue, form))
        except Refused as fault:
            form.refuse(fault)
    return unprocessable("organizer/calendars/venue.html", **_of_venue(actor, venue, form))


@blueprint.get("/calendars/<int:calendar_id>")
@needs(Permission.BOOKING_ANSWER)
def foreign_calendar(calendar_id: int) -> str:
    """What was read of one calendar, and what was left out and why."""
    row = queries.calendar(current_actor(), calendar_id)
    speech = language()
    problems = [Problem.stored(plain) for plain in row.report.get("problems", ())]
    return render_template(
        "organizer/calendars/calendar.html",
        row=row,
        host=host_of(row),
        fault=fault_of(row),
        times=queries.blocking_counts([row.id]).get(row.id, 0),
        left_out=[(one, words.text(one, speech)) for one in problems if not one.is_kept],
        doubtful=[(one, words.text(one, speech)) for one in problems if one.is_kept],
    )


@blueprint.post("/calendars/<int:calendar_id>/refresh")
@needs(Permission.BOOKING_ANSWER)
def refresh(calendar_id: int) -> Any:
    """Look at it now."""
    refresh_calendar(current_actor(), clock.now(), calendar_id=calendar_id)
    flash(gettext("The calendar is looked at within seconds."), "info")
    return go(".foreign_calendar", calendar_id=calendar_id)


@blueprint.post("/calendars/<int:calendar_id>/drop")
@needs(Permission.BOOKING_ANSWER)
def drop(calendar_id: int) -> Any:
    """No longer follow it."""
    venue_id = drop_calendar(current_actor(), clock.now(), calendar_id=calendar_id)
    flash(gettext("The calendar was removed; the times that it blocked are free again."), "success")
    return go(".venue_calendars", venue_id=venue_id)


def host_of(row: ForeignCalendar) -> str:
    """Where it comes from; the whole address may be a secret."""
    return urlsplit(row.url).hostname or ""


def fault_of(row: ForeignCalendar) -> str:
    """Why the last look failed; empty when it did not."""
    code = row.report.get("code")
    return words.refusal(Unusable(code, **row.report.get("facts", {})), language()) if code else ""


def _added(actor: Actor, venue: Venue, form: CalendarForm) -> int:
    settings: Settings = current_app.extensions["kepu"]
    now, space_id = clock.now(), form.space_id.data or None
    if form.url.data:
        return subscribe_calendar(
            actor,
            now,
            venue_id=venue.id,
            space_id=space_id,
            name=form.name.data or "",
            url=form.url.data,
            offices=settings.calendar_hosts,
        )
    sent = form.file.data
    if not sent:
        raise Refused("calendar_missing", field="url")
    return upload_calendar(
        actor,
        now,
        venue_id=venue.id,
        space_id=space_id,
        name=form.name.data or sent.filename or "",
        content=sent.read(),
    )


def _of_venue(actor: Actor, venue: Venue, form: CalendarForm) -> dict[str, Any]:
    return {"venue": venue, "form": form, **_listed(queries.calendars(actor, venue))}


def _listed(rows: list[ForeignCalendar]) -> dict[str, Any]:
    return {
        "rows": rows,
        "times": queries.blocking_counts([row.id for row in rows]),
        "fault_of": fault_of,
        "host_of": host_of,
    }

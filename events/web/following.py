"""Calendars of others: of venues, of organizations, and people's own. One set of pages for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext, lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from events.access import needs, signed_in
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.flows.drop_calendar import drop_calendar
from events.flows.refresh_calendar import refresh_calendar
from events.flows.subscribe_calendar import subscribe_calendar
from events.flows.upload_calendar import upload_calendar
from events.foreign import owners, queries, words
from events.foreign.models import ForeignCalendar
from events.foreign.owners import About, Whose
from events.foreign.problems import Problem, Unusable
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.kernel import clock
from events.kernel.errors import Refused
from events.venues import queries as venues
from events.venues.models import Venue
from events.web.forms import Form, go, see, unprocessable

blueprint = Blueprint("following", __name__)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An owner as its pages speak of it. kind: "venue", "organization" or "volunteer"."""

    kind: str
    title: str
    intro: str
    path: str
    back: str
    back_to: str


class CalendarForm(Form):
    """An address or a file, and what it is about."""

    url = StringField(_("Address"), [Length(max=1000)])
    file = FileField(_("Or a file"))
    name = StringField(_("Name"), [Length(max=200)])
    space_id = SelectField(_("It is about"), coerce=int)

    @classmethod
    def of(cls, about: About) -> CalendarForm:
        """With a venue's spaces to choose from; of others nothing is to be chosen."""
        form = cls()
        if not isinstance(about.owner, Venue):
            del form.space_id
            return form
        spaces = [SelectChoice(str(space.id), space.name) for space in about.owner.spaces]
        form.space_id.choices = [SelectChoice("0", gettext("The whole venue")), *spaces]
        if request.method == "GET":
            form.process()
        return form

    @property
    def space(self) -> int | None:
        """The chosen space; None when it is about all."""
        return self.space_id.data or None if "space_id" in self else None


@blueprint.get("/calendars")
@needs(owners.VENUE)
def overview() -> str:
    """Every calendar of the reader's venues and organizations."""
    actor = current_actor()
    may_plan = policy.may(actor, owners.ORGANIZATION)
    return render_template(
        "following/overview.html",
        unit=identity.home(actor, owners.ORGANIZATION) if may_plan else None,
        venues=[one for one in venues.venues(actor) if venues.may_answer(actor, one)],
        **_listed(queries.calendars(actor)),
    )


@blueprint.get("/venues/<int:venue_id>/calendars")
@needs(owners.VENUE)
def of_venue(venue_id: int) -> str:
    """What a venue has planned itself."""
    return _page(Whose(venue_id=venue_id))


@blueprint.post("/venues/<int:venue_id>/calendars")
@needs(owners.VENUE)
def add_to_venue(venue_id: int) -> Any:
    """Follow an address, or take a file; the worker reads it."""
    return _add(Whose(venue_id=venue_id))


@blueprint.get("/organizations/<int:organization_id>/calendars")
@needs(owners.ORGANIZATION)
def of_organization(organization_id: int) -> str:
    """What an organization and those below it plan around."""
    return _page(Whose(organization_id=organization_id))


@blueprint.post("/organizations/<int:organization_id>/calendars")
@needs(owners.ORGANIZATION)
def add_to_organization(organization_id: int) -> Any:
    """As add_to_venue."""
    return _add(Whose(organization_id=organization_id))


@blueprint.get("/me/calendars")
@needs(owners.VOLUNTEER)
def of_mine() -> str:
    """When I am busy."""
    return _page(Whose())


@blueprint.post("/me/calendars")
@needs(owners.VOLUNTEER)
def add_to_mine() -> Any:
    """As add_to_venue."""
    return _add(Whose())


@blueprint.get("/calendars/<int:calendar_id>")
@signed_in
def calendar(calendar_id: int) -> str:
    """What was read of one calendar, and what was left out and why."""
    row = queries.calendar(current_actor(), calendar_id)
    speech = language()
    problems = [Problem.stored(plain) for plain in row.report.get("problems", ())]
    return render_template(
        "following/calendar.html",
        row=row,
        subject=_subject(_owner(row)),
        host=host_of(row),
        fault=fault_of(row),
        times=queries.counted([row.id]).get(row.id, 0),
        ahead=[
            (one.title, words.when(one, speech)) for one in queries.ahead(row, since=clock.now())
        ],
        left_out=[(one, words.text(one, speech)) for one in problems if not one.is_kept],
        doubtful=[(one, words.text(one, speech)) for one in problems if one.is_kept],
    )


@blueprint.post("/calendars/<int:calendar_id>/refresh")
@signed_in
def refresh(calendar_id: int) -> Any:
    """Look at it now."""
    refresh_calendar(current_actor(), clock.now(), calendar_id=calendar_id)
    flash(gettext("The calendar is looked at within seconds."), "info")
    return go(".calendar", calendar_id=calendar_id)


@blueprint.post("/calendars/<int:calendar_id>/drop")
@signed_in
def drop(calendar_id: int) -> Any:
    """No longer follow it."""
    actor = current_actor()
    path = _subject(_owner(queries.calendar(actor, calendar_id))).path
    drop_calendar(actor, clock.now(), calendar_id=calendar_id)
    flash(gettext("The calendar was removed, with everything that came from it."), "success")
    return see(path)


def host_of(row: ForeignCalendar) -> str:
    """Where it comes from; the whole address may be a secret."""
    return urlsplit(row.url).hostname or ""


def fault_of(row: ForeignCalendar) -> str:
    """Why the last look failed; empty when it did not."""
    code = row.report.get("code")
    return words.refusal(Unusable(code, **row.report.get("facts", {})), language()) if code else ""


def _page(whose: Whose) -> str:
    about = _about(current_actor(), whose)
    return render_template("following/list.html", **_context(about, CalendarForm.of(about)))


def _add(whose: Whose) -> Any:
    actor = current_actor()
    about = _about(actor, whose)
    form = CalendarForm.of(about)
    if form.validate():
        try:
            return go(".calendar", calendar_id=_added(actor, whose, form))
        except Refused as fault:
            form.refuse(fault)
    return unprocessable("following/list.html", **_context(about, form))


def _added(actor: Actor, whose: Whose, form: CalendarForm) -> int:
    settings, now = _settings(), clock.now()
    whose = Whose(
        venue_id=whose.venue_id, space_id=form.space, organization_id=whose.organization_id
    )
    if form.url.data:
        return subscribe_calendar(
            actor,
            now,
            whose=whose,
            tz=settings.timezone,
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
        whose=whose,
        tz=settings.timezone,
        name=form.name.data or sent.filename or "",
        content=sent.read(),
    )


def _about(actor: Actor, whose: Whose) -> About:
    return owners.about(actor, whose, _settings().timezone)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings


def _context(about: About, form: CalendarForm) -> dict[str, Any]:
    rows = queries.calendars_about(about)
    return {"subject": _subject(about.owner), "form": form, **_listed(rows)}


def _listed(rows: list[ForeignCalendar]) -> dict[str, Any]:
    return {
        "rows": rows,
        "times": queries.counted([row.id for row in rows]),
        "fault_of": fault_of,
        "host_of": host_of,
    }


def _owner(row: ForeignCalendar) -> Venue | Organization | User:
    owner = row.venue or row.organization or row.volunteer
    assert owner is not None  # the database holds that there is one
    return owner


def _subject(owner: Venue | Organization | User) -> Subject:
    if isinstance(owner, Venue):
        return Subject(
            kind="venue",
            title=gettext("Calendars of %(name)s", name=owner.name),
            intro=gettext(
                "What a venue has planned itself blocks its spaces here: planning goes around it, "
                "and whoever asks for a taken time is warned."
            ),
            path=url_for("following.of_venue", venue_id=owner.id),
            back=url_for("organizer.venue", venue_id=owner.id),
            back_to=owner.name,
        )
    if isinstance(owner, Organization):
        return Subject(
            kind="organization",
            title=gettext("Calendars of %(name)s", name=owner.name),
            intro=gettext(
                "What stands in them is shown beside the campaigns of this organization and of "
                "all below it, so that nobody plans past it. It blocks nothing."
            ),
            path=url_for("following.of_organization", organization_id=owner.id),
            back=url_for("organizer.organization", organization_id=owner.id),
            back_to=owner.name,
        )
    return Subject(
        kind="volunteer",
        title=gettext("When I am busy"),
        intro=gettext(
            "Let Kepu look at your own calendar: it then tells you which shifts fall into a time "
            "at which you have something else."
        ),
        path=url_for("following.of_mine"),
        back=url_for("volunteer.home"),
        back_to=gettext("My shifts"),
    )

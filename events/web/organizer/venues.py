"""Venues: finding one, what it holds, what is booked there, answering, its contact and hours."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from events.access import messages, needs
from events.access.accounts import current_actor
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.answer_request import Answer, answer_booking
from events.flows.save_venue import save_venue
from events.identity import policy
from events.identity.states import Permission
from events.journal import queries as journal
from events.kernel import clock
from events.venues import closures, queries
from events.venues.drafts import VenueDraft
from events.venues.models import Venue
from events.web import merging
from events.web.forms import go, unprocessable
from events.web.history import said
from events.web.merging import SharedForm
from events.web.opening import opening
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import ADDRESS, LANGUAGES, number
from events.web.subscribing import subscription


class VenueForm(SharedForm):
    """What a keeper may change of a venue."""

    name = StringField(_("Name"), [InputRequired(_("Give it a name.")), Length(max=200)])
    address = StringField(_("Address"), [Length(max=300)])
    hours = StringField(_("Opening hours"), [Length(max=300)])
    contact_name = StringField(_("Contact person"), [Length(max=100)])
    contact_email = StringField(
        _("Mail address of the contact"), [Optional(), Length(max=254), ADDRESS]
    )
    contact_phone = StringField(_("Telephone"), [Length(max=40)])
    language = SelectField(_("Language of mails"), choices=LANGUAGES)

    def draft(self) -> VenueDraft:
        """As the flow takes it."""
        return VenueDraft(
            name=self.name.data or "",
            address=self.address.data or "",
            hours=self.hours.data or "",
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            language=self.language.data,
        )


MOST_SIGNS = 300
UNITS = {field.name: (field.name,) for field in fields(VenueDraft)}


@blueprint.get("/venues")
@needs(Permission.VENUE_VIEW)
def venues() -> str:
    """Venues that the reader may see, filtered."""
    everything = queries.venues(current_actor())
    search = " ".join(request.args.get("q", "").split())[:100]
    kind, region = request.args.get("kind", ""), number(request.args.get("region"))
    shown = [
        one
        for one in everything
        if kind in ("", one.kind)
        and region in (-1, one.region_id)
        and search.casefold() in f"{one.name} {one.code} {one.address}".casefold()
    ]
    regions = {one.region.id: one.region.name for one in everything if one.region}
    ids = [one.id for one in shown]
    return render_template(
        "organizer/venues/list.html",
        rows=shown,
        total=len(everything),
        waiting=queries.waiting_counts(ids, since=clock.now()),
        kinds=sorted({one.kind for one in everything}),
        regions=sorted(regions.items(), key=lambda pair: pair[1]),
        q=search,
        opening=opening,
        kind=kind,
        region=region,
    )


@blueprint.get("/venues/<int:venue_id>")
@needs(Permission.VENUE_VIEW)
def venue(venue_id: int) -> str:
    """One venue: facts, spaces, what is booked, its calendar."""
    return render_template("organizer/venues/venue.html", **_venue(venue_id))


@blueprint.get("/venues/<int:venue_id>/edit")
@needs(Permission.BOOKING_ANSWER)
def edit_venue(venue_id: int) -> str:
    """The form of one venue."""
    row = _own(venue_id)
    return render_template("organizer/venues/form.html", form=_opened(row), row=row)


@blueprint.post("/venues/<int:venue_id>/edit")
@needs(Permission.BOOKING_ANSWER)
def change_venue(venue_id: int) -> Any:
    """Save it; what somebody else saved in the meantime is kept or asked about, field by field."""
    done = merging.store(lambda: _desk(venue_id), request.form)
    if done.is_saved:
        flash(*done.said)
        return go(".venue", venue_id=venue_id)
    facts = {"form": done.form, "row": _own(venue_id), **done.shown}
    return render_template("organizer/venues/form.html", **facts), done.status


@blueprint.post("/bookings/<int:booking_id>/answer")
@needs(Permission.BOOKING_ANSWER)
def answer(booking_id: int) -> Any:
    """Answer one booking: answer=yes, or answer=no with a reason. The same answer twice is one."""
    actor = current_actor()
    venue_id = queries.booking(actor, booking_id).space.venue_id
    is_yes = request.form.get("answer") == "yes"
    reason = request.form.get("reason", "").strip()
    if len(reason) > MOST_SIGNS:
        return _answer_refused(
            venue_id, booking_id, gettext("A reason has at most %(most)s signs.", most=MOST_SIGNS)
        )
    given = Answer(is_yes=is_yes, reason=reason)
    answered = answer_booking(actor, clock.now(), booking_id=booking_id, answer=given)
    if answered.refused:
        return _answer_refused(venue_id, booking_id, messages.text(answered.refused[0][1]))
    flash(
        gettext("Confirmed.") if is_yes else gettext("Declined; the organizer is told."), "success"
    )
    return go(".venue", venue_id=venue_id)


def _answer_refused(venue_id: int, booking_id: int, problem: str) -> Any:
    return unprocessable(
        "organizer/venues/venue.html",
        problem=problem,
        refused_id=booking_id,
        reason=request.form.get("reason", ""),
        **_venue(venue_id),
    )


def _own(venue_id: int) -> Venue:
    return queries.venue(current_actor(), venue_id, Permission.BOOKING_ANSWER)


def _desk(venue_id: int) -> merging.Desk:
    row = _own(venue_id)
    return merging.Desk(
        units=UNITS,
        scope=row.scope,
        made=VenueForm,
        opened=lambda: _opened(row),
        save=lambda form: save_venue(
            current_actor(),
            clock.now(),
            venue_id=venue_id,
            version=number(form.version.data),
            draft=form.draft(),
        ),
        words={},
    )


def _opened(row: Venue) -> Any:
    return merging.opened(VenueForm(formdata=None, obj=row), UNITS, row.version)


def _venue(venue_id: int) -> dict[str, Any]:
    actor, now = current_actor(), clock.now()
    row = queries.venue(actor, venue_id)
    can_answer = policy.may(actor, Permission.BOOKING_ANSWER, row.organization)
    return {
        "row": row,
        "bookings": queries.bookings_ahead(row, since=now),
        "closures": closures.ahead(row, since=now),
        "can_answer": can_answer,
        "subscription": _subscription(row) if can_answer else None,
        "changes": journal.history(row.scope, limit=20),
        "said": said,
        "opening": opening,
    }


def _subscription(row: Venue) -> Any:
    feed = feeds.for_subject(FeedKind.VENUE, row.id)
    return subscription(feed) if feed else None

"""One published session: another time or place, or none at all; first what that means, then it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from events.access import needs
from events.access.accounts import current_actor
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.flows.postpone_occurrence import postpone_occurrence
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.resources import queries as resources
from events.resources.models import Expert
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.venues import queries as venues
from events.venues.models import Booking
from events.venues.states import BookingState
from events.volunteers import queries as volunteers
from events.volunteers.models import Team
from events.web.forms import go
from events.web.organizer import undoing
from events.web.organizer.activities import space_choices
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import number
from events.web.organizer.forms import CancelForm, MoveForm


@dataclass(frozen=True, kw_only=True)
class Concerned:
    """Whom a change of one session concerns."""

    booking: Booking | None
    volunteers: int
    teams: list[Team]
    experts: list[Expert]


@blueprint.get("/occurrences/<int:occurrence_id>/move")
@needs(Permission.ACTIVITY_PUBLISH)
def move(occurrence_id: int) -> str:
    """The form, with the time and place that hold now."""
    row = _occurrence(occurrence_id)
    concerned = _concerned(row)
    start = clock.to_local(row.starts_at, row.series.tz)
    booking = concerned.booking
    is_kept = booking is not None and booking.state is not BookingState.DECLINED
    form = MoveForm(
        data={
            "version": row.version,
            "starts_on": start.date(),
            "starts": start.time(),
            "space_id": booking.space_id if booking and is_kept else None,
        }
    )
    return _move_page(form, row, concerned)


@blueprint.post("/occurrences/<int:occurrence_id>/move")
@needs(Permission.ACTIVITY_PUBLISH)
def do_move(occurrence_id: int) -> Any:
    """Move it; everybody concerned is told."""
    row = _occurrence(occurrence_id)
    activity_id = row.series.activity_id
    form = MoveForm()
    form.space_id.choices = space_choices(current_actor())
    if form.validate():
        try:
            change_id = move_occurrence(
                current_actor(),
                clock.now(),
                occurrence_id=occurrence_id,
                version=number(form.version.data),
                start_local=form.start_local,
                space_id=form.space_id.data,
            )
        except Refused as fault:
            form.refuse(fault)
        except StaleDataError:
            form.form_errors.append(_stale())
            form.version.data = str(_occurrence(occurrence_id).version)
        else:
            undoing.offer(_("Moved. Everybody concerned is being told."), change_id)
            return go("organizer.activity", activity_id=activity_id)
    row = _occurrence(occurrence_id)
    return _move_page(form, row, _concerned(row)), 422


@blueprint.get("/occurrences/<int:occurrence_id>/cancel")
@needs(Permission.ACTIVITY_PUBLISH)
def cancel(occurrence_id: int) -> str:
    """What cancelling means, and the form."""
    row = _occurrence(occurrence_id)
    return _cancel_page(CancelForm(data={"version": row.version}), row)


@blueprint.post("/occurrences/<int:occurrence_id>/cancel")
@needs(Permission.ACTIVITY_PUBLISH)
def do_cancel(occurrence_id: int) -> Any:
    """Cancel it; a second time changes nothing."""
    told = _("Cancelled. Everybody concerned is being told.")
    return _call_off(occurrence_id, cancel_occurrence, _cancel_page, told=told)


@blueprint.get("/occurrences/<int:occurrence_id>/postpone")
@needs(Permission.ACTIVITY_PUBLISH)
def postpone(occurrence_id: int) -> str:
    """What putting it off means, and the form."""
    row = _occurrence(occurrence_id)
    return _postpone_page(CancelForm(data={"version": row.version}), row)


@blueprint.post("/occurrences/<int:occurrence_id>/postpone")
@needs(Permission.ACTIVITY_PUBLISH)
def do_postpone(occurrence_id: int) -> Any:
    """Put it off; a second time changes nothing."""
    told = _("Postponed. Everybody concerned is being told.")
    return _call_off(occurrence_id, postpone_occurrence, _postpone_page, told=told)


def _call_off(
    occurrence_id: int,
    flow: Callable[..., int | None],
    page: Callable[[CancelForm, Occurrence], str],
    *,
    told: str,
) -> Any:
    """Take a session out of the plan by `flow`, with the reason in the form."""
    activity_id = _occurrence(occurrence_id).series.activity_id
    form = CancelForm()
    if form.validate():
        try:
            change_id = flow(
                current_actor(),
                clock.now(),
                occurrence_id=occurrence_id,
                version=number(form.version.data),
                reason=form.reason.data or "",
            )
        except Refused as fault:
            form.refuse(fault)
        except StaleDataError:
            form.form_errors.append(_stale())
            form.version.data = str(_occurrence(occurrence_id).version)
        else:
            undoing.offer(told, change_id)
            return go("organizer.activity", activity_id=activity_id)
    return page(form, _occurrence(occurrence_id)), 422


def _occurrence(occurrence_id: int) -> Occurrence:
    return schedule.occurrence(current_actor(), occurrence_id, Permission.ACTIVITY_PUBLISH)


def _concerned(row: Occurrence) -> Concerned:
    return Concerned(
        booking=venues.bookings_by_occurrence([row.id]).get(row.id),
        volunteers=len(volunteers.signed_up_users(row.id)),
        teams=volunteers.teams_by_id(volunteers.team_ids([row.id])),
        experts=resources.speakers([row.id]).get(row.id, []),
    )


def _move_page(form: MoveForm, row: Occurrence, concerned: Concerned) -> str:
    form.space_id.choices = space_choices(current_actor())
    return render_template("organizer/move.html", form=form, occurrence=row, concerned=concerned)


def _cancel_page(form: CancelForm, row: Occurrence) -> str:
    return render_template(
        "organizer/cancel.html", form=form, occurrence=row, concerned=_concerned(row)
    )


def _postpone_page(form: CancelForm, row: Occurrence) -> str:
    return render_template(
        "organizer/postpone.html", form=form, occurrence=row, concerned=_concerned(row)
    )


def _stale() -> str:
    return _("Somebody else has changed this session in the meantime. Look again, then repeat.")

"""Taking a change of sessions back: offered right after it; what it means is shown first."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from events.access import messages, needs
from events.access.accounts import current_actor
from events.flows.undo_change import undo_change
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.schedule import queries as schedule
from events.volunteers import undo
from events.web import history
from events.web.forms import go
from events.web.organizer.blueprint import blueprint


def offer(text: str, change_id: int | None, tone: str = "success") -> None:
    """Say that something was done, with a button that takes it back. None: there is no way back."""
    said: Any = text
    if change_id is not None:
        said = {"text": text, "undo": url_for("organizer.take_back", change_id=change_id)}
    flash(said, tone)


@blueprint.get("/changes/<int:change_id>/undo")
@needs(Permission.ACTIVITY_PUBLISH)
def look_back(change_id: int) -> Any:
    """What taking a change back means for venues that have answered since."""
    kept = schedule.undo(current_actor(), change_id)
    try:
        prospect = undo.prospect(kept, now=clock.now())
    except Refused as fault:
        flash(messages.text(fault), "danger")
        return go("organizer.activity", activity_id=kept.activity_id)
    return render_template(
        "organizer/undo.html",
        kept=kept,
        said=history.said(kept.change),
        prospect=prospect,
        venues=sorted({booking.space.venue.name for booking, _then in prospect.answers}),
    )


@blueprint.post("/changes/<int:change_id>/undo")
@needs(Permission.ACTIVITY_PUBLISH)
def take_back(change_id: int) -> Any:
    """Take a change back; first show what it means when a venue has answered since."""
    activity_id = schedule.undo(current_actor(), change_id).activity_id
    seen = request.form.get("seen", "")
    try:
        without_place = undo_change(current_actor(), clock.now(), change_id=change_id, seen=seen)
    except Refused as fault:
        if fault.code == "undo_answered":
            return go("organizer.look_back", change_id=change_id)
        flash(messages.text(fault), "danger")
    else:
        said = _("Taken back: everything is as it was before.")
        if without_place:
            lost = _("Sessions whose place is taken by now: %(n)s", n=len(without_place))
            said = f"{said} {lost}"
        flash(said, "warning" if without_place else "success")
    return go("organizer.activity", activity_id=activity_id)

"""Another time or place for a public series: first what that means, session by session, then it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from wtforms.fields import SelectChoice

from events.access import needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns.states import ActivityState
from events.flows.edit_series import Edited, Place, edit_series as do_edit_series
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.schedule import editing, queries as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import Timing
from events.schedule.states import Scope
from events.schedule.words import in_words
from events.web.forms import go
from events.web.organizer.activities import space_choices
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import SeriesForm
from events.web.organizer.preview import Preview, preview_of
from events.web.organizer.timing import add_blanks, fill, name_weekdays, timing_of

BLANK_DATES = 4
KEEP, NOWHERE = "keep", "none"


@blueprint.get("/occurrences/<int:occurrence_id>/edit")
@needs(Permission.ACTIVITY_PUBLISH)
def edit_series(occurrence_id: int) -> str:
    """The form, with the times that hold now."""
    row, scope = _occurrence(occurrence_id), _scope()
    timing = schedule.timing(row.series)
    if scope is Scope.FOLLOWING:
        timing = editing.tail(timing, row.slot_local)
    form = SeriesForm(data={"uid": str(uuid.uuid4()), "place": KEEP})
    fill(form, timing)
    return _page(form, row, scope, None)


@blueprint.post("/occurrences/<int:occurrence_id>/edit")
@needs(Permission.ACTIVITY_PUBLISH)
def store_series(occurrence_id: int) -> Any:
    """Show what it comes to; when that was seen, do it."""
    row, scope = _occurrence(occurrence_id), _scope()
    form = _with_choices(SeriesForm())
    if "more" in request.form:
        return _page(form, row, scope, None)
    preview = None
    if form.validate():
        try:
            timing = _timing(form, row)
            if request.form.get("step") == "do" and form.seen.data:
                return _do(form, row, scope, timing)
            preview = preview_of(row, scope, timing, _place(form), clock.now())
        except Refused as fault:
            form.refuse(fault)
            preview = _again(form, occurrence_id, scope)
        except StaleDataError:
            form.form_errors.append(
                _("The sessions are not what they were when this was shown. Look again, please.")
            )
            preview = _again(form, occurrence_id, scope)
    row = _occurrence(occurrence_id)
    return _page(form, row, scope, preview), 422 if form.errors else 200


def _do(form: SeriesForm, row: Occurrence, scope: Scope, timing: Timing) -> Any:
    activity_id = row.series.activity_id
    done = do_edit_series(
        current_actor(),
        clock.now(),
        occurrence_id=row.id,
        scope=scope,
        timing=timing,
        place=_place(form),
        seen=form.seen.data,
        uid=form.uid.data or str(uuid.uuid4()),
        reason=form.reason.data or "",
    )
    flash(_said(done), "warning" if done.without_place else "success")
    return go("organizer.activity", activity_id=activity_id)


def _said(done: Edited) -> str:
    said = _("Done. Everybody concerned is being told.")
    if done.without_place:
        number = len(done.without_place)
        said += " " + _("Sessions whose place is taken at their new time: %(n)s", n=number)
    return said


def _occurrence(occurrence_id: int) -> Occurrence:
    found = schedule.occurrence(current_actor(), occurrence_id, Permission.ACTIVITY_PUBLISH)
    if found.activity.state is ActivityState.DRAFT:
        raise NotFound
    return found


def _scope() -> Scope:
    return Scope.FOLLOWING if request.args.get("scope") == Scope.FOLLOWING else Scope.ALL


def _with_choices(form: SeriesForm) -> SeriesForm:
    name_weekdays(form)
    form.kind.choices = [choice for choice in form.kind.choices if choice.value != "none"]
    form.place.choices = [
        SelectChoice(KEEP, _("each session stays where it is")),
        SelectChoice(NOWHERE, _("not yet chosen")),
        *space_choices(current_actor())[1:],
    ]
    return form


def _timing(form: SeriesForm, row: Occurrence) -> Timing:
    timing = timing_of(form, row.series.tz)
    if timing is None:
        raise Refused("time_missing", title=row.activity.title)
    return timing


def _place(form: SeriesForm) -> Place | None:
    if form.place.data == KEEP:
        return None
    return Place(space_id=None if form.place.data == NOWHERE else int(form.place.data))


def _again(form: SeriesForm, occurrence_id: int, scope: Scope) -> Preview | None:
    """After a refusal: what it would come to now, if anything."""
    row = _occurrence(occurrence_id)
    try:
        return preview_of(row, scope, _timing(form, row), _place(form), clock.now())
    except Refused:
        return None


def _page(form: SeriesForm, row: Occurrence, scope: Scope, preview: Preview | None) -> str:
    add_blanks(_with_choices(form), BLANK_DATES * 2 if "more" in request.form else BLANK_DATES)
    if preview is not None:
        form.seen.data = preview.outcome.fingerprint
    return render_template(
        "organizer/series.html",
        form=form,
        occurrence=row,
        scope=scope,
        words=in_words(schedule.timing(row.series), language()),
        preview=preview,
    )

"""Another time or place for a public series: first what that means, session by session, then it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from events.access import needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns.states import ActivityState
from events.flows.edit_series import Edited, Place, edit_series as do_edit_series
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import NotFound, Refused
from events.schedule import queries as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import Timing
from events.schedule.states import OFF, Scope
from events.schedule.words import in_words
from events.web import merging
from events.web.forms import go
from events.web.organizer import together, undoing
from events.web.organizer.activities import space_choices
from events.web.organizer.blueprint import blueprint
from events.web.organizer.forms import SeriesForm
from events.web.organizer.preview import Preview, preview_of
from events.web.organizer.timing import add_blanks, fill, name_weekdays, timing_of

BLANK_DATES = 4
NOWHERE = "none"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a series that was split. first: a session of it, to change it alone."""

    words: str
    ahead: int
    first: Occurrence
    is_meant: bool


@blueprint.get("/occurrences/<int:occurrence_id>/edit")
@needs(Permission.ACTIVITY_PUBLISH)
def edit_series(occurrence_id: int) -> str:
    """The form, with the times that hold now."""
    row = _occurrence(occurrence_id)
    scope = _scope(row)
    return _page(_opened(row, scope), row, scope)


@blueprint.post("/occurrences/<int:occurrence_id>/edit")
@needs(Permission.ACTIVITY_PUBLISH)
def store_series(occurrence_id: int) -> Any:
    """Show what it comes to, with what others have changed since; when that was seen, do it."""
    row = _occurrence(occurrence_id)
    scope = _scope(row)
    values = merging.chosen(request.form, together.UNITS)
    form, opened = _made(values), _opened(row, scope)
    if "more" in request.form:
        return _page(form, row, scope)
    met = together.meet(form, opened, values, row)
    form = _made(met.values) if met else form
    form.base.data = opened.base.data
    preview = None
    if not (met and met.differences) and form.validate():
        try:
            timing = _timing(form, row)
            if request.form.get("step") == "do" and form.seen.data and not met:
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
    status = 409 if met else 422 if form.errors else 200
    return _page(form, row, scope, preview, met), status


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
    tone = "warning" if done.without_place else "success"
    undoing.offer(_said(done), done.change_id, tone)
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


def _scope(row: Occurrence) -> Scope:
    """What is meant; a part, where the parts are of different kinds and cannot be edited as one."""
    asked = request.args.get("scope")
    if asked in (Scope.FOLLOWING, Scope.PART):
        return Scope(asked)
    now = clock.now()
    is_one = len(schedule.concerned(row, Scope.ALL, now)) == len(schedule.going_on(row.series, now))
    return Scope.ALL if is_one else Scope.PART


def _opened(row: Occurrence, scope: Scope) -> SeriesForm:
    form = SeriesForm(formdata=None, data={"uid": str(uuid.uuid4()), "place": together.KEEP})
    fill(form, schedule.shown(row, scope, clock.now()))
    return together.open_with(_with_choices(form), row, scope, clock.now())


def _made(values: MultiDict[str, str]) -> SeriesForm:
    return _with_choices(SeriesForm(values))


def _with_choices(form: SeriesForm) -> SeriesForm:
    name_weekdays(form)
    form.kind.choices = [choice for choice in form.kind.choices if choice.value != "none"]
    form.place.choices = [
        SelectChoice(together.KEEP, _("each session stays where it is")),
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
    if form.place.data == together.KEEP:
        return None
    return Place(space_id=None if form.place.data == NOWHERE else int(form.place.data))


def _again(form: SeriesForm, occurrence_id: int, scope: Scope) -> Preview | None:
    """After a refusal: what it would come to now, if anything."""
    row = _occurrence(occurrence_id)
    try:
        return preview_of(row, scope, _timing(form, row), _place(form), clock.now())
    except Refused:
        return None


def _page(
    form: SeriesForm,
    row: Occurrence,
    scope: Scope,
    preview: Preview | None = None,
    met: together.Met | None = None,
) -> str:
    add_blanks(form, BLANK_DATES * 2 if "more" in request.form else BLANK_DATES)
    if preview is not None:
        form.seen.data = preview.outcome.fingerprint
    return render_template(
        "organizer/series.html",
        form=form,
        occurrence=row,
        scope=scope,
        parts=_parts(row, scope),
        words=in_words(schedule.timing(row.series), language()),
        preview=preview,
        met=met,
    )


def _parts(row: Occurrence, scope: Scope) -> list[Part]:
    """Of a series that was split its parts; of one that was not, none."""
    now = clock.now()
    found, meant = schedule.going_on(row.series, now), schedule.concerned(row, scope, now)
    if len(found) == 1:
        return []
    parts = []
    for each in found:
        ahead = [one for one in each.occurrences if one.starts_at > now and one.status not in OFF]
        parts.append(
            Part(
                words=in_words(schedule.timing(each), language()),
                ahead=len(ahead),
                first=ahead[0] if ahead else row,
                is_meant=each in meant,
            )
        )
    return parts

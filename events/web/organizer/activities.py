"""One activity: its page, its form, and its times in words while they are being given."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.campaigns import queries as campaigns
from events.campaigns.drafts import ActivityDraft
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.flows.save_activity import ActivityPlan, create_activity, save_activity
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import queries as journal
from events.kernel import clock
from events.kernel.errors import Refused
from events.kernel.recurrence import Rule
from events.planning.vocabulary import vocabulary
from events.schedule import queries as schedule, rules
from events.schedule.models import Series
from events.schedule.words import in_words
from events.venues import fitting, queries as venues
from events.volunteers import queries as volunteers
from events.web import history, merging
from events.web.forms import go
from events.web.organizer import besides, day_notes, experts
from events.web.organizer.agenda import Entry, entries
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import number
from events.web.organizer.forms import ActivityForm, offered
from events.web.organizer.late import TIMING, late_times, planned_words
from events.web.organizer.timing import (
    add_blanks,
    fill,
    is_complete,
    listed_days,
    name_weekdays,
    timing_of,
)

BLANK_DATES = 4
NEXT_DATES = 8
WISHES = ("wish_from", "wish_until", "wish_weekdays", "wish_starts", "wish_ends", "wish_rule")
PLAIN = (
    "code", "title", "format", "description", "audiences", "themes", "priority", "responsibility",
    "needs_review", "is_outdoor", "duration_min", "expected_attendance", "volunteers_needed",
    "needed_skills", "needed_facilities", "venue_kinds", "expert_fields", "kit_kinds", *WISHES,
)  # fmt: skip


@blueprint.get("/activities/<int:activity_id>")
@needs(Permission.CAMPAIGN_VIEW)
def activity(activity_id: int) -> str:
    """What it is, when and where, who comes, and what happened to it."""
    actor = current_actor()
    row = campaigns.activity(actor, activity_id)
    found = entries(actor, campaign_id=row.campaign_id, activity_id=row.id)
    return render_template(
        "organizer/activity.html",
        activity=row,
        plans=_plans(row, found),
        ahead=schedule.ahead(row.id, clock.now()),
        undo=schedule.undoable(row.id, clock.now()),
        entries=found,
        history=journal.history(row.scope),
        said=history.said,
        **experts.spoken(row),
        **day_notes.of_activity(row, found),
        may_edit=policy.may(actor, Permission.CAMPAIGN_EDIT, row.campaign.organization),
        may_publish=policy.may(actor, Permission.ACTIVITY_PUBLISH, row.campaign.organization),
    )


@blueprint.get("/campaigns/<int:campaign_id>/activities/new")
@needs(Permission.CAMPAIGN_EDIT)
def new_activity(campaign_id: int) -> str:
    """An empty form with the next number."""
    actor = current_actor()
    campaign = campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
    form = ActivityForm(data=_wish(campaign))
    return _page(_with_choices(form, actor), campaign, None)


@blueprint.post("/campaigns/<int:campaign_id>/activities/new")
@needs(Permission.CAMPAIGN_EDIT)
def add_activity(campaign_id: int) -> Any:
    """Create the draft."""
    actor = current_actor()
    campaign = campaigns.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
    form = _with_choices(ActivityForm(), actor)
    if "more" in request.form:
        return _page(form, campaign, None)
    if form.validate():
        try:
            made = create_activity(
                actor,
                clock.now(),
                campaign_id=campaign_id,
                draft=_draft(form, None),
                lead_id=form.lead_id.data,
                supporter_ids=form.supporter_ids.data,
                plan=_plan(form, campaign),
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            flash(_("Saved as a draft. Nobody is told before you publish."), "success")
            return go("organizer.activity", activity_id=made)
    return _page(form, campaign, None), 422


@blueprint.get("/activities/<int:activity_id>/edit")
@needs(Permission.CAMPAIGN_EDIT)
def edit_activity(activity_id: int) -> str:
    """The form with what is stored; when and where only for drafts."""
    actor = current_actor()
    row = campaigns.activity(actor, activity_id, Permission.CAMPAIGN_EDIT)
    return _page(_opened(row, actor), row.campaign, row)


@blueprint.post("/activities/<int:activity_id>/edit")
@needs(Permission.CAMPAIGN_EDIT)
def store_activity(activity_id: int) -> Any:
    """Save it; what somebody else saved in the meantime is kept or asked about, field by field."""
    actor = current_actor()
    row = campaigns.activity(actor, activity_id, Permission.CAMPAIGN_EDIT)
    if "more" in request.form:
        return _page(_with_choices(ActivityForm(), actor), row.campaign, row)
    done = merging.store(lambda: _desk(activity_id, actor), request.form)
    row = campaigns.activity(actor, activity_id, Permission.CAMPAIGN_EDIT)
    if not done.is_saved:
        return _page(done.form, row.campaign, row, **done.shown), done.status
    late = late_times(row, _with_choices(ActivityForm(), actor))
    if late:
        plans = _plans(row, entries(actor, campaign_id=row.campaign_id, activity_id=row.id))
        return render_template("organizer/late.html", activity=row, late=late, plans=plans), 409
    flash(*done.said)
    return go("organizer.activity", activity_id=activity_id)


@blueprint.post("/activities/preview")
@needs(Permission.CAMPAIGN_EDIT)
def preview() -> str:
    """The times that a form says, in words and as a list; and what speaks against its place."""
    actor = current_actor()
    form = _with_choices(ActivityForm(), actor)
    known = number(request.args.get("activity"))
    row = campaigns.activity(actor, known) if known > 0 else None
    tz = row.campaign.tz if row else clock.zone(request.args.get("tz"))
    now = clock.now()
    try:
        timing = timing_of(form, tz) if is_complete(form) else None
        until = rules.horizon(timing, now) if timing else None
        slots = rules.slots(timing, schedule.kind_of(), before=until) if timing else []
    except Refused as fault:
        return render_template("organizer/_preview.html", fault=messages.text(fault))
    problems = []
    is_sized = form.expected_attendance.validate(form)
    if slots and form.space_id.data and form.space_id.validate(form) and is_sized:
        space = venues.space(actor, form.space_id.data)
        needs_places = form.expected_attendance.data or 0
        found = fitting.space_problems(
            space, slots, needs=needs_places, apart_from=row.id if row else None
        )
        problems = [messages.text(each) for each in found]
    days = listed_days(timing, now) if timing else []
    campaign = _campaign_of_preview(actor, row)
    return render_template(
        "organizer/_preview.html",
        fault="",
        unannounced=day_notes.unannounced((slot.starts_at for slot in slots), tz),
        timing=timing,
        words=in_words(timing, language()) if timing else "",
        days=days[:NEXT_DATES],
        more=max(0, len(slots) - sum(day.start is not None for day in days[:NEXT_DATES])),
        until=until,
        problems=problems,
        hints=besides.hints(campaign, slots) if campaign else [],
    )


def _campaign_of_preview(actor: Actor, row: Activity | None) -> Campaign | None:
    """The activity's; before there is one, that which the form names."""
    if row is not None:
        return row.campaign
    known = number(request.args.get("campaign"))
    return campaigns.campaign(actor, known) if known > 0 else None


def _going(row: Activity, found: list[Entry]) -> list[Series]:
    """An activity's series that still have sessions ahead; of one that is over the last."""
    series = schedule.all_series(row.id)
    last = max((entry.session.starts_at for entry in found), default=clock.now())
    alive = min(clock.now(), last)
    going = [s for s in series if any(o.starts_at >= alive for o in s.occurrences)]
    return going or series[-1:]


def _plans(row: Activity, found: list[Entry]) -> list[str]:
    """When it happens, in words."""
    return [in_words(schedule.timing(each), language()) for each in _going(row, found)]


def _page(form: ActivityForm, campaign: Campaign, row: Activity | None, **more: object) -> str:
    sent = _with_choices(ActivityForm(), current_actor()) if request.form else form
    wanted = BLANK_DATES * 2 if "more" in request.form else BLANK_DATES
    add_blanks(form, wanted)
    ahead = schedule.ahead(row.id, clock.now()) if row else None
    return render_template(
        "organizer/activity_form.html",
        form=form,
        campaign=campaign,
        activity=row,
        ahead=ahead,
        late=late_times(row, sent),
        known=vocabulary(current_actor()),
        **more,
    )


def _with_choices(form: ActivityForm, actor: Actor) -> ActivityForm:
    """With the choices that only the database and the language know."""
    units = offered((unit.id, unit.name) for unit in identity.organizations(actor))
    form.lead_id.choices = form.supporter_ids.choices = units
    names = name_weekdays(form)
    form.wish_weekdays.choices = offered(enumerate(names))
    form.space_id.choices = space_choices(actor)
    teams = [(t.id, f"{t.name} ({t.size})") for t in volunteers.teams(actor)]
    form.team_id.choices = offered([("", _("open to all volunteers")), *teams])
    return form


def space_choices(actor: Actor) -> list[SelectChoice]:
    """Spaces by venue, each with how many people it holds."""
    choices = [SelectChoice("", _("not yet chosen"))]
    for venue in venues.venues(actor):
        group = f"{venue.name} · {venue.kind}"
        choices += [
            SelectChoice(
                str(space.id), f"{venue.name} {space.name} ({space.holds})", optgroup=group
            )
            for space in venue.spaces
        ]
    return choices


def _wish(campaign: Campaign) -> dict[str, object]:
    """What a new activity begins with: the next number, the campaign's own unit as lead."""
    codes = [each.code for each in campaigns.activities(campaign.id)]
    numbers = [int(m[1]) for code in codes if (m := re.fullmatch(r"A(\d{1,6})", code))]
    return {
        "code": f"A{max(numbers, default=0) + 1:03d}",
        "uid": str(uuid.uuid4()),
        "lead_id": campaign.organization_id,
        "starts_on": campaign.starts_on,
        "priority": 2,
    }


def _stored(row: Activity) -> dict[str, object]:
    return {name: getattr(row, name) for name in PLAIN} | {
        "mode": row.mode.value,
        "uid": str(uuid.uuid4()),
        "lead_id": row.lead_id,
        "supporter_ids": [unit.id for unit in row.supporters],
    }


def _fill_plan(form: ActivityForm, row: Activity) -> None:
    """When, where and with whom a draft is planned; of several places the first."""
    series = schedule.series_of(row.id)
    fill(form, schedule.timing(series) if series else None)
    ids = [occurrence.id for occurrence in series.occurrences] if series else []
    if series is None or not ids:
        return
    form.uid.data = series.uid
    booking = venues.bookings_by_occurrence(ids).get(ids[0])
    shifts = volunteers.shifts_by_occurrence(ids)[ids[0]]
    form.space_id.data = booking.space_id if booking else None
    form.team_id.data = shifts[0].team_id if shifts else None


def _draft(form: ActivityForm, row: Activity | None) -> ActivityDraft:
    values = {name: form[name].data for name in PLAIN}
    for name in ("expected_attendance", "volunteers_needed"):
        values[name] = values[name] or 0
    for name in ("format", "description", "responsibility", "wish_rule"):
        values[name] = values[name] or ""
    if values["wish_rule"]:
        values["wish_rule"] = str(Rule.parse(values["wish_rule"]))
    observance_id = row.observance_id if row else None
    return ActivityDraft(mode=Mode(form.mode.data), observance_id=observance_id, **values)


def _plan(form: ActivityForm, campaign: Campaign) -> ActivityPlan:
    return ActivityPlan(
        timing=timing_of(form, campaign.tz),
        uid=form.uid.data or str(uuid.uuid4()),
        space_id=form.space_id.data,
        team_id=form.team_id.data,
    )


def _save(actor: Actor, form: ActivityForm, row: Activity) -> None:
    is_draft = row.state is ActivityState.DRAFT
    save_activity(
        actor,
        clock.now(),
        activity_id=row.id,
        version=number(form.version.data),
        draft=_draft(form, row),
        lead_id=form.lead_id.data,
        supporter_ids=form.supporter_ids.data,
        plan=_plan(form, row.campaign) if is_draft else ActivityPlan(),
    )


# Two people at one activity


def _desk(activity_id: int, actor: Actor) -> merging.Desk:
    row = campaigns.activity(actor, activity_id, Permission.CAMPAIGN_EDIT)
    return merging.Desk(
        units=_units(row),
        scope=row.scope,
        made=lambda values: _made(values, row, actor),
        opened=lambda: _opened(row, actor),
        save=lambda form: _save(actor, form, row),
        words={"when": (_("When and where"), lambda form: planned_words(form, row))},
    )


def _units(row: Activity) -> dict[str, tuple[str, ...]]:
    """What is merged: each field alone, when and where as a whole."""
    units = {name: (name,) for name in (*PLAIN, "mode", "lead_id", "supporter_ids")}
    return units | ({"when": TIMING} if row.state is ActivityState.DRAFT else {})


def _made(values: MultiDict[str, str], row: Activity, actor: Actor) -> ActivityForm:
    """The form with what was sent; of a public activity without its times."""
    if row.state is ActivityState.DRAFT:
        return _with_choices(ActivityForm(values), actor)
    rest = values.copy()
    merging.fill(rest, {name: [] for name in TIMING})
    form = _with_choices(ActivityForm(rest), actor)
    form.kind.data = "none"
    return form


def _opened(row: Activity, actor: Actor) -> Any:
    """The form with what is stored, and with that once more, for merging."""
    form = ActivityForm(formdata=None, data=_stored(row))
    if row.state is ActivityState.DRAFT:
        _fill_plan(form, row)
    return merging.opened(_with_choices(form, actor), _units(row), row.version)

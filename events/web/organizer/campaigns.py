"""Campaigns: the list, the form, the page with its calendar and its list, suggestions."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _

from events import observances
from events.access import messages, needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.drafts import CampaignDraft
from events.campaigns.models import Activity, Campaign
from events.campaigns.rules import first_day
from events.campaigns.states import ActivityState, Measure
from events.days import queries as days
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.create_campaign import create_campaign
from events.flows.place_activities import place_activities
from events.flows.save_campaign import save_campaign
from events.foreign import queries as foreign
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import queries as journal
from events.kernel import clock, links
from events.kernel.errors import Refused
from events.observances import Dated
from events.schedule import queries as schedule
from events.web import history, merging
from events.web.forms import go
from events.web.organizer import besides
from events.web.organizer.agenda import Entry, Filter, by_day, entries
from events.web.organizer.blueprint import blueprint
from events.web.organizer.fields import number
from events.web.organizer.forms import CampaignForm, offered
from events.web.organizer.progress import progress_of
from events.web.subscribing import subscription

PAGE = 100
BLANK_TARGETS = 2
SHOWN = ("name", "year", "starts_on", "ends_on", "warmup_days", "theme", "description", "owner_id")
UNITS = {name: (name,) for name in SHOWN} | {"targets": ("targets{}",)}


@blueprint.get("/campaigns")
@needs(Permission.CAMPAIGN_VIEW)
def campaign_list() -> str:
    """All campaigns, latest period first, with how far they are."""
    actor = current_actor()
    return render_template(
        "organizer/campaigns.html",
        progress=progress_of(campaigns.campaigns(actor)),
        may_edit=policy.may(actor, Permission.CAMPAIGN_EDIT),
    )


@blueprint.get("/campaigns/new")
@needs(Permission.CAMPAIGN_EDIT)
def new_campaign() -> str:
    """The form, filled from an observance and a year when the address names them."""
    year = request.args.get("year", type=int) or clock.now().year
    year = min(max(year, 2000), 2100)
    dated = _dated(request.args.get("observance", ""), year)
    form = _form(CampaignForm(data=_wish(dated, year)))
    return _page(form, campaign=None, dated=dated, year=year,
        choices=observances.year(year, days.announced(year, year)),
    )  # fmt: skip


@blueprint.post("/campaigns/new")
@needs(Permission.CAMPAIGN_EDIT)
def add_campaign() -> Any:
    """Create it; sent twice it is one."""
    form = _form(CampaignForm())
    if form.validate():
        try:
            made = create_campaign(
                current_actor(),
                clock.now(),
                organization_id=form.organization_id.data or 0,
                draft=_draft(form, form.observance_id.data or None),
                slug=form.slug.data or links.new_slug(),
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            flash(_("The campaign is there. Now add its activities, or import them."), "success")
            return go("organizer.campaign", campaign_id=made)
    year = form.year.data or clock.now().year
    return _unprocessable(form, campaign=None, year=year, choices=[],
        dated=_dated(form.observance_id.data or "", year),
    )  # fmt: skip


@blueprint.get("/campaigns/<int:campaign_id>/edit")
@needs(Permission.CAMPAIGN_EDIT)
def edit_campaign(campaign_id: int) -> str:
    """The form with what is stored."""
    row = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    return _page(_opened(row), campaign=row)


@blueprint.post("/campaigns/<int:campaign_id>/edit")
@needs(Permission.CAMPAIGN_EDIT)
def store_campaign(campaign_id: int) -> Any:
    """Save it; what somebody else saved in the meantime is kept or asked about, field by field."""
    done = merging.store(lambda: _desk(campaign_id), request.form)
    if done.is_saved:
        flash(*done.said)
        return go("organizer.campaign", campaign_id=campaign_id)
    row = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    return _page(done.form, campaign=row, **done.shown), done.status


@blueprint.get("/campaigns/<int:campaign_id>")
@needs(Permission.CAMPAIGN_VIEW)
def campaign(campaign_id: int) -> str:
    """The campaign with its calendar or its list."""
    actor = current_actor()
    row = campaigns.campaign(actor, campaign_id)
    view = "calendar" if request.args.get("view") == "calendar" else "list"
    found, wish = entries(actor, campaign_id=row.id), Filter.of(request.args)
    fitting = [entry for entry in found if wish.fits(entry)]
    is_whole = "all" in request.args
    earlier, listed = ([], fitting) if is_whole else _split(fitting, row, clock.now())
    page = max(request.args.get("page", 1, type=int), 1)
    feed = feeds.for_subject(FeedKind.CAMPAIGN, row.id)
    groups = by_day(listed[(page - 1) * PAGE : page * PAGE])
    return render_template(
        "organizer/campaign.html",
        campaign=row,
        dated=dated_of(row),
        progress=progress_of([row])[0],
        view=view,
        wish=wish,
        total=len(found),
        count=len(fitting),
        is_whole=is_whole,
        earlier=by_day(earlier[-PAGE:]) if page == 1 else [],
        earlier_count=len(earlier),
        groups=groups,
        others=foreign.calendars_beside(row),
        beside={} if wish.others else besides.by_day(row, (on for on, _group in groups)),
        page=page,
        pages=-(-len(listed) // PAGE),
        untimed=_untimed(row, wish),
        leads=_pairs({entry.session.lead for entry in found}),
        audiences=_pairs({word for entry in found for word in entry.session.audiences}),
        subscription=subscription(feed) if feed else None,
        history=journal.history(row.scope),
        said=history.said,
        first_on=_first_on(found, row, clock.now()),
        unofficial=unofficial_years(row),
        may_edit=policy.may(actor, Permission.CAMPAIGN_EDIT, row.organization),
        may_publish=policy.may(actor, Permission.ACTIVITY_PUBLISH, row.organization),
    )


@blueprint.get("/campaigns/<int:campaign_id>/calendar.json")
@needs(Permission.CAMPAIGN_VIEW)
def calendar(campaign_id: int) -> list[dict[str, object]] | tuple[dict[str, str], int]:
    """Sessions in the span that the calendar shows (all without one), for FullCalendar."""
    actor = current_actor()
    row = campaigns.campaign(actor, campaign_id)
    try:
        start, end = (_moment(request.args.get(name), row.tz) for name in ("start", "end"))
    except (ValueError, OverflowError):
        return {"error": "start and end: ISO 8601"}, 400
    wish = Filter.of(request.args)
    found = entries(actor, campaign_id=row.id, start=start, end=end)
    others = [] if wish.others else besides.on_calendar(row, start, end)
    return [*(_shown(entry, row.tz) for entry in found if wish.fits(entry)), *others]


@blueprint.post("/campaigns/<int:campaign_id>/place")
@needs(Permission.CAMPAIGN_EDIT)
def place(campaign_id: int) -> str | Response:
    """Suggest times, places and teams for the drafts that have none, and say what came of it."""
    actor = current_actor()
    placement = place_activities(actor, clock.now(), campaign_id=campaign_id)
    row = campaigns.campaign(actor, campaign_id)
    if not placement.placed and not placement.still_open:
        flash(_("Every draft has a time already."), "info")
        return go("organizer.campaign", campaign_id=campaign_id)
    still_open = [
        (activity_id, title, messages.text(Refused(why)))
        for activity_id, title, why in placement.still_open
    ]
    return render_template(
        "organizer/placed.html", campaign=row, placement=placement, still_open=still_open
    )


def unofficial_years(row: Campaign) -> list[int]:
    """The years of the campaign's days whose holidays no official notice names yet."""
    first = first_day(row.starts_on, row.warmup_days)
    return days.day_types(first, row.ends_on).unofficial(first, row.ends_on)


def dated_of(row: Campaign) -> Dated | None:
    """The campaign's observance in its year."""
    return _dated(row.observance_id or "", row.year)


def _dated(observance_id: str, year: int) -> Dated | None:
    try:
        return observances.occurrence(
            observances.get(observance_id), year, days.announced(year, year)
        )
    except (KeyError, ValueError):
        return None


def _form(form: CampaignForm, row: Campaign | None = None) -> CampaignForm:
    """With the choices that only the database knows."""
    actor = current_actor()
    units = identity.organizations(actor, Permission.CAMPAIGN_EDIT) if row is None else []
    form.organization_id.choices = offered((unit.id, unit.name) for unit in units)
    if row is not None:
        del form.organization_id
    owners = [(user.id, f"{user.name} ({user.email})") for user in identity.organizers(actor)]
    form.owner_id.choices = offered([("", _("nobody in particular")), *owners])
    return form


def _page(form: CampaignForm, **context: object) -> str:
    while sum(not target.goal.data for target in form.targets) < BLANK_TARGETS:
        form.targets.append_entry()
    return render_template("organizer/campaign_form.html", form=form, **context)


def _unprocessable(form: CampaignForm, **context: object) -> tuple[str, int]:
    return _page(form, **context), 422


def _wish(dated: Dated | None, year: int) -> dict[str, object]:
    """What a new campaign begins with."""
    actor = current_actor()
    wish: dict[str, object] = {
        "slug": links.new_slug(),
        "year": year,
        "owner_id": actor.user_id,
        "organization_id": _usual_organization(actor),
    }
    if dated is not None:
        wish |= {
            "observance_id": dated.observance.id,
            "name": f"{year} {dated.observance.name_zh}",
            "starts_on": dated.start,
            "ends_on": dated.end or dated.start,
        }
    return wish


def _usual_organization(actor: Actor) -> int:
    """That of the last campaign that `actor` owns; without one, the highest they may edit for."""
    own = (
        row.organization
        for row in campaigns.campaigns(actor)
        if row.owner_id == actor.user_id
        and policy.may(actor, Permission.CAMPAIGN_EDIT, row.organization)
    )
    return next(own, identity.home(actor, Permission.CAMPAIGN_EDIT)).id


def _stored(row: Campaign) -> dict[str, object]:
    names = ("observance_id", "name", "year", "starts_on", "ends_on", "warmup_days")
    texts = ("theme", "description", "owner_id")
    targets = [
        {"measure": t.measure.value, "audience": t.audience, "goal": t.goal} for t in row.targets
    ]
    return {name: getattr(row, name) for name in (*names, *texts)} | {"targets": targets}


def _draft(form: CampaignForm, observance_id: str | None) -> CampaignDraft:
    return CampaignDraft(
        name=form.name.data,
        year=form.year.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        warmup_days=form.warmup_days.data or 0,
        theme=form.theme.data or "",
        description=form.description.data or "",
        observance_id=observance_id,
        owner_id=form.owner_id.data,
        targets=_targets(form),
    )


def _targets(form: CampaignForm) -> tuple[tuple[Measure, str, int], ...]:
    """One for each measure and audience; of two the later counts."""
    goals = {
        (Measure(each.measure.data), each.audience.data or ""): each.goal.data
        for each in form.targets
        if each.goal.data
    }
    return tuple((measure, audience, goal) for (measure, audience), goal in goals.items())


# Two people at one campaign


def _desk(campaign_id: int) -> merging.Desk:
    row = campaigns.campaign(current_actor(), campaign_id, Permission.CAMPAIGN_EDIT)
    return merging.Desk(
        units=UNITS,
        scope=row.scope,
        made=lambda values: _form(CampaignForm(values), row),
        opened=lambda: _opened(row),
        save=lambda form: _save(form, row),
        words={},
    )


def _opened(row: Campaign) -> Any:
    """The form with what is stored, and with that once more, for merging."""
    form = _form(CampaignForm(formdata=None, data=_stored(row)), row)
    return merging.opened(form, UNITS, row.version)


def _save(form: CampaignForm, row: Campaign) -> None:
    save_campaign(
        current_actor(),
        clock.now(),
        campaign_id=row.id,
        draft=_draft(form, row.observance_id),
        version=number(form.version.data),
    )


def _pairs(words: set[str]) -> list[tuple[str, str]]:
    """Words as choices of a select."""
    return [(word, word) for word in sorted(words)]


def _untimed(row: Campaign, wish: Filter) -> list[Activity]:
    """Drafts without a time, as far as the filter can say anything of them."""
    if wish.state not in {"", "draft"} or wish.place or wish.staff:
        return []
    timed = schedule.timed_activities(row.id)
    return [
        activity
        for activity in campaigns.activities(row.id)
        if activity.id not in timed
        and activity.state is ActivityState.DRAFT
        and (not wish.audience or wish.audience in activity.audiences)
        and wish.lead in {"", activity.lead.name}
        and wish.q.casefold() in f"{activity.code} {activity.title}".casefold()
    ]


def _split(found: list[Entry], row: Campaign, now: datetime) -> tuple[list[Entry], list[Entry]]:
    """While the campaign runs: what was before today, and what is from today on."""
    today = clock.to_local(now, row.tz).date()
    if not first_day(row.starts_on, row.warmup_days) <= today <= row.ends_on:
        return [], found
    at = clock.to_utc(datetime.combine(today, time()), row.tz)
    first = next((n for n, each in enumerate(found) if each.session.starts_at >= at), len(found))
    return found[:first], found[first:]


def _first_on(found: list[Entry], row: Campaign, now: datetime) -> str:
    """The day that the calendar opens at: today within the campaign, else its first session."""
    today = clock.to_local(now, row.tz).date()
    if row.starts_on <= today <= row.ends_on or not found:
        return max(row.starts_on, min(today, row.ends_on)).isoformat()
    return clock.to_local(found[0].session.starts_at, row.tz).date().isoformat()


def _moment(text: str | None, tz: str) -> datetime | None:
    """Aware, from ISO 8601; a naive one is wall time of `tz`. Raises ValueError."""
    if text is None:
        return None
    at = datetime.fromisoformat(text.replace(" ", "+"))
    return at if at.tzinfo else clock.to_utc(at, tz)


def _shown(entry: Entry, tz: str) -> dict[str, object]:
    row = entry.session
    return {
        "id": row.id,
        "title": row.title,
        "start": clock.to_local(row.starts_at, tz).isoformat(),
        "end": clock.to_local(row.ends_at, tz).isoformat(),
        "url": url_for("organizer.activity", activity_id=row.activity_id),
        "classNames": [f"occ-{entry.state.value.lower()}"],
    }

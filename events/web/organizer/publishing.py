"""Publishing a campaign's drafts: what speaks against it, who will be told, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, render_template
from flask_babel import ngettext

from events.access import messages, needs
from events.access.accounts import current_actor
from events.campaigns import queries as campaigns
from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.flows.publish_activities import publish_activities
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.errors import Refused
from events.schedule import queries as schedule
from events.venues import fitting, planned
from events.venues.fitting import Clash
from events.venues.planned import Doubtful
from events.venues.states import Doubt
from events.web.forms import go
from events.web.opening import opening
from events.web.organizer.addressees import Told, told_of
from events.web.organizer.agenda import entries
from events.web.organizer.blueprint import blueprint
from events.web.organizer.campaigns import unofficial_years


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """What an organizer looks over before publishing."""

    ready: list[Activity]
    untimed: list[Activity]
    placeless: list[Activity]
    clashes: list[Clash]
    doubts: dict[Doubt, list[Doubtful]]
    told: Told


@blueprint.get("/campaigns/<int:campaign_id>/publish")
@needs(Permission.ACTIVITY_PUBLISH)
def checklist(campaign_id: int) -> str:
    """The checklist, and the one button."""
    actor = current_actor()
    row = campaigns.campaign(actor, campaign_id, Permission.ACTIVITY_PUBLISH)
    return render_template(
        "organizer/publish.html",
        campaign=row,
        check=checklist_of(actor, row, clock.now()),
        opening=opening,
        unofficial=unofficial_years(row),
    )


@blueprint.post("/campaigns/<int:campaign_id>/publish")
@needs(Permission.ACTIVITY_PUBLISH)
def publish(campaign_id: int) -> Any:
    """Publish what can be, and say what was kept back and why."""
    actor = current_actor()
    try:
        publication = publish_activities(actor, clock.now(), campaign_id=campaign_id)
    except Refused as fault:
        flash(messages.text(fault), "info")
        return go("organizer.campaign", campaign_id=campaign_id)
    row = campaigns.campaign(actor, campaign_id)
    published = [a for a in campaigns.activities(row.id) if a.id in publication.published]
    told = told_of(published, clock.now())
    if not publication.kept_back and told.is_everybody_reached:
        flash(_said(len(published), len(told.venues.reached)), "success")
        return go("organizer.campaign", campaign_id=campaign_id)
    kept_back = [
        (each.activity_id, each.title, messages.text(each.refused))
        for each in publication.kept_back
    ]
    return render_template(
        "organizer/published.html",
        campaign=row,
        said=_said(len(published), len(told.venues.reached)),
        is_any_public=bool(published),
        told=told,
        kept_back=kept_back,
    )


def _said(published: int, asked: int) -> str:
    """What publishing came to, in two sentences."""
    public = ngettext(
        "%(num)s activity is public now.", "%(num)s activities are public now.", published
    )
    mails = ngettext(
        "%(num)s venue gets a mail that asks for its confirmation.",
        "%(num)s venues get a mail that asks for their confirmation.",
        asked,
    )
    return f"{public} {mails}" if asked else str(public)


def checklist_of(actor: Actor, row: Campaign, now: datetime) -> Checklist:
    """Everything about a campaign's drafts, in a number of queries that does not grow."""
    drafts = [a for a in campaigns.activities(row.id) if a.state is ActivityState.DRAFT]
    timed = schedule.timed_activities(row.id)
    ready = [activity for activity in drafts if activity.id in timed]
    placed = {
        entry.session.activity_id: entry.place is not None
        for entry in entries(actor, campaign_id=row.id)
    }
    doubts: dict[Doubt, list[Doubtful]] = {}
    for each in planned.doubts(row, now=now):
        doubts.setdefault(each.doubt, []).append(each)
    return Checklist(
        ready=ready,
        untimed=[activity for activity in drafts if activity.id not in timed],
        placeless=[a for a in ready if a.mode is not Mode.ONLINE and not placed.get(a.id)],
        clashes=fitting.clashes(row.id),
        doubts=doubts,
        told=told_of(ready, now),
    )

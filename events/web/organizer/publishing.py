"""Publishing a campaign's drafts: what speaks against it, who will be told, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _

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
from events.venues import queries as venues
from events.venues.queries import Clash
from events.volunteers import queries as volunteers
from events.web.forms import go
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
    venues: list[str]
    units: list[str]
    teams: list[str]


@blueprint.get("/campaigns/<int:campaign_id>/publish")
@needs(Permission.ACTIVITY_PUBLISH)
def checklist(campaign_id: int) -> str:
    """The checklist, and the one button."""
    actor = current_actor()
    row = campaigns.campaign(actor, campaign_id, Permission.ACTIVITY_PUBLISH)
    return render_template(
        "organizer/publish.html",
        campaign=row,
        check=checklist_of(actor, row),
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
    if not publication.kept_back:
        n = len(publication.published)
        flash(_("%(n)s activities are public now; venues are being asked.", n=n), "success")
        return go("organizer.campaign", campaign_id=campaign_id)
    kept_back = [
        (each.activity_id, each.title, messages.text(each.refused))
        for each in publication.kept_back
    ]
    return render_template(
        "organizer/published.html",
        campaign=row,
        published=len(publication.published),
        kept_back=kept_back,
    )


def checklist_of(actor: Actor, row: Campaign) -> Checklist:
    """Everything about a campaign's drafts, in a number of queries that does not grow."""
    drafts = [a for a in campaigns.activities(row.id) if a.state is ActivityState.DRAFT]
    timed = schedule.timed_activities(row.id)
    ready = [activity for activity in drafts if activity.id in timed]
    placed = {
        entry.session.activity_id: entry.place is not None
        for entry in entries(actor, campaign_id=row.id)
    }
    units = {unit.name for a in ready for unit in (a.lead, *a.supporters)}
    return Checklist(
        ready=ready,
        untimed=[activity for activity in drafts if activity.id not in timed],
        placeless=[a for a in ready if a.mode is not Mode.ONLINE and not placed.get(a.id)],
        clashes=venues.clashes(row.id),
        venues=venues.planned_venues(row.id),
        units=sorted(units),
        teams=volunteers.planned_teams(row.id),
    )

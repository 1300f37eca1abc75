"""Volunteer teams: finding one, who belongs to it, its shifts ahead, its private calendar."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _

from events.access import needs, signed_in
from events.access.accounts import current_actor
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.flows.reset_feed import reset_feed
from events.identity import policy
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import queries as journal
from events.kernel import clock
from events.kernel.errors import NotFound
from events.venues import queries as venues
from events.volunteers import crews, queries
from events.volunteers.models import Team
from events.web.forms import go
from events.web.history import said
from events.web.opening import opening
from events.web.organizer.blueprint import blueprint
from events.web.subscribing import subscription


@blueprint.get("/teams")
@needs(Permission.CAMPAIGN_VIEW)
def teams() -> str:
    """Teams that the reader may see, filtered."""
    everything = queries.teams(current_actor())
    search = " ".join(request.args.get("q", "").split())[:100]
    skill = request.args.get("skill", "")
    shown = [
        one
        for one in everything
        if (not skill or skill in one.skills)
        and search.casefold() in f"{one.name} {one.code} {one.leader_name}".casefold()
    ]
    return render_template(
        "organizer/teams/list.html",
        rows=shown,
        total=len(everything),
        members=queries.member_counts([one.id for one in shown]),
        skills=sorted({word for one in everything for word in one.skills}),
        q=search,
        opening=opening,
        skill=skill,
    )


@blueprint.get("/teams/<int:team_id>")
@signed_in
def team(team_id: int) -> str:
    """One team, for organizers and for its own leader."""
    actor = current_actor()
    row = queries.team_to_open(actor, team_id)
    shifts = queries.shifts_of_team(row, since=clock.now())
    return render_template(
        "organizer/teams/team.html",
        row=row,
        members=queries.members(row),
        shifts=shifts,
        crews=crews.crews(row, shifts) if _leads(actor, row) else {},
        bookings=venues.bookings_by_occurrence([shift.occurrence_id for shift in shifts]),
        subscription=_subscription(row) if _keeps_calendar(actor, row) else None,
        reads=_reads(row),
        can_reset=_keeps_calendar(actor, row),
        can_plan=policy.may(actor, Permission.CAMPAIGN_VIEW, row.organization),
        changes=journal.history(row.scope, limit=20),
        said=said,
        opening=opening,
    )


@blueprint.post("/teams/<int:team_id>/feed/reset")
@signed_in
def reset_team_feed(team_id: int) -> Any:
    """Give the team's calendar another address. Raises NotFound for others."""
    actor = current_actor()
    row = queries.team_to_open(actor, team_id)
    feed = feeds.for_subject(FeedKind.TEAM, row.id)
    if feed is None:
        raise NotFound
    reset_feed(actor, clock.now(), feed_id=feed.id)
    flash(_("The calendar has a new address; give it to whoever shall read it."), "success")
    return go(".team", team_id=team_id)


def _leads(actor: Actor, row: Team) -> bool:
    return row.id in {one.team_id for one in queries.my_teams(actor) if one.is_leader}


def _keeps_calendar(actor: Actor, row: Team) -> bool:
    """Whether the secret address is the reader's to see: as leader or as organizer."""
    return _leads(actor, row) or policy.may(actor, Permission.CAMPAIGN_EDIT, row.organization)


def _reads(row: Team) -> list[feeds.LastRead]:
    feed = feeds.for_subject(FeedKind.TEAM, row.id)
    return feeds.last_reads(feed.id) if feed else []


def _subscription(row: Team) -> Any:
    feed = feeds.for_subject(FeedKind.TEAM, row.id)
    return subscription(feed) if feed else None

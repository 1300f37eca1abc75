"""An organizer lets Kepu suggest times, places and teams for the drafts that have none."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from events.campaigns import queries as campaigns_read
from events.campaigns.models import Activity, Campaign
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.planning import load
from events.planning.first_fit import Placed, first_fit
from events.schedule import rules, services as schedule
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues import services as venues
from events.venues.models import Space
from events.volunteers import services as volunteers
from events.volunteers.models import Team


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What came of it: numbers, and (activity id, title, why) of what is still open."""

    placed: int
    sessions: int
    still_open: tuple[tuple[int, str, str], ...]


def place_activities(actor: Actor, now: datetime, *, campaign_id: int) -> Placement:
    """Plan every draft of the campaign that has no time yet; nothing is asked or published."""
    with transaction():
        campaign = campaigns_read.campaign(actor, campaign_id, Permission.CAMPAIGN_EDIT)
        plans, still_open = first_fit(
            load.wishes(campaign),
            load.rooms(campaign),
            load.crews(campaign),
            load.busy(campaign),
            load.closed(campaign),
        )
        sessions = sum(_store(campaign, plan, now) for plan in plans)
        if plans:
            _record(actor, now, campaign, plans)
        titles = {each.activity_id: _title(each.activity_id) for each in still_open}
        return Placement(
            placed=len(plans),
            sessions=sessions,
            still_open=tuple(
                (each.activity_id, titles[each.activity_id], each.why) for each in still_open
            ),
        )


def _store(campaign: Campaign, plan: Placed, now: datetime) -> int:
    """One activity's series, bookings and shifts, as a draft; how many sessions."""
    activity = session().get_one(Activity, plan.activity_id)
    series = schedule.plan(
        activity, _timing(activity, campaign, plan), uid=str(uuid.uuid4()), now=now
    )
    team = session().get_one(Team, plan.team_id) if plan.team_id else None
    by_start = dict(zip(plan.starts, plan.spaces, strict=True))
    for occurrence in series.occurrences:
        space_id = by_start.get(occurrence.slot_local)
        if space_id is not None:
            venues.plan(occurrence, session().get_one(Space, space_id))
    volunteers.plan_shifts(series, team=team)
    session().flush()
    return len(series.occurrences)


def _timing(activity: Activity, campaign: Campaign, plan: Placed) -> Timing:
    """A rule stays a rule when it gives just these starts; otherwise they are listed."""
    kind = SeriesKind.SINGLE if len(plan.starts) == 1 else SeriesKind.DATES
    listed = Timing(
        kind=kind,
        tz=campaign.tz,
        starts_local=plan.starts[0],
        duration_min=activity.duration_min,
        dates=plan.starts if kind is SeriesKind.DATES else (),
    )
    if not plan.rule or kind is SeriesKind.SINGLE:
        return listed
    ruled = Timing(
        kind=SeriesKind.RULE,
        tz=campaign.tz,
        starts_local=plan.starts[0],
        duration_min=activity.duration_min,
        rule=plan.rule,
    )
    return ruled if _gives(ruled, plan.starts) else listed


def _gives(timing: Timing, starts: tuple[datetime, ...]) -> bool:
    try:
        return rules.starts(timing) == list(starts)
    except Refused:  # endless: the window ended it, the rule itself does not
        return False


def _title(activity_id: int) -> str:
    return session().get_one(Activity, activity_id).title


def _record(actor: Actor, now: datetime, campaign: Campaign, plans: list[Placed]) -> None:
    journal.record(
        ChangeKind.ACTIVITIES_PLACED,
        actor=actor,
        now=now,
        organization=campaign.organization,
        subject=campaign.scope,
        title=campaign.name,
        audiences=[],
        facts={"campaign_id": campaign.id, "activity_ids": [plan.activity_id for plan in plans]},
    )

"""From the tables to the plain values of first_fit, and nothing back."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.identity.models import Organization
from events.identity.policy import subtree
from events.kernel import clock
from events.kernel.db import session
from events.kernel.hours import Hours
from events.planning.first_fit import Crew, Room, Wish
from events.schedule.models import Series
from events.venues import closures
from events.venues.models import Booking, Closure, Space, Venue
from events.venues.states import HOLDING
from events.volunteers.models import Team


def wishes(campaign: Campaign) -> list[Wish]:
    """The campaign's drafts that have no time yet."""
    timed = select(Series.activity_id)
    found = (
        select(Activity)
        .where(
            Activity.campaign_id == campaign.id,
            Activity.state == ActivityState.DRAFT,
            Activity.id.not_in(timed),
        )
        .options(selectinload(Activity.wish_region))
        .order_by(Activity.id)
    )
    return [_wish(activity, campaign) for activity in session().scalars(found)]


def rooms(campaign: Campaign) -> list[Room]:
    """Spaces of venues in the region that the campaign's organization serves."""
    found = (
        select(Space)
        .join(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(subtree(_region(campaign)))
        .order_by(Space.id)
    )
    spaces = list(session().scalars(found))
    codes = _codes()
    return [_room(space, codes) for space in spaces]


def crews(campaign: Campaign) -> list[Crew]:
    """Teams of the region that the campaign's organization serves."""
    found = (
        select(Team)
        .join(Organization, Team.organization_id == Organization.id)
        .where(subtree(_region(campaign)))
        .order_by(Team.id)
    )
    return [
        Crew(
            team_id=team.id,
            size=team.size,
            skills=frozenset(team.skills),
            hours=Hours.parse(team.availability),
            area=frozenset(team.service_area),
        )
        for team in session().scalars(found)
    ]


def busy(campaign: Campaign) -> list[tuple[int, int, datetime, datetime]]:
    """Bookings that hold a space: (space, venue, start, end), wall time of the campaign."""
    found = select(Booking).where(Booking.state.in_(HOLDING)).order_by(Booking.id)
    return [
        (
            booking.space_id,
            booking.space.venue_id,
            clock.to_local(booking.starts_at, campaign.tz),
            clock.to_local(booking.ends_at, campaign.tz),
        )
        for booking in session().scalars(found)
    ]


def closed(campaign: Campaign) -> list[tuple[int, datetime, datetime]]:
    """What else takes spaces: (space, start, end), wall time of the campaign."""
    found = (
        select(Space.id, Closure.starts_at, Closure.ends_at)
        .join(Closure, closures.of_spaces())
        .order_by(Closure.id, Space.id)
    )
    return [
        (space_id, clock.to_local(starts_at, campaign.tz), clock.to_local(ends_at, campaign.tz))
        for space_id, starts_at, ends_at in session().execute(found)
    ]


def _region(campaign: Campaign) -> str:
    """The path of the region in which the organization works: its parent's subtree."""
    parent = campaign.organization.parent
    return parent.path if parent is not None else campaign.organization.path


def _codes() -> dict[int, tuple[str, str]]:
    """Every organization's code and path."""
    rows = session().execute(select(Organization.id, Organization.code, Organization.path))
    return {row.id: (row.code, row.path) for row in rows}


def _room(space: Space, codes: dict[int, tuple[str, str]]) -> Room:
    venue = space.venue
    above = codes[venue.region_id or venue.organization_id][1]
    return Room(
        space_id=space.id,
        venue_id=venue.id,
        kind=venue.kind,
        holds=space.holds,
        is_outdoor=space.is_outdoor,
        facilities=frozenset(venue.facilities),
        hours=Hours.parse(venue.hours),
        regions=frozenset(codes[int(part)][0] for part in above.split(".") if part),
        most_per_day=venue.most_per_day,
    )


def _wish(activity: Activity, campaign: Campaign) -> Wish:
    return Wish(
        activity_id=activity.id,
        priority=activity.priority,
        duration_min=activity.duration_min,
        attendance=activity.expected_attendance,
        is_online=activity.mode is Mode.ONLINE,
        is_outdoor=activity.is_outdoor,
        first=activity.wish_from or campaign.starts_on,
        last=activity.wish_until or activity.wish_from or campaign.ends_on,
        weekdays=frozenset(activity.wish_weekdays),
        starts=activity.wish_starts or time(9),
        ends=activity.wish_ends or time(17),
        rule=activity.wish_rule,
        venue_kinds=frozenset(activity.venue_kinds),
        facilities=frozenset(activity.needed_facilities),
        region=activity.wish_region.code if activity.wish_region else "",
        skills=frozenset(activity.needed_skills),
        volunteers=activity.volunteers_needed,
    )

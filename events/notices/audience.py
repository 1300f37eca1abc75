"""Who hears of what: units, teams, organizers and volunteers, and what they are told about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.identity import queries as identity
from events.identity.models import Organization, User
from events.identity.states import Role
from events.kernel.db import session
from events.notices import drafts
from events.notices.drafts import Recipient
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF
from events.venues.models import Venue
from events.volunteers.models import Shift, Signup, Team
from events.volunteers.states import SignupState

Row = TypeVar("Row", User, Venue, Team, Occurrence)


def activities(ids: list[int]) -> list[Activity]:
    """Activities by their ids, with the units that answer for them."""
    found = (
        select(Activity)
        .where(Activity.id.in_(ids))
        .options(selectinload(Activity.lead), selectinload(Activity.supporters))
        .order_by(Activity.id)
    )
    return list(session().scalars(found))


def occurrences(activity_ids: list[int]) -> list[Occurrence]:
    """What takes place of these activities, in time's order."""
    found = (
        select(Occurrence)
        .join(Series)
        .where(Series.activity_id.in_(activity_ids))
        .where(Occurrence.status.not_in(OFF))
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(session().scalars(found))


def units(responsible_for: list[Activity]) -> dict[Organization, dict[int, str]]:
    """Each unit with its activities by id, "lead" or "support"; groups stand for their members."""
    found: dict[Organization, dict[int, str]] = {}
    members: dict[Organization, list[Organization]] = {}
    for activity in responsible_for:
        for named in (activity.lead, *activity.supporters):
            role = "lead" if named is activity.lead else "support"
            if named not in members:
                members[named] = identity.members(named)
            for unit in members[named]:
                found.setdefault(unit, {}).setdefault(activity.id, role)
    return found


def shifts_by_team(occurrence_ids: list[int]) -> dict[Team, list[Shift]]:
    """Each team with its shifts at these occurrences."""
    found = (
        select(Shift)
        .where(Shift.occurrence_id.in_(occurrence_ids), Shift.team_id.is_not(None))
        .order_by(Shift.team_id, Shift.id)
    )
    by_team: dict[Team, list[Shift]] = {}
    for shift in session().scalars(found):
        if shift.team is not None:
            by_team.setdefault(shift.team, []).append(shift)
    return by_team


def organizers(campaign: Campaign) -> list[User]:
    """The campaign's owner; without an active one its nearest organizers up the tree."""
    owner = session().get(User, campaign.owner_id) if campaign.owner_id else None
    if owner is not None and owner.active:
        return [owner]
    return identity.holders(campaign.organization, Role.ORGANIZER)


def concerned(told: dict[str, list[int]], activity: Activity) -> Iterator[Recipient]:
    """Whoever a change counted as told ("users", "venue_ids", "team_ids"), and the lead unit."""
    for user in rows(User, told["users"]):
        yield drafts.to_user(user, "volunteer")
    for venue in rows(Venue, told["venue_ids"]):
        yield drafts.to_venue(venue)
    for team in rows(Team, told["team_ids"]):
        yield drafts.to_team(team)
    for unit in identity.members(activity.lead):
        yield drafts.to_unit(unit, "lead_unit")


def rows(model: type[Row], ids: list[int]) -> list[Row]:
    """Rows of a table by their ids, in that order."""
    return list(session().scalars(select(model).where(model.id.in_(ids)).order_by(model.id)))


def signups(occurrence_id: int) -> list[Signup]:
    """Who has signed up for an occurrence and not withdrawn."""
    found = (
        select(Signup)
        .join(Shift)
        .where(Shift.occurrence_id == occurrence_id, Signup.state == SignupState.SIGNED_UP)
        .order_by(Signup.id)
    )
    return list(session().scalars(found))

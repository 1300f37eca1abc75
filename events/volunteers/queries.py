"""Reading teams, shifts and sign-ups, always within what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.resources import queries as resources
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF
from events.venues import queries as venues
from events.venues.models import Space
from events.volunteers import absences
from events.volunteers.models import Absence, Member, Shift, Signup, Team
from events.volunteers.states import SignupState


@dataclass(frozen=True, kw_only=True)
class OpenShift:
    """A shift as one volunteer sees it.

    clash: names what they do at that time already; busy: when their own calendar has something.
    """

    shift: Shift
    left: int
    is_mine: bool
    clash: str
    busy: list[Absence]


@dataclass(frozen=True, kw_only=True)
class Served:
    """How much a volunteer has done: shifts, and their planned length in minutes."""

    shifts: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """How far the volunteers' places of one session are taken."""

    taken: int
    places: int

    @property
    def missing(self) -> int:
        """Places still free."""
        return self.places - self.taken


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Of each session its space, and the audiences that it concerns, as people know them."""

    spaces: dict[int, Space]
    scopes: dict[int, set[str]]

    def place(self, occurrence_id: int) -> str:
        """Where it is, in words; "" when nowhere yet."""
        space = self.spaces.get(occurrence_id)
        return f"{space.venue.name} {space.name}" if space else ""


def teams(actor: Actor) -> list[Team]:
    """Teams in organizations that `actor` may see, by code."""
    found = (
        select(Team)
        .join(Organization, Team.organization_id == Organization.id)
        .where(policy.within(actor, Permission.CAMPAIGN_VIEW))
        .order_by(Team.code, Team.id)
    )
    return list(session().scalars(found))


def team(actor: Actor, team_id: int, permission: Permission = Permission.CAMPAIGN_VIEW) -> Team:
    """One team in an organization on which `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Team)
        .join(Organization, Team.organization_id == Organization.id)
        .where(Team.id == team_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def team_to_open(actor: Actor, team_id: int) -> Team:
    """One team that `actor` may see, or leads. Raises NotFound."""
    for member in my_teams(actor):
        if member.team_id == team_id and member.is_leader:
            return member.team
    return team(actor, team_id)


def members(team: Team) -> list[Member]:
    """Who belongs to a team, leaders first, then by name."""
    found = (
        select(Member)
        .join(Member.user)
        .where(Member.team_id == team.id)
        .options(contains_eager(Member.user))
        .order_by(Member.is_leader.desc(), User.name, Member.id)
    )
    return list(session().scalars(found))


def member_counts(team_ids: list[int]) -> dict[int, int]:
    """How many users belong to each team; teams without any are left out."""
    found = (
        select(Member.team_id, func.count().label("members"))
        .where(Member.team_id.in_(team_ids))
        .group_by(Member.team_id)
    )
    return {row.team_id: row.members for row in session().execute(found)}


def shifts_of_team(team: Team, *, since: datetime, limit: int = 100) -> list[Shift]:
    """Published shifts of a team that end after `since`, in time's order."""
    found = (
        select(Shift)
        .join(Shift.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(
            Shift.team_id == team.id,
            Occurrence.ends_at > since,
            Activity.state == ActivityState.PUBLISHED,
        )
        .order_by(Occurrence.starts_at, Shift.id)
        .limit(limit)
    )
    return list(session().scalars(found))


def my_teams(actor: Actor) -> list[Member]:
    """The actor's memberships."""
    found = select(Member).where(Member.user_id == actor.user_id).order_by(Member.id)
    return list(session().scalars(found))


def shift(actor: Actor, shift_id: int) -> Shift:
    """A published shift in a campaign where `actor` may sign up. Raises NotFound."""
    found = session().scalar(_published(actor).where(Shift.id == shift_id))
    if found is None:
        raise NotFound
    return found


def signup(actor: Actor, signup_id: int) -> Signup:
    """One of the actor's own sign-ups. Raises NotFound."""
    found = session().scalar(
        select(Signup).where(Signup.id == signup_id, Signup.user_id == actor.user_id)
    )
    if found is None:
        raise NotFound
    return found


def my_signups(actor: Actor, *, since: datetime) -> list[Signup]:
    """The actor's sign-ups that end after `since`, in time's order; withdrawn ones left out."""
    found = (
        select(Signup)
        .join(Shift)
        .join(Occurrence)
        .where(
            Signup.user_id == actor.user_id,
            Signup.state == SignupState.SIGNED_UP,
            Occurrence.ends_at > since,
        )
        .order_by(Occurrence.starts_at, Signup.id)
    )
    return list(session().scalars(found))


def served(actor: Actor, *, since: datetime, until: datetime) -> Served:
    """Shifts of the actor that began after `since` and ended before `until`, as planned."""
    found = (
        select(func.count(), func.coalesce(func.sum(Series.duration_min), 0))
        .select_from(Signup)
        .join(Signup.shift)
        .join(Shift.occurrence)
        .join(Occurrence.series)
        .where(
            Signup.user_id == actor.user_id,
            Signup.state == SignupState.SIGNED_UP,
            Occurrence.status.not_in(OFF),
            Occurrence.starts_at >= since,
            Occurrence.ends_at <= until,
        )
    )
    shifts, minutes = session().execute(found).one()
    return Served(shifts=shifts, minutes=int(minutes))


def open_shifts(actor: Actor, *, now: datetime, until: datetime | None = None) -> list[OpenShift]:
    """Shifts that begin after `now` for which `actor` could sign up, in time's order."""
    mine = my_signups(actor, since=now)
    found = (
        _published(actor)
        .where(Shift.is_open, Occurrence.starts_at > now)
        .where(Occurrence.status.not_in(OFF))
        .where(or_(Shift.team_id.is_(None), Shift.team_id.in_(_team_ids(actor))))
        .order_by(Occurrence.starts_at, Shift.id)
    )
    if until is not None:
        found = found.where(Occurrence.starts_at < until)
    busy = absences.of_users([actor.user_id], since=now, until=until) if actor.user_id else {}
    known = [row for rows in busy.values() for row in rows]
    return [_seen(row, mine, known) for row in session().scalars(found)]


def shifts_by_occurrence(occurrence_ids: list[int]) -> dict[int, list[Shift]]:
    """The shifts of each occurrence."""
    result: dict[int, list[Shift]] = {n: [] for n in occurrence_ids}
    found = select(Shift).where(Shift.occurrence_id.in_(occurrence_ids)).order_by(Shift.id)
    for row in session().scalars(found):
        result[row.occurrence_id].append(row)
    return result


def signed_up_users(occurrence_id: int) -> list[int]:
    """Ids of users who are signed up at an occurrence, ascending."""
    found = (
        select(Signup.user_id)
        .join(Shift)
        .where(Shift.occurrence_id == occurrence_id, Signup.state == SignupState.SIGNED_UP)
        .order_by(Signup.user_id)
        .distinct()
    )
    return list(session().scalars(found))


def _published(actor: Actor) -> Select[Shift]:
    return (
        select(Shift)
        .join(Shift.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Campaign, Activity.campaign_id == Campaign.id)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            policy.within(actor, Permission.SHIFT_SIGN_UP),
            Activity.state == ActivityState.PUBLISHED,
        )
    )


def _team_ids(actor: Actor) -> Select[int]:
    return select(Member.team_id).where(Member.user_id == actor.user_id)


def _seen(shift: Shift, mine: list[Signup], known: list[Absence]) -> OpenShift:
    here = shift.occurrence
    clash = next(
        (
            signup.shift.occurrence.series.activity.title
            for signup in mine
            if signup.shift.occurrence_id != here.id
            and signup.shift.occurrence.status not in OFF
            and signup.shift.occurrence.starts_at < here.ends_at
            and here.starts_at < signup.shift.occurrence.ends_at
        ),
        "",
    )
    return OpenShift(
        shift=shift,
        left=shift.places - shift.taken,
        is_mine=any(signup.shift_id == shift.id for signup in mine),
        clash=clash,
        busy=absences.during(known, here.starts_at, here.ends_at),
    )


def scopes(occurrence_ids: list[int]) -> list[str]:
    """Audiences of the teams, volunteers and experts who serve at these occurrences."""
    found = scopes_by_occurrence(occurrence_ids)
    return sorted({scope for scopes in found.values() for scope in scopes})


def scopes_by_occurrence(occurrence_ids: list[int]) -> dict[int, set[str]]:
    """As `scopes`, for each occurrence."""
    teams = select(Shift.occurrence_id, Shift.team_id).where(
        Shift.occurrence_id.in_(occurrence_ids), Shift.team_id.is_not(None)
    )
    users = (
        select(Shift.occurrence_id, Signup.user_id)
        .join(Signup.shift)
        .where(Shift.occurrence_id.in_(occurrence_ids), Signup.state == SignupState.SIGNED_UP)
    )
    result = resources.scopes_by_occurrence(occurrence_ids)
    for kind, found in (("team", teams), ("volunteer", users)):
        for occurrence_id, number in session().execute(found):
            result[occurrence_id].add(f"{kind}:{number}")
    return result


def seen(occurrence_ids: list[int]) -> Seen:
    """What people know of these sessions now."""
    of_venues = venues.scopes_by_occurrence(occurrence_ids)
    own = scopes_by_occurrence(occurrence_ids)
    return Seen(
        spaces=venues.held_spaces(occurrence_ids),
        scopes={n: of_venues[n] | own[n] for n in occurrence_ids},
    )


def team_ids(occurrence_ids: list[int]) -> list[int]:
    """Ids of the teams that serve at these occurrences."""
    found = (
        select(Shift.team_id)
        .where(Shift.occurrence_id.in_(occurrence_ids), Shift.team_id.is_not(None))
        .distinct()
    )
    return [team_id for team_id in session().scalars(found) if team_id is not None]


def teams_by_id(ids: list[int]) -> list[Team]:
    """Teams by their ids, ascending; for flows that have decided already who may."""
    return list(session().scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.id)))


def staffing(occurrence_ids: Select[int]) -> dict[int, Staffing]:
    """Places and those taken, of each of these occurrences that wants volunteers.

    occurrence_ids: a query that says who may see, such as schedule.queries.visible.
    """
    found = (
        select(Shift.occurrence_id, func.sum(Shift.taken), func.sum(Shift.places))
        .where(Shift.occurrence_id.in_(occurrence_ids))
        .group_by(Shift.occurrence_id)
    )
    return {
        occurrence_id: Staffing(taken=int(taken), places=int(places))
        for occurrence_id, taken, places in session().execute(found)
    }


def teams_of(activity_ids: Iterable[int]) -> list[Team]:
    """Teams that have shifts of these activities, by name."""
    shifts = (
        select(Shift.team_id)
        .join(Shift.occurrence)
        .join(Occurrence.series)
        .where(Series.activity_id.in_(activity_ids))
    )
    found = select(Team).where(Team.id.in_(shifts)).order_by(Team.name, Team.id)
    return list(session().scalars(found))

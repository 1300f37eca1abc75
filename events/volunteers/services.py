"""Writing shifts and sign-ups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from events.identity.models import User
from events.kernel.db import session
from events.kernel.errors import Refused
from events.schedule.models import Occurrence, Series
from events.schedule.rules import require_future
from events.schedule.states import OFF
from events.volunteers.models import Member, Shift, Signup, Team
from events.volunteers.rules import require_reason
from events.volunteers.states import SignupState


def join(team: Team, user: User, *, is_leader: bool) -> Member:
    """Make `user` a member of `team`; one who is already only takes the new standing."""
    found = select(Member).where(Member.team_id == team.id, Member.user_id == user.id)
    member = session().scalar(found)
    if member is None:
        member = Member(team=team, user=user)
        session().add(member)
    member.is_leader = is_leader
    session().flush()
    return member


def plan_shift(
    occurrence: Occurrence, *, team: Team | None, skills: list[str], places: int
) -> Shift:
    """Places for volunteers at a draft's occurrence; closed until it is published."""
    row = Shift(
        occurrence=occurrence, team=team, skills=skills, places=places, taken=0, is_open=False
    )
    session().add(row)
    return row


def plan_shifts(series: Series, *, team: Team | None) -> None:
    """A shift for each session of a draft whose activity wants volunteers."""
    activity = series.activity
    if not activity.volunteers_needed:
        return
    for occurrence in series.occurrences:
        plan_shift(
            occurrence,
            team=team,
            skills=activity.needed_skills,
            places=activity.volunteers_needed,
        )


def copy_shifts(model: Occurrence, occurrences: Iterable[Occurrence]) -> None:
    """Give sessions that were added later the shifts that `model` has; nobody is signed up yet."""
    found = select(Shift).where(Shift.occurrence_id == model.id).order_by(Shift.id)
    for shift in session().scalars(found).all():
        for occurrence in occurrences:
            made = plan_shift(occurrence, team=shift.team, skills=shift.skills, places=shift.places)
            made.is_open = shift.is_open
    session().flush()


def drop_planned(occurrences: Iterable[Occurrence]) -> None:
    """Forget the shifts of a draft's occurrences; nobody can have signed up yet."""
    ids = [occurrence.id for occurrence in occurrences]
    session().execute(delete(Shift).where(Shift.occurrence_id.in_(ids)))


def open_shifts(occurrences: Iterable[Occurrence]) -> list[Shift]:
    """Let volunteers sign up; returns the shifts."""
    ids = [occurrence.id for occurrence in occurrences]
    rows = list(session().scalars(select(Shift).where(Shift.occurrence_id.in_(ids))))
    for row in rows:
        row.is_open = True
    return rows


def close_shifts(occurrence: Occurrence) -> None:
    """No more sign-ups, for instance because the occurrence is cancelled."""
    session().execute(
        update(Shift).where(Shift.occurrence_id == occurrence.id).values(is_open=False)
    )


def sign_up(user: User, shift: Shift, *, now: datetime) -> Signup:
    """Take one place.

    Raises Refused("shift_closed" | "already_started" | "team_only" | "already_signed_up" |
    "shift_clash" | "shift_full"). The database itself never gives more places than there are.
    """
    occurrence = shift.occurrence
    if not shift.is_open or occurrence.status in OFF:
        raise Refused("shift_closed")
    require_future(occurrence.starts_at, now)
    if shift.team is not None and not _is_member(user, shift.team):
        raise Refused("team_only", team=shift.team.name)
    _one_at_a_time(user)
    _require_free(user, occurrence)
    _take_place(shift)
    row = Signup(shift=shift, user=user, signed_up_at=now, state=SignupState.SIGNED_UP)
    try:
        session().add(row)
        session().flush()
    except IntegrityError as fault:
        raise Refused("already_signed_up") from fault
    return row


def withdraw(signup: Signup, *, reason: str, now: datetime) -> None:
    """Give the place back; twice changes nothing.

    Raises Refused("already_started" | "withdrawal_unexplained").
    """
    if signup.state is SignupState.WITHDRAWN:
        return
    starts_at = signup.shift.occurrence.starts_at
    require_future(starts_at, now)
    require_reason(reason, starts_at=starts_at, signed_up_at=signup.signed_up_at, now=now)
    signup.state = SignupState.WITHDRAWN
    signup.withdrawn_at = now
    signup.reason = reason.strip()[:300]
    session().flush()
    session().execute(
        update(Shift).where(Shift.id == signup.shift_id).values(taken=Shift.taken - 1)
    )


def _is_member(user: User, team: Team) -> bool:
    found = select(Member.id).where(Member.team_id == team.id, Member.user_id == user.id)
    return session().scalar(found) is not None


def _one_at_a_time(user: User) -> None:
    """Two sign-ups of one person wait for each other, so that clashes are seen."""
    session().execute(select(User.id).where(User.id == user.id).with_for_update())


def _require_free(user: User, occurrence: Occurrence) -> None:
    found = (
        select(Signup)
        .join(Shift)
        .join(Occurrence)
        .where(
            Signup.user_id == user.id,
            Signup.state == SignupState.SIGNED_UP,
            Occurrence.status.not_in(OFF),
            Occurrence.starts_at < occurrence.ends_at,
            Occurrence.ends_at > occurrence.starts_at,
        )
        .limit(1)
    )
    other = session().scalar(found)
    if other is None:
        return
    if other.shift.occurrence_id == occurrence.id:
        raise Refused("already_signed_up")
    raise Refused("shift_clash", title=other.shift.occurrence.series.activity.title)


def _take_place(shift: Shift) -> None:
    taken = session().execute(
        update(Shift)
        .where(Shift.id == shift.id, Shift.taken < Shift.places)
        .values(taken=Shift.taken + 1)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("shift_full")

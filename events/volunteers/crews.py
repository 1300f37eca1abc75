"""Who comes to a team's shifts, and which of its members cannot: for its leader alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from events.identity.models import User
from events.kernel.db import session
from events.volunteers import absences, queries
from events.volunteers.models import Shift, Signup, Team
from events.volunteers.states import SignupState


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Who comes to a shift, and which other members of its team are busy then; names."""

    coming: list[str]
    busy: list[str]


def crews(team: Team, shifts: list[Shift]) -> dict[int, Crew]:
    """Of each shift of a team who is there: three queries, however many shifts."""
    if not shifts:
        return {}
    users = {member.user_id: member.user.name for member in queries.members(team)}
    coming = _coming(shifts)
    spans = [(shift.occurrence.starts_at, shift.occurrence.ends_at) for shift in shifts]
    since, until = min(starts for starts, _ in spans), max(ends for _, ends in spans)
    known = absences.of_users(list(users), since=since, until=until)
    return {
        shift.id: Crew(
            coming=[name for _, name in coming[shift.id]],
            busy=[
                users[user_id]
                for user_id, rows in known.items()
                if absences.during(rows, starts_at, ends_at)
                and user_id not in {number for number, _ in coming[shift.id]}
            ],
        )
        for shift, (starts_at, ends_at) in zip(shifts, spans, strict=True)
    }


def _coming(shifts: list[Shift]) -> dict[int, list[tuple[int, str]]]:
    """Id and name of everybody who is signed up, by shift."""
    found = (
        select(Signup.shift_id, User.id, User.name)
        .join(Signup.user)
        .where(
            Signup.shift_id.in_([shift.id for shift in shifts]),
            Signup.state == SignupState.SIGNED_UP,
        )
        .order_by(User.name, User.id)
    )
    result: dict[int, list[tuple[int, str]]] = {shift.id: [] for shift in shifts}
    for shift_id, user_id, name in session().execute(found):
        result[shift_id].append((user_id, name))
    return result

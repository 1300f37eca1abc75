"""Somebody becomes a member of a volunteer team."""

from __future__ import annotations

from datetime import datetime

from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.volunteers import queries, services as volunteers


def join_team(actor: Actor, now: datetime, *, team_id: int, user_id: int, is_leader: bool) -> None:
    """Make a user a member, or its leader; a member already only takes the new standing."""
    with transaction():
        team = queries.team(actor, team_id, Permission.USER_MANAGE)
        user = identity.user(actor, user_id)
        volunteers.join(team, user, is_leader=is_leader)
        journal.record(
            ChangeKind.USER_CHANGED,
            actor=actor,
            now=now,
            organization=team.organization,
            subject=f"user:{user.id}",
            title=user.name,
            audiences=[team.scope],
            facts={"user_id": user.id, "team_id": team.id},
        )

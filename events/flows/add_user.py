"""An administrator adds a user, or changes what a user may do."""

from __future__ import annotations

from datetime import datetime

from events.feeds import services as feeds
from events.feeds.states import FeedKind
from events.identity import queries as identity, services
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.identity.states import Permission, Role
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound


def add_user(
    actor: Actor,
    now: datetime,
    *,
    email: str,
    name: str,
    language: str,
    role: Role,
    organization_id: int,
    password: str | None = None,
    is_sample: bool = False,
) -> int:
    """The new user's id; password: a hash, or None when they set it by the reset mail.

    Raises Refused("email_taken").
    """
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.USER_MANAGE)
        user = services.add_user(
            email=email, name=name, password=password, language=language, now=now
        )
        user.is_sample = is_sample
        _grant(user, role, organization, now)
        _record(ChangeKind.USER_ADDED, actor, now, user, organization)
        return user.id


def grant_role(
    actor: Actor, now: datetime, *, user_id: int, role: Role, organization_id: int
) -> None:
    """Give a user one more role; giving it twice changes nothing."""
    with transaction():
        organization = identity.organization(actor, organization_id, Permission.USER_MANAGE)
        user = identity.user(actor, user_id)
        _grant(user, role, organization, now)
        _record(ChangeKind.USER_CHANGED, actor, now, user, organization)


def revoke_role(actor: Actor, now: datetime, *, user_id: int, grant_id: int) -> None:
    """Take a role back and end sessions. Raises Refused("last_admin" | "last_grant")."""
    with transaction():
        user = identity.user(actor, user_id)
        grant = next((each for each in user.grants if each.id == grant_id), None)
        if grant is None:
            raise NotFound
        organization = identity.organization(actor, grant.organization_id, Permission.USER_MANAGE)
        services.revoke(user, grant)
        _record(ChangeKind.USER_CHANGED, actor, now, user, organization)


def _grant(user: User, role: Role, organization: Organization, now: datetime) -> None:
    services.grant(user, role=role, organization=organization, now=now)
    if role in (Role.VOLUNTEER, Role.LEADER):
        feeds.ensure(FeedKind.VOLUNTEER, user.id, name=user.name, now=now)
    session().flush()


def _record(
    kind: ChangeKind, actor: Actor, now: datetime, user: User, organization: Organization
) -> None:
    journal.record(
        kind,
        actor=actor,
        now=now,
        organization=organization,
        subject=f"user:{user.id}",
        title=user.name,
        audiences=[],
        facts={"user_id": user.id},
    )

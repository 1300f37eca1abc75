"""An administrator closes an account, or opens it again."""

from __future__ import annotations

from datetime import datetime

from events.feeds import queries as feeds_read, services as feeds
from events.feeds.states import FeedKind
from events.foreign import services as foreign
from events.identity import policy, queries as identity, services
from events.identity.actor import Actor
from events.identity.models import User
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.kernel.errors import Refused


def deactivate_user(actor: Actor, now: datetime, *, user_id: int) -> None:
    """Close the account, its sessions and its calendar's address; twice changes nothing.

    Calendars that told when this person is busy are forgotten.

    Raises Refused("own_account" | "user_elsewhere" | "last_admin").
    """
    with transaction():
        user = _user(actor, user_id)
        if user.id == actor.user_id:
            raise Refused("own_account")
        if user.active:
            services.deactivate(user)
            foreign.drop_all(user)
            feed = feeds_read.for_subject(FeedKind.VOLUNTEER, user.id)
            if feed is not None:
                feeds.reset(feed, now)
            _record(actor, now, user)


def reactivate_user(actor: Actor, now: datetime, *, user_id: int) -> None:
    """Open the account again; twice changes nothing. Raises Refused("user_elsewhere")."""
    with transaction():
        user = _user(actor, user_id)
        if not user.active:
            services.reactivate(user)
            _record(actor, now, user)


def _user(actor: Actor, user_id: int) -> User:
    """The user, if the actor manages all of their organizations, not only some."""
    user = identity.user(actor, user_id)
    if all(policy.may(actor, Permission.USER_MANAGE, held.organization) for held in user.grants):
        return user
    raise Refused("user_elsewhere")


def _record(actor: Actor, now: datetime, user: User) -> None:
    journal.record(
        ChangeKind.USER_CHANGED,
        actor=actor,
        now=now,
        organization=user.grants[0].organization,
        subject=f"user:{user.id}",
        title=user.name,
        audiences=[],
        facts={"user_id": user.id},
    )

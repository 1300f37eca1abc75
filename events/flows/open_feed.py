"""A volunteer asks for a calendar of their own shifts before the first sign-up."""

from __future__ import annotations

from datetime import datetime

from events.feeds import services as feeds
from events.feeds.states import FeedKind
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import User
from events.identity.states import Permission
from events.kernel.db import session, transaction
from events.kernel.errors import Forbidden


def open_feed(actor: Actor, now: datetime) -> None:
    """Make the actor's private feed; asked twice it is the same one."""
    if not policy.may(actor, Permission.SHIFT_SIGN_UP):
        raise Forbidden(Permission.SHIFT_SIGN_UP)
    with transaction():
        user = session().get_one(User, actor.user_id)
        feeds.ensure(FeedKind.VOLUNTEER, user.id, name=user.name, now=now)

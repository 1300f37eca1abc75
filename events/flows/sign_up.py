"""A volunteer takes a place on a shift."""

from __future__ import annotations

from datetime import datetime

from events.feeds import services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import Actor
from events.identity.models import User
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.volunteers import queries, services as volunteers


def sign_up(actor: Actor, now: datetime, *, shift_id: int) -> int:
    """The sign-up's id. Raises Refused as volunteers.services.sign_up does."""
    with transaction():
        shift = queries.shift(actor, shift_id)
        user = session().get_one(User, actor.user_id)
        signup = volunteers.sign_up(user, shift, now=now)
        feeds.ensure(FeedKind.VOLUNTEER, user.id, name=user.name, now=now)
        campaign = shift.occurrence.activity.campaign
        journal.record(
            ChangeKind.SHIFT_SIGNED_UP,
            actor=actor,
            now=now,
            organization=campaign.organization,
            subject=f"signup:{signup.id}",
            title=shift.occurrence.activity.title,
            audiences=[f"volunteer:{user.id}", f"occurrence:{shift.occurrence_id}"],
            facts={"signup_id": signup.id},
        )
        return signup.id

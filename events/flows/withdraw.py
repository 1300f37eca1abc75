"""A volunteer gives a place back."""

from __future__ import annotations

from datetime import datetime

from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.volunteers import queries, services as volunteers
from events.volunteers.states import SignupState


def withdraw(actor: Actor, now: datetime, *, signup_id: int, reason: str = "") -> None:
    """Give the place back; twice changes nothing. At short notice only with a reason.

    Raises Refused("already_started" | "withdrawal_unexplained").
    """
    with transaction():
        signup = queries.signup(actor, signup_id)
        if signup.state is SignupState.WITHDRAWN:
            return
        volunteers.withdraw(signup, reason=reason, now=now)
        occurrence = signup.shift.occurrence
        journal.record(
            ChangeKind.SHIFT_WITHDRAWN,
            actor=actor,
            now=now,
            organization=occurrence.activity.campaign.organization,
            subject=f"signup:{signup.id}",
            title=occurrence.activity.title,
            audiences=[f"volunteer:{signup.user_id}", f"occurrence:{occurrence.id}"],
            facts={"signup_id": signup.id, "reason": signup.reason},
        )

"""An administrator mails a user the link with which they choose a password."""

from __future__ import annotations

from datetime import datetime

from events.identity import queries as identity
from events.identity.actor import Actor
from events.kernel.db import transaction
from events.notices import services as notices


def send_password_link(actor: Actor, now: datetime, *, user_id: int, link: str) -> None:
    """Mail it. link: made by the door that knows how to check it. Raises NotFound."""
    with transaction():
        notices.send_password_reset(identity.user(actor, user_id), link, now)

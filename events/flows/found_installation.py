"""The first step of an installation: one organization, and one administrator of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from events.identity import services as identity
from events.identity.actor import SYSTEM
from events.identity.models import Organization
from events.identity.states import Kind, Level, Role
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused


def found_installation(
    now: datetime,
    *,
    code: str,
    organization: str,
    level: str,
    email: str,
    name: str,
    password: str | None,
    language: str = "zh",
    is_sample: bool = False,
) -> int:
    """The administrator's user id. Raises Refused("already_founded") when anything is there.

    password: a hash, or None when it is set by the reset mail.
    """
    with transaction():
        if session().scalar(select(exists().where(Organization.id.is_not(None)))):
            raise Refused("already_founded")
        root = identity.add_organization(
            None, code=code, name=organization, level=Level(level), kind=Kind.REGION
        )
        user = identity.add_user(
            email=email, name=name, password=password, language=language, now=now
        )
        root.is_sample = user.is_sample = is_sample
        identity.grant(user, role=Role.ADMIN, organization=root, now=now)
        journal.record(
            ChangeKind.USER_ADDED,
            actor=SYSTEM,
            now=now,
            organization=root,
            subject=f"user:{user.id}",
            title=user.name,
            audiences=[],
            facts={"user_id": user.id},
        )
        return user.id

"""Reading what happened."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from events.journal.models import Change, Touch
from events.kernel.db import session


def history(scope: str, *, limit: int = 50) -> list[Change]:
    """Changes that concerned `scope`, latest first, at most `limit`."""
    found = (
        select(Change)
        .join(Touch, Touch.change_id == Change.id)
        .where(Touch.scope == scope)
        .order_by(Change.id.desc())
        .limit(limit)
    )
    return list(session().scalars(found))


def last(scope: str) -> Change | None:
    """The latest change about `scope`, or that concerned it."""
    touched = exists().where(Touch.change_id == Change.id, Touch.scope == scope)
    found = select(Change).where(or_(Change.subject == scope, touched)).order_by(Change.id.desc())
    return session().scalar(found.limit(1))


def of_organization(organization_id: int, *, limit: int = 50) -> list[Change]:
    """Changes that belong to one organization, latest first, at most `limit`."""
    found = (
        select(Change)
        .where(Change.organization_id == organization_id)
        .order_by(Change.id.desc())
        .limit(limit)
    )
    return list(session().scalars(found))


def uncomposed(*, limit: int) -> list[Change]:
    """Changes whose notices are not stored yet, oldest first; other workers' claims skipped."""
    found = (
        select(Change)
        .where(Change.composed_at.is_(None))
        .order_by(Change.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session().scalars(found))

"""When volunteers are busy elsewhere. It warns them and their leaders; nobody is kept from coming.

Only when, never why: what keeps somebody busy is nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from events.identity.models import User
from events.kernel.db import session
from events.volunteers.models import Absence

Span = tuple[datetime, datetime]


def replace(source: str, user: User, busy: Iterable[Span]) -> bool:
    """Let `busy` (half-open) be all that `source` says. Whether that changed anything."""
    wanted = {(starts_at, ends_at) for starts_at, ends_at in busy if ends_at > starts_at}
    found = select(Absence).where(Absence.source == source)
    if wanted == {(row.starts_at, row.ends_at) for row in session().scalars(found)}:
        return False
    session().execute(delete(Absence).where(Absence.source == source))
    for starts_at, ends_at in sorted(wanted):
        row = Absence(user=user, starts_at=starts_at, ends_at=ends_at, source=source)
        session().add(row)
    session().flush()
    return True


def of_users(
    user_ids: list[int], *, since: datetime, until: datetime | None = None
) -> dict[int, list[Absence]]:
    """Each user's absences that end after `since` and begin before `until`, in time's order."""
    found = select(Absence).where(Absence.user_id.in_(user_ids), Absence.ends_at > since)
    if until is not None:
        found = found.where(Absence.starts_at < until)
    result: dict[int, list[Absence]] = {user_id: [] for user_id in user_ids}
    for row in session().scalars(found.order_by(Absence.starts_at, Absence.id)):
        result[row.user_id].append(row)
    return result


def during(known: Iterable[Absence], starts_at: datetime, ends_at: datetime) -> list[Absence]:
    """Those of `known` that overlap a span."""
    return [row for row in known if row.starts_at < ends_at and starts_at < row.ends_at]

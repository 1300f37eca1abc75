"""Reading experts and where they speak, always within what the actor may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from events.campaigns.models import Activity
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.resources.models import Allocation, Expert
from events.schedule import queries as schedule
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """How many sessions an expert has ahead, and the first of them."""

    sessions: int
    first: Occurrence


def experts(actor: Actor) -> list[Expert]:
    """Experts of organizations that `actor` may see, by code."""
    found = (
        select(Expert)
        .join(Organization, Expert.organization_id == Organization.id)
        .where(policy.within(actor, Permission.CAMPAIGN_VIEW))
        .order_by(Expert.code, Expert.id)
    )
    return list(session().scalars(found))


def expert(
    actor: Actor, expert_id: int, permission: Permission = Permission.CAMPAIGN_VIEW
) -> Expert:
    """One expert of an organization on which `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Expert)
        .join(Organization, Expert.organization_id == Organization.id)
        .where(Expert.id == expert_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def speakers(occurrence_ids: Select[int] | list[int]) -> dict[int, list[Expert]]:
    """Who speaks at each of these sessions, by code; sessions without anybody are left out."""
    found = (
        select(Allocation.occurrence_id, Expert)
        .join(Allocation.expert)
        .where(Allocation.occurrence_id.in_(occurrence_ids))
        .order_by(Expert.code, Expert.id)
    )
    result: dict[int, list[Expert]] = {}
    for occurrence_id, row in session().execute(found):
        result.setdefault(occurrence_id, []).append(row)
    return result


def sessions_of(expert: Expert, *, since: datetime, limit: int = 100) -> list[Occurrence]:
    """The sessions of an expert that end after `since`, in time's order."""
    found = (
        select(Occurrence)
        .join(Allocation, Allocation.occurrence_id == Occurrence.id)
        .where(Allocation.expert_id == expert.id, Occurrence.ends_at > since)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(limit)
    )
    return list(session().scalars(found))


def ahead(expert_ids: Iterable[int], now: datetime) -> dict[int, Ahead]:
    """What each of these experts has ahead that takes place; who has nothing is left out."""
    found = (
        select(Allocation.expert_id, Occurrence)
        .join(Allocation.occurrence)
        .where(
            Allocation.expert_id.in_(expert_ids),
            Occurrence.starts_at > now,
            Occurrence.status.not_in(OFF),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    result: dict[int, list[Occurrence]] = {}
    for expert_id, row in session().execute(found):
        result.setdefault(expert_id, []).append(row)
    return {n: Ahead(sessions=len(rows), first=rows[0]) for n, rows in result.items()}


def chosen(activity: Activity, occurrence_ids: Iterable[int]) -> list[Occurrence]:
    """These sessions of `activity`, in time's order. Raises NotFound for any other."""
    wanted = set(occurrence_ids)
    found = [row for row in schedule.of_activity(activity.id) if row.id in wanted]
    if len(found) < len(wanted):
        raise NotFound
    return found


def clashes(expert: Expert, occurrences: Iterable[Occurrence]) -> dict[int, Occurrence]:
    """What else `expert` does during each of these sessions, by the session's id; one each."""
    rows = list(occurrences)
    if not rows:
        return {}
    begin, end = min(row.starts_at for row in rows), max(row.ends_at for row in rows)
    found = (
        select(Occurrence)
        .join(Allocation, Allocation.occurrence_id == Occurrence.id)
        .where(
            Allocation.expert_id == expert.id,
            Occurrence.status.not_in(OFF),
            Occurrence.starts_at < end,
            Occurrence.ends_at > begin,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    others = list(session().scalars(found))
    return {
        row.id: other
        for row in rows
        for other in reversed(others)
        if other.id != row.id and other.starts_at < row.ends_at and other.ends_at > row.starts_at
    }


def by_month(expert: Expert) -> Counter[tuple[int, int]]:
    """At how many sessions that take place an expert speaks, by year and month."""
    found = (
        select(Occurrence.starts_at, Series.tz)
        .join(Occurrence.series)
        .join(Allocation, Allocation.occurrence_id == Occurrence.id)
        .where(Allocation.expert_id == expert.id, Occurrence.status.not_in(OFF))
    )
    return Counter(month(starts_at, tz) for starts_at, tz in session().execute(found))


def month(at: datetime, tz: str) -> tuple[int, int]:
    """Year and month of a moment, in the wall time of `tz`."""
    local = clock.to_local(at, tz)
    return local.year, local.month


def double_bookings(
    occurrences: Iterable[Occurrence],
) -> dict[int, list[tuple[Expert, Occurrence]]]:
    """Of sessions that were moved: who is elsewhere at that time, and where; by session's id."""
    rows = {row.id: row for row in occurrences if row.status not in OFF}
    by_expert: dict[int, list[Occurrence]] = {}
    known: dict[int, Expert] = {}
    for occurrence_id, found in speakers(list(rows)).items():
        for one in found:
            known[one.id] = one
            by_expert.setdefault(one.id, []).append(rows[occurrence_id])
    result: dict[int, list[tuple[Expert, Occurrence]]] = {}
    for expert_id, theirs in sorted(by_expert.items()):
        for occurrence_id, other in clashes(known[expert_id], theirs).items():
            result.setdefault(occurrence_id, []).append((known[expert_id], other))
    return result


def scopes_by_occurrence(occurrence_ids: list[int]) -> dict[int, set[str]]:
    """Audiences of the experts who speak at each of these occurrences."""
    found = select(Allocation.occurrence_id, Allocation.expert_id).where(
        Allocation.occurrence_id.in_(occurrence_ids)
    )
    result: dict[int, set[str]] = {n: set() for n in occurrence_ids}
    for occurrence_id, expert_id in session().execute(found):
        result[occurrence_id].add(f"expert:{expert_id}")
    return result

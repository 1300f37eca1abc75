"""How much is on each day: for the picture of a year. Readers see what is public, and their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus


@dataclass(frozen=True, kw_only=True)
class DaySession:
    """One session as the list of a day names it."""

    activity_id: int
    title: str
    campaign: str
    slug: str
    is_public: bool
    starts_at: datetime
    ends_at: datetime
    tz: str


def per_day(actor: Actor, year: int, *, tz: str) -> Counter[date]:
    """How many sessions begin on each day of `year`, as the clocks of `tz` say. One query."""
    found = _between(
        actor,
        select(Occurrence.starts_at, func.count()).group_by(Occurrence.starts_at),
        date(year, 1, 1),
        date(year + 1, 1, 1),
        tz,
    )
    counts: Counter[date] = Counter()
    for starts_at, count in session().execute(found):
        counts[clock.to_local(starts_at, tz).date()] += count
    return counts


def of_day(actor: Actor, on: date, *, tz: str, limit: int) -> list[DaySession]:
    """The sessions that begin on `on`, in time's order, at most `limit`. One query."""
    columns = select(
        Series.activity_id,
        Activity.title,
        Campaign.name.label("campaign"),
        Campaign.slug,
        _is_public().label("is_public"),
        Occurrence.starts_at,
        Occurrence.ends_at,
        Series.tz,
    ).order_by(Occurrence.starts_at, Occurrence.id)
    found = _between(actor, columns.limit(limit), on, on + timedelta(days=1), tz)
    return [DaySession(**row._mapping) for row in session().execute(found)]  # noqa: SLF001


def _between(actor: Actor, columns: Any, first: date, end: date, tz: str) -> Any:
    """Sessions that take place and begin in [first, end), as far as `actor` may know of them."""
    start, stop = (clock.to_utc(datetime.combine(day, time()), tz) for day in (first, end))
    return (
        columns.select_from(Occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Activity.campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            Occurrence.starts_at >= start,
            Occurrence.starts_at < stop,
            Occurrence.status.in_((OccurrenceStatus.TENTATIVE, OccurrenceStatus.CONFIRMED)),
            Activity.state != ActivityState.CANCELLED,
            or_(_is_public(), policy.within(actor, Permission.CAMPAIGN_VIEW)),
        )
    )


def _is_public() -> ColumnElement[bool]:
    return and_(Campaign.is_public, Activity.state == ActivityState.PUBLISHED)

"""What other holidays and make-up workdays do to series that avoid days, before anything is done.

The same steps as an edit of the series (schedule/editing.py). Nothing that has begun changes,
nothing that is off is on again, and what somebody has moved stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.days import queries as days
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import Refused
from events.observances.daytypes import Calendar
from events.schedule import avoiding, queries as schedule
from events.schedule.editing import Edit, Effect, Step, edit
from events.schedule.models import Occurrence, Series
from events.schedule.rules import KindOf


@dataclass(frozen=True, kw_only=True)
class SeriesChange:
    """What becomes of one series. edit: None when not one of its sessions would find a day."""

    series: Series
    edit: Edit | None

    @property
    def activity(self) -> Activity:
        """What it is a series of."""
        return self.series.activity

    @property
    def is_draft(self) -> bool:
        """Whether nobody knows of it yet: then it goes along at once."""
        return self.activity.state is ActivityState.DRAFT

    @property
    def steps(self) -> tuple[Step, ...]:
        """The sessions that change, in time's order."""
        steps = self.edit.steps if self.edit else ()
        return tuple(step for step in steps if step.effect is not Effect.UNTOUCHED)

    @property
    def kept(self) -> int:
        """How many sessions ahead stay where they are."""
        return len(self.edit.steps) - len(self.steps) if self.edit else 0


def changes(new: Calendar, now: datetime) -> list[SeriesChange]:
    """What days as in `new` do that the days as they are known do not do, drafts first."""
    old = days.known().kind
    found = (
        (change, _change(series, now, old, old))
        for series in _read(avoiding.series_ahead(now))
        if (change := _change(series, now, new.kind, old)) is not None
    )
    told = [change for change, before in found if before is None or before.edit != change.edit]
    return sorted(told, key=lambda one: (not one.is_draft, one.activity.campaign_id, one.series.id))


def waiting(actor: Actor, now: datetime, *, activity_id: int | None = None) -> list[SeriesChange]:
    """Public series, within what `actor` may publish, whose rule says other days by now."""
    found = (
        avoiding.series_ahead(now)
        .join(Series.activity)
        .join(Activity.campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            Activity.state == ActivityState.PUBLISHED,
            policy.within(actor, Permission.ACTIVITY_PUBLISH),
        )
    )
    if activity_id is not None:
        found = found.where(Activity.id == activity_id)
    kind_of = days.known().kind
    told = (_change(series, now, kind_of, kind_of) for series in _read(found))
    return [change for change in told if change is not None]


def _read(found: Select[Series]) -> Iterable[Series]:
    """With their sessions, without reading each session's series and activity once more."""
    rows = selectinload(Series.occurrences).lazyload(Occurrence.series)
    return session().scalars(found.options(rows)).all()


def _change(series: Series, now: datetime, kind_of: KindOf, was: KindOf) -> SeriesChange | None:
    """What days of these kinds do to it; None: nothing."""
    timing = schedule.timing(series)
    is_draft = series.activity.state is ActivityState.DRAFT
    try:
        found = edit(
            avoiding.standing(series, timing, was if is_draft else None),
            old=timing,
            new=timing,
            now=now,
            until=series.expanded_until_local,
            kind_of=kind_of,
        )
    except Refused:
        return SeriesChange(series=series, edit=None)
    change = SeriesChange(series=series, edit=found)
    return change if change.steps else None

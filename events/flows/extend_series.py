"""A series without end gets the sessions that have come near enough, as its last one was."""

from __future__ import annotations

from datetime import datetime

from events.campaigns.states import ActivityState
from events.identity.actor import SYSTEM
from events.journal import audiences, services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.resources import services as resources
from events.schedule import queries as schedule_read, rules, services as schedule
from events.schedule.editing import Effect
from events.schedule.models import Occurrence, Series
from events.venues import queries as venues_read, services as venues
from events.venues.models import Booking
from events.volunteers import queries as volunteers_read, services as volunteers


def extend_due(now: datetime) -> int:
    """Extend every series that is due, each in a transaction of its own; how many sessions."""
    before = (now + rules.REFILL).replace(tzinfo=None)
    return sum(extend_series(now, series_id=each) for each in schedule_read.open_ended(before))


def extend_series(now: datetime, *, series_id: int) -> int:
    """Make the sessions up to the horizon, with shifts open and spaces asked for; how many.

    A second time makes none. A space that is taken is left out: an organizer finds another.
    """
    with transaction():
        series = session().get(Series, series_id)
        if series is None or series.activity.state is not ActivityState.PUBLISHED:
            return 0
        model = schedule_read.model(series)
        made = schedule.extend(series, now=now)
        if made and model is not None:
            _equip(model, made, now)
        if made:
            _record(series, made, now)
        return len(made)


def _equip(model: Occurrence, made: list[Occurrence], now: datetime) -> None:
    volunteers.copy_shifts(model, made)
    resources.copy_allocations(model, made, now=now)
    space = venues_read.held_spaces([model.id]).get(model.id)
    bookings: list[Booking] = []
    for row in made:
        schedule.open_again(row)
        if space is None:
            continue
        try:
            bookings.append(venues.book(row, space, now=now))
        except Refused:
            continue
    venues.ask(SYSTEM, model.activity.campaign, bookings, now=now)


def _record(series: Series, made: list[Occurrence], now: datetime) -> None:
    """What was added is told like any other edit of the series."""
    session().flush()
    activity, seen = series.activity, volunteers_read.seen([row.id for row in made])
    scopes = {scope for each in seen.scopes.values() for scope in each}
    journal.record(
        ChangeKind.SERIES_EXTENDED,
        actor=SYSTEM,
        now=now,
        organization=activity.campaign.organization,
        subject=activity.scope,
        title=activity.title,
        audiences={activity.campaign.scope, activity.scope, *scopes},
        facts={
            "activity_id": activity.id,
            "reason": "",
            "changes": [
                {
                    "occurrence_id": row.id,
                    "effect": Effect.ADDED.value,
                    "starts_at": row.starts_at.isoformat(),
                    "ends_at": row.ends_at.isoformat(),
                    "place": seen.place(row.id),
                    "told": audiences.told(seen.scopes[row.id]),
                }
                for row in made
            ],
        },
    )

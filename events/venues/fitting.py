"""What speaks against a space: it is too small, closed, or somebody else wants or holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from events.campaigns.models import Activity
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import Refused
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Slot
from events.venues import rules
from events.venues.closures import closed_by
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A planned booking whose space somebody else wants or holds at that time."""

    occurrence_id: int
    activity_id: int
    title: str
    space: str
    starts_at: datetime
    ends_at: datetime
    other: str
    is_held: bool


def space_problems(
    space: Space, slots: list[Slot], *, needs: int, apart_from: int | None = None
) -> list[Refused]:
    """What speaks against `space` for these sessions: too small, closed, taken; each said once.

    needs: people expected; apart_from: an activity whose own bookings do not count.
    """
    name = f"{space.venue.name} {space.name}"
    problems: dict[str, Refused] = {}
    try:
        rules.require_room(space.holds, needs, space=name)
    except Refused as fault:
        problems[fault.code] = fault
    for slot in slots:
        start, end = (clock.to_local(at, space.venue.tz) for at in (slot.starts_at, slot.ends_at))
        try:
            rules.require_open(space.venue.hours, start, end, space=name)
        except Refused as fault:
            problems.setdefault(fault.code, fault)
    taken = _taken_by(space, slots, apart_from)
    if taken is not None:
        problems["place_taken"] = Refused("place_taken", field="space", space=name, by=taken)
    blocked = closed_by(space, slots)
    if blocked is not None:
        problems["space_blocked"] = Refused("space_blocked", field="space", space=name, by=blocked)
    return list(problems.values())


def _taken_by(space: Space, slots: list[Slot], apart_from: int | None) -> str | None:
    """Title of an activity that holds `space` during one of `slots`."""
    if not slots:
        return None
    found = (
        select(Booking.starts_at, Booking.ends_at, Activity.title)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(
            Booking.space_id == space.id,
            Booking.state.in_(HOLDING),
            Booking.ends_at > min(slot.starts_at for slot in slots),
            Booking.starts_at < max(slot.ends_at for slot in slots),
        )
        .order_by(Booking.starts_at)
    )
    if apart_from is not None:
        found = found.where(Activity.id != apart_from)
    for starts_at, ends_at, title in session().execute(found):
        if any(starts_at < slot.ends_at and slot.starts_at < ends_at for slot in slots):
            return str(title)
    return None


def clashes(campaign_id: int) -> list[Clash]:
    """Planned bookings of a campaign that overlap an earlier plan of it, or what anybody holds."""
    mine, other = aliased(Booking), aliased(Booking)
    occurrence, series = aliased(Occurrence), aliased(Series)
    its_activity = aliased(Activity)
    found = (
        select(
            mine.occurrence_id,
            Activity.id.label("activity_id"),
            Activity.title,
            Venue.name.label("venue"),
            Space.name.label("space"),
            mine.starts_at,
            mine.ends_at,
            its_activity.title.label("other"),
            other.state,
        )
        .join(mine.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Space, mine.space_id == Space.id)
        .join(Space.venue)
        .join(
            other,
            (other.space_id == mine.space_id)
            & (other.id != mine.id)
            & (other.starts_at < mine.ends_at)
            & (mine.starts_at < other.ends_at),
        )
        .join(occurrence, other.occurrence_id == occurrence.id)
        .join(series, occurrence.series_id == series.id)
        .join(its_activity, series.activity_id == its_activity.id)
        .where(
            mine.state == BookingState.PLANNED,
            Activity.campaign_id == campaign_id,
            or_(
                other.state.in_(HOLDING),
                (other.state == BookingState.PLANNED)
                & (its_activity.campaign_id == campaign_id)
                & (other.id < mine.id),
            ),
        )
        .order_by(mine.starts_at, mine.id, other.id)
    )
    return [
        Clash(
            occurrence_id=row.occurrence_id,
            activity_id=row.activity_id,
            title=row.title,
            space=f"{row.venue} {row.space}",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            other=row.other,
            is_held=row.state in HOLDING,
        )
        for row in session().execute(found)
    ]

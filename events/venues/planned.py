"""What drafts are planned at which venues: whom publishing asks, and what speaks against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.kernel import clock
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF
from events.venues import closures, rules
from events.venues.models import Booking, Space, Venue
from events.venues.rules import Wanted
from events.venues.states import HOLDING, BookingState, Doubt

ASKING = (BookingState.PLANNED, BookingState.REQUESTED)


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """A draft's session and one thing that speaks against its time; `venue` as far as it has one.

    booked: how many sessions the venue would have that day.
    """

    doubt: Doubt
    activity_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    tz: str
    venue_id: int | None
    venue: str
    hours: str
    lead_days: int
    most_per_day: int | None
    booked: int


def venues_to_ask(activity_ids: Iterable[int], *, now: datetime) -> list[Venue]:
    """Venues that are (to be) asked for sessions of these activities that lie ahead, by name."""
    asked = (
        select(Space.venue_id)
        .join(Booking, Booking.space_id == Space.id)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .where(
            Series.activity_id.in_(activity_ids),
            Booking.state.in_(ASKING),
            Occurrence.starts_at > now,
        )
    )
    found = select(Venue).where(Venue.id.in_(asked)).order_by(Venue.name, Venue.id)
    return list(session().scalars(found))


def doubts(campaign: Campaign, *, now: datetime) -> list[Doubtful]:
    """What speaks against the times of a campaign's drafts, in time's order. Two queries."""
    rows = _planned(campaign.id)
    booked = _booked({row.venue_id: row.venue_tz for row in rows if row.venue_id}, campaign.id)
    return [
        _doubtful(row, doubt, day)
        for row in rows
        for day in [booked[row.venue_id, _on(row.starts_at, row.venue_tz)] if row.venue_id else 0]
        for doubt in rules.doubts(_wanted(row, campaign, booked=day, now=now))
    ]


def _planned(campaign_id: int) -> list[Row[Any]]:
    found = (
        select(
            Activity.id.label("activity_id"),
            Activity.title,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Series.tz,
            Venue.id.label("venue_id"),
            Venue.name.label("venue"),
            Venue.hours,
            Venue.tz.label("venue_tz"),
            Venue.lead_days,
            Venue.most_per_day,
            closures.overlapping_booking().label("is_blocked"),
        )
        .select_from(Occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .outerjoin(
            Booking,
            and_(Booking.occurrence_id == Occurrence.id, Booking.state == BookingState.PLANNED),
        )
        .outerjoin(Booking.space)
        .outerjoin(Space.venue)
        .where(
            Activity.campaign_id == campaign_id,
            Activity.state == ActivityState.DRAFT,
            Occurrence.status.not_in(OFF),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return list(session().execute(found))


def _booked(zones: dict[int, str], campaign_id: int) -> Counter[tuple[int, date]]:
    """Sessions that venues hold, or that this campaign plans there, by venue and local day."""
    found = (
        select(Space.venue_id, Occurrence.starts_at)
        .select_from(Booking)
        .join(Booking.space)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(
            Space.venue_id.in_(zones),
            or_(
                Booking.state.in_(HOLDING),
                (Booking.state == BookingState.PLANNED) & (Activity.campaign_id == campaign_id),
            ),
        )
    )
    return Counter(
        (venue_id, _on(at, zones[venue_id])) for venue_id, at in session().execute(found)
    )


def _wanted(row: Row[Any], campaign: Campaign, *, booked: int, now: datetime) -> Wanted:
    tz = row.venue_tz or row.tz
    return Wanted(
        start=clock.to_local(row.starts_at, tz),
        end=clock.to_local(row.ends_at, tz),
        now=clock.to_local(now, tz),
        first_on=campaign.starts_on,
        last_on=campaign.ends_on,
        warmup_days=campaign.warmup_days,
        hours=row.hours or "",
        lead_days=row.lead_days or 0,
        most_per_day=row.most_per_day,
        booked=booked,
        is_blocked=row.is_blocked,
    )


def _doubtful(row: Row[Any], doubt: Doubt, booked: int) -> Doubtful:
    return Doubtful(
        doubt=doubt,
        activity_id=row.activity_id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        tz=row.tz,
        venue_id=row.venue_id,
        venue=row.venue or "",
        hours=row.hours or "",
        lead_days=row.lead_days or 0,
        most_per_day=row.most_per_day,
        booked=booked,
    )


def _on(at: datetime, tz: str) -> date:
    return clock.to_local(at, tz).date()

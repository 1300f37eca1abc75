"""What anybody may read: the sessions of public campaigns, with time, place and standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import aliased

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.identity.models import Organization
from events.kernel import clock
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState


@dataclass(frozen=True, kw_only=True)
class PublicSession:
    """One session as anybody may see it; times are naive, in the campaign's zone.

    venue_id and region_id are None while the place is open or when there is none (online).
    """

    id: int
    activity_id: int
    title: str
    format: str
    mode: Mode
    audiences: tuple[str, ...]
    starts_local: datetime
    ends_local: datetime
    is_past: bool
    status: OccurrenceStatus
    venue_id: int | None
    venue: str
    space: str
    address: str
    region_id: int | None
    region: str
    campaign: str
    slug: str


def sessions(campaign_id: int, *, now: datetime) -> list[PublicSession]:
    """Published sessions of a public campaign in time's order, the cancelled ones too."""
    found = _public().where(Campaign.id == campaign_id)
    return [_shown(row, now) for row in session().execute(found)]


def next_sessions(*, now: datetime, limit: int) -> list[PublicSession]:
    """The next sessions of all public campaigns that are not cancelled."""
    found = (
        _public()
        .where(Occurrence.ends_at > now, Occurrence.status != OccurrenceStatus.CANCELLED)
        .limit(limit)
    )
    return [_shown(row, now) for row in session().execute(found)]


def _public() -> Select[*tuple[Any, ...]]:
    """Sessions with the place that counts; a cancelled one keeps the place it would have had."""
    region = aliased(Organization)
    counts = or_(
        Booking.state.in_(HOLDING),
        and_(
            Occurrence.status == OccurrenceStatus.CANCELLED,
            Booking.state == BookingState.RELEASED,
            Booking.reason == "cancelled",
        ),
    )
    return (
        select(
            Occurrence.id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.status,
            Activity.id.label("activity_id"),
            Activity.title,
            Activity.format,
            Activity.mode,
            Activity.audiences,
            Campaign.name.label("campaign"),
            Campaign.slug,
            Campaign.tz,
            Space.name.label("space"),
            Venue.id.label("venue_id"),
            Venue.name.label("venue"),
            Venue.address,
            region.id.label("region_id"),
            region.name.label("region"),
        )
        .join(Series, Occurrence.series_id == Series.id)
        .join(Activity, Series.activity_id == Activity.id)
        .join(Campaign, Activity.campaign_id == Campaign.id)
        .outerjoin(Booking, and_(Booking.occurrence_id == Occurrence.id, counts))
        .outerjoin(Space, Booking.space_id == Space.id)
        .outerjoin(Venue, Space.venue_id == Venue.id)
        .outerjoin(region, Venue.region_id == region.id)
        .where(Campaign.is_public, Activity.state != ActivityState.DRAFT)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )


def _shown(row: Row[Any], now: datetime) -> PublicSession:
    return PublicSession(
        id=row.id,
        activity_id=row.activity_id,
        title=row.title,
        format=row.format,
        mode=row.mode,
        audiences=tuple(row.audiences),
        starts_local=clock.to_local(row.starts_at, row.tz),
        ends_local=clock.to_local(row.ends_at, row.tz),
        is_past=row.ends_at <= now,
        status=row.status,
        venue_id=row.venue_id,
        venue=row.venue or "",
        space=row.space or "",
        address=row.address or "",
        region_id=row.region_id,
        region=row.region or "",
        campaign=row.campaign,
        slug=row.slug,
    )

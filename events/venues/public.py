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
from events.kernel.errors import NotFound
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState

OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)


@dataclass(frozen=True, kw_only=True)
class PublicSession:
    """One session as anybody may see it; `_local` times are naive, in the campaign's zone.

    venue_id and region_id are None while the place is open or when there is none (online).
    was_local: when it was first to start, if that is another time. lat, lon: WGS-84.
    """

    id: int
    uid: str
    recurrence_id_local: datetime
    sequence: int
    changed_at: datetime
    activity_id: int
    title: str
    format: str
    mode: Mode
    audiences: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    starts_local: datetime
    ends_local: datetime
    was_local: datetime | None
    is_past: bool
    status: OccurrenceStatus
    venue_id: int | None
    venue: str
    space: str
    address: str
    lat: float | None
    lon: float | None
    region_id: int | None
    region: str
    campaign: str
    slug: str

    @property
    def is_off(self) -> bool:
        """Whether it does not take place at its time."""
        return self.status in OFF


@dataclass(frozen=True, kw_only=True)
class PublicActivity:
    """One published activity as anybody may see it. supporters: names of who helps the lead."""

    id: int
    title: str
    description: str
    format: str
    mode: Mode
    audiences: tuple[str, ...]
    themes: tuple[str, ...]
    lead: str
    supporters: tuple[str, ...]
    campaign: str
    slug: str
    tz: str
    sessions: tuple[PublicSession, ...]


def activity(slug: str, activity_id: int, *, now: datetime) -> PublicActivity:
    """A published activity of the public campaign at `slug`, with all its sessions by start.

    Raises NotFound for every other.
    """
    row = session().scalar(
        select(Activity)
        .join(Campaign)
        .where(
            Activity.id == activity_id,
            Activity.state != ActivityState.DRAFT,
            Campaign.slug == slug,
            Campaign.is_public,
        )
    )
    if row is None:
        raise NotFound
    found = session().execute(_public().where(Activity.id == row.id))
    return PublicActivity(
        id=row.id,
        title=row.title,
        description=row.description,
        format=row.format,
        mode=row.mode,
        audiences=tuple(row.audiences),
        themes=tuple(row.themes),
        lead=row.lead.name,
        supporters=tuple(each.name for each in row.supporters),
        campaign=row.campaign.name,
        slug=row.campaign.slug,
        tz=row.campaign.tz,
        sessions=tuple(_shown(each, now) for each in found),
    )


def sessions(campaign_id: int, *, now: datetime) -> list[PublicSession]:
    """Published sessions of a public campaign in time's order, the cancelled ones too."""
    found = _public().where(Campaign.id == campaign_id)
    return [_shown(row, now) for row in session().execute(found)]


def next_sessions(*, now: datetime, limit: int) -> list[PublicSession]:
    """The next sessions of all public campaigns that take place."""
    found = _public().where(Occurrence.ends_at > now, Occurrence.status.not_in(OFF)).limit(limit)
    return [_shown(row, now) for row in session().execute(found)]


def _public() -> Select[*tuple[Any, ...]]:
    """Sessions with the place that counts; a cancelled one keeps the place it would have had."""
    region = aliased(Organization)
    counts = or_(
        Booking.state.in_(HOLDING),
        and_(
            Occurrence.status.in_(OFF),
            Booking.state == BookingState.RELEASED,
            Booking.reason.in_(("cancelled", "postponed")),
        ),
    )
    return (
        select(
            Occurrence.id,
            Occurrence.uid,
            Occurrence.recurrence_id_local,
            Occurrence.sequence,
            Occurrence.changed_at,
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
            Series.tz.label("series_tz"),
            Space.name.label("space"),
            Venue.id.label("venue_id"),
            Venue.name.label("venue"),
            Venue.address,
            Venue.lat,
            Venue.lon,
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
    first = clock.to_utc(row.recurrence_id_local, row.series_tz)
    return PublicSession(
        id=row.id,
        uid=row.uid,
        recurrence_id_local=row.recurrence_id_local,
        sequence=row.sequence,
        changed_at=row.changed_at,
        activity_id=row.activity_id,
        title=row.title,
        format=row.format,
        mode=row.mode,
        audiences=tuple(row.audiences),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        starts_local=clock.to_local(row.starts_at, row.tz),
        ends_local=clock.to_local(row.ends_at, row.tz),
        was_local=None if first == row.starts_at else clock.to_local(first, row.tz),
        is_past=row.ends_at <= now,
        status=row.status,
        venue_id=row.venue_id,
        venue=row.venue or "",
        space=row.space or "",
        address=row.address or "",
        lat=row.lat,
        lon=row.lon,
        region_id=row.region_id,
        region=row.region or "",
        campaign=row.campaign,
        slug=row.slug,
    )

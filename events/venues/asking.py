"""What a venue is asked: everything that the page behind a booking request's link says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from events.campaigns.models import Campaign
from events.identity.models import User
from events.kernel import clock
from events.kernel.db import session
from events.venues.models import Booking, BookingRequest
from events.venues.states import BookingState


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a venue is asked, and by whom: everything that the page behind its link says."""

    request_id: int
    nonce: str
    expires_at: datetime
    tz: str
    venue: str
    contact_name: str
    campaign: str
    organization: str
    owner: str
    owner_email: str
    bookings: tuple[AskedBooking, ...]


@dataclass(frozen=True, kw_only=True)
class AskedBooking:
    """One booking of a request; times are naive, in the campaign's zone."""

    id: int
    uid: str
    title: str
    space: str
    is_outdoor: bool
    expected: int
    holds: int
    needs: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    starts_local: datetime
    ends_local: datetime
    recurrence_id_local: datetime
    sequence: int
    changed_at: datetime
    state: BookingState
    reason: str
    answered_by: str
    can_answer: bool


def request(request_id: int) -> BookingRequest | None:
    """A request by its number; the door has checked (or will check) the link's key."""
    return session().get(BookingRequest, request_id)


def asked(request_id: int, *, now: datetime) -> Asked | None:
    """What a request asks; the door checks the link's key against `request_id` and `nonce`."""
    found = (
        session()
        .execute(
            select(BookingRequest, User.name, User.email)
            .join(BookingRequest.campaign)
            .outerjoin(User, Campaign.owner_id == User.id)
            .where(BookingRequest.id == request_id)
        )
        .first()
    )
    if found is None:
        return None
    row, owner, owner_email = found
    tz = row.campaign.tz
    return Asked(
        request_id=row.id,
        nonce=row.nonce,
        expires_at=row.expires_at,
        tz=tz,
        venue=row.venue.name,
        contact_name=row.venue.contact_name,
        campaign=row.campaign.name,
        organization=row.campaign.organization.name,
        owner=owner or "",
        owner_email=owner_email or "",
        bookings=tuple(_asked(booking, tz, now) for booking in row.bookings),
    )


def _asked(booking: Booking, tz: str, now: datetime) -> AskedBooking:
    occurrence = booking.occurrence
    activity = occurrence.activity
    return AskedBooking(
        id=booking.id,
        uid=occurrence.uid,
        title=activity.title,
        space=booking.space.name,
        is_outdoor=booking.space.is_outdoor or activity.is_outdoor,
        expected=activity.expected_attendance,
        holds=booking.space.holds,
        needs=tuple(activity.needed_facilities),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        starts_local=clock.to_local(booking.starts_at, tz),
        ends_local=clock.to_local(booking.ends_at, tz),
        recurrence_id_local=occurrence.recurrence_id_local,
        sequence=occurrence.sequence,
        changed_at=occurrence.changed_at,
        state=booking.state,
        reason=booking.reason,
        answered_by=booking.answered_by,
        can_answer=booking.state not in (BookingState.PLANNED, BookingState.RELEASED)
        and occurrence.starts_at > now,
    )

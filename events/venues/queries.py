"""Reading venues and bookings, always within what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking, BookingRequest, Space, Venue
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
    series_uid: str
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


def venues(actor: Actor) -> list[Venue]:
    """Venues that `actor` may see, by name, with their spaces."""
    found = (
        select(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(policy.within(actor, Permission.VENUE_VIEW))
        .options(selectinload(Venue.spaces))
        .order_by(Venue.code, Venue.id)
    )
    return list(session().scalars(found))


def venue(actor: Actor, venue_id: int, permission: Permission = Permission.VENUE_VIEW) -> Venue:
    """One venue on whose organization `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(Venue.id == venue_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def space(actor: Actor, space_id: int) -> Space:
    """One space of a venue that `actor` may see. Raises NotFound."""
    found = session().scalar(
        select(Space)
        .join(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(Space.id == space_id, policy.within(actor, Permission.VENUE_VIEW))
    )
    if found is None:
        raise NotFound
    return found


def booking(actor: Actor, booking_id: int) -> Booking:
    """One booking that `actor` may answer. Raises NotFound."""
    found = session().scalar(
        select(Booking)
        .join(Space)
        .join(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(Booking.id == booking_id, policy.within(actor, Permission.BOOKING_ANSWER))
    )
    if found is None:
        raise NotFound
    return found


def request(request_id: int) -> BookingRequest | None:
    """A request by its number; the door has checked (or will check) the link's key."""
    return session().get(BookingRequest, request_id)


def bookings_of_venue(venue_id: int) -> list[Booking]:
    """Bookings of a venue that were asked for, in time's order."""
    found = (
        select(Booking)
        .join(Space)
        .where(Space.venue_id == venue_id, Booking.state != BookingState.PLANNED)
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(session().scalars(found))


def bookings_by_occurrence(occurrence_ids: list[int]) -> dict[int, Booking]:
    """The booking that counts for each occurrence: active before declined, latest first."""
    found = (
        select(Booking)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state != BookingState.RELEASED)
        .order_by((Booking.state == BookingState.DECLINED).desc(), Booking.id)
    )
    return {row.occurrence_id: row for row in session().scalars(found)}


def waiting(actor: Actor, *, campaign_id: int | None = None) -> list[Booking]:
    """Bookings in the actor's campaigns (or at their venues) that wait for an answer."""
    return _in_states(actor, (BookingState.REQUESTED,), campaign_id)


def declined(actor: Actor, *, campaign_id: int | None = None) -> list[Booking]:
    """Bookings that a venue declined; those already replaced by another booking left out."""
    rows = _in_states(actor, (BookingState.DECLINED,), campaign_id)
    counting = bookings_by_occurrence([row.occurrence_id for row in rows])
    return [row for row in rows if counting[row.occurrence_id].id == row.id]


def _in_states(
    actor: Actor, states: tuple[BookingState, ...], campaign_id: int | None
) -> list[Booking]:
    owner = (
        select(Campaign.id)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(policy.within(actor, Permission.CAMPAIGN_VIEW))
    )
    keeper = (
        select(Venue.id)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(policy.within(actor, Permission.BOOKING_ANSWER))
    )
    found = (
        select(Booking)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Booking.space)
        .where(
            Booking.state.in_(states),
            or_(Activity.campaign_id.in_(owner), Space.venue_id.in_(keeper)),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    if campaign_id is not None:
        found = found.where(Activity.campaign_id == campaign_id)
    return list(session().scalars(found))


def scopes(occurrence_ids: list[int]) -> list[str]:
    """Audiences of the venues that were ever asked for these occurrences."""
    found = (
        select(Space.venue_id)
        .join(Booking)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state != BookingState.PLANNED)
        .distinct()
    )
    return [f"venue:{venue_id}" for venue_id in session().scalars(found)]


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
        series_uid=occurrence.series.uid,
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

"""Reading venues and bookings, always within what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """Where one session takes place, how far its booking is, whether a mail can ask the venue."""

    booking_id: int
    occurrence_id: int
    state: BookingState
    venue_id: int
    venue: str
    space: str
    has_mail: bool
    requested_at: datetime | None
    reason: str


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


def may_answer(actor: Actor, venue: Venue) -> bool:
    """Whether `actor` may answer for a venue that they see."""
    return policy.may(actor, Permission.BOOKING_ANSWER, venue.organization)


def space_of(venue: Venue, space_id: int | None) -> Space | None:
    """One space of a venue; None stands for all of it. Raises NotFound."""
    if space_id is None:
        return None
    found = next((space for space in venue.spaces if space.id == space_id), None)
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


def bookings_of_venue(venue_id: int) -> list[Booking]:
    """Bookings of a venue that were asked for, in time's order."""
    found = (
        select(Booking)
        .join(Space)
        .where(Space.venue_id == venue_id, Booking.state != BookingState.PLANNED)
        .order_by(Booking.starts_at, Booking.id)
    )
    return list(session().scalars(found))


def bookings_ahead(venue: Venue, *, since: datetime, limit: int = 100) -> list[Booking]:
    """Bookings of a venue that were asked for and end after `since`, in time's order.

    Those taken back are left out.
    """
    found = (
        select(Booking)
        .join(Space)
        .where(
            Space.venue_id == venue.id,
            Booking.state.not_in((BookingState.PLANNED, BookingState.RELEASED)),
            Booking.ends_at > since,
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(limit)
    )
    return list(session().scalars(found))


def waiting_counts(venue_ids: list[int], *, since: datetime) -> dict[int, int]:
    """How many bookings wait for each venue's answer; venues without any are left out."""
    found = (
        select(Space.venue_id, func.count().label("waiting"))
        .join(Booking)
        .where(
            Space.venue_id.in_(venue_ids),
            Booking.state == BookingState.REQUESTED,
            Booking.starts_at > since,
        )
        .group_by(Space.venue_id)
    )
    return {row.venue_id: row.waiting for row in session().execute(found)}


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


def scopes_by_occurrence(occurrence_ids: list[int]) -> dict[int, set[str]]:
    """As `scopes`, for each occurrence."""
    found = (
        select(Booking.occurrence_id, Space.venue_id)
        .join(Booking.space)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state != BookingState.PLANNED)
    )
    result: dict[int, set[str]] = {n: set() for n in occurrence_ids}
    for occurrence_id, venue_id in session().execute(found):
        result[occurrence_id].add(f"venue:{venue_id}")
    return result


def held_spaces(occurrence_ids: list[int]) -> dict[int, Space]:
    """The space that each occurrence holds or is planned in; others are left out."""
    states = (*HOLDING, BookingState.PLANNED)
    found = (
        select(Booking)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state.in_(states))
        .order_by(Booking.id)
    )
    return {row.occurrence_id: row.space for row in session().scalars(found)}


def places(occurrence_ids: Select[int]) -> dict[int, PlaceRow]:
    """The booking that counts for each of these occurrences: active before declined, latest first.

    occurrence_ids: a query that says who may see, such as schedule.queries.visible.
    """
    found = (
        select(
            Booking.id.label("booking_id"),
            Booking.occurrence_id,
            Booking.state,
            Space.venue_id,
            Venue.name.label("venue"),
            Space.name.label("space"),
            (Venue.contact_email != "").label("has_mail"),
            Booking.requested_at,
            Booking.reason,
        )
        .join(Booking.space)
        .join(Space.venue)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state != BookingState.RELEASED)
        .order_by((Booking.state == BookingState.DECLINED).desc(), Booking.id)
    )
    return {row.occurrence_id: PlaceRow(**row._mapping) for row in session().execute(found)}  # noqa: SLF001


def booking_counts(campaign_ids: list[int]) -> dict[int, dict[BookingState, int]]:
    """How many bookings of each state each campaign has."""
    found = (
        select(Activity.campaign_id, Booking.state, func.count())
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(Activity.campaign_id.in_(campaign_ids))
        .group_by(Activity.campaign_id, Booking.state)
    )
    result: dict[int, dict[BookingState, int]] = {n: {} for n in campaign_ids}
    for campaign_id, state, number in session().execute(found):
        result[campaign_id][state] = number
    return result


def booking_to_ask(actor: Actor, booking_id: int) -> Booking:
    """One booking of a campaign in which `actor` may publish. Raises NotFound."""
    found = session().scalar(
        select(Booking)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .join(Campaign, Activity.campaign_id == Campaign.id)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Booking.id == booking_id, policy.within(actor, Permission.ACTIVITY_PUBLISH))
    )
    if found is None:
        raise NotFound
    return found

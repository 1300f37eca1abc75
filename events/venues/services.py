"""Writing bookings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from events.campaigns.models import Campaign
from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel import links
from events.kernel.db import session
from events.kernel.errors import Refused
from events.schedule import services as schedule
from events.schedule.models import Occurrence
from events.schedule.rules import require_future
from events.venues import rules
from events.venues.drafts import VenueDraft
from events.venues.models import Booking, BookingRequest, Space, Venue
from events.venues.states import HOLDING, BookingState

LINK_DAYS = 14


def save_venue(venue: Venue, draft: VenueDraft) -> None:
    """Write `draft` over the venue. Raises Refused("hours_unreadable")."""
    rules.require_hours(draft.hours)
    venue.name = draft.name
    venue.address = draft.address
    venue.hours = draft.hours
    venue.contact_name = draft.contact_name
    venue.contact_email = draft.contact_email
    venue.contact_phone = draft.contact_phone
    venue.language = draft.language


def plan(occurrence: Occurrence, space: Space) -> Booking:
    """Note `space` for a draft's occurrence; nobody is asked and nothing is held yet."""
    row = Booking(
        occurrence=occurrence,
        space=space,
        state=BookingState.PLANNED,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
    )
    session().add(row)
    return row


def drop_planned(occurrences: Iterable[Occurrence]) -> None:
    """Forget what was planned for a draft's occurrences."""
    ids = [occurrence.id for occurrence in occurrences]
    session().execute(
        delete(Booking).where(Booking.occurrence_id.in_(ids), Booking.state == BookingState.PLANNED)
    )


def hold(bookings: list[Booking], *, now: datetime) -> None:
    """Hold each booking's space: REQUESTED. Raises Refused("place_taken", by=, space=).

    The database decides; a refusal undoes all of `bookings` and nothing else.
    """
    try:
        with session().begin_nested():
            for booking in bookings:
                booking.state = BookingState.REQUESTED
                booking.requested_at = now
            session().flush()
    except IntegrityError as fault:
        if "ex_booking_space_id_span" not in str(fault.orig):
            raise
        raise _taken(bookings) from fault


def book(occurrence: Occurrence, space: Space, *, now: datetime) -> Booking:
    """Hold `space` for a public occurrence. Raises Refused("place_taken"), and nothing is held."""
    row = plan(occurrence, space)
    session().flush()
    try:
        hold([row], now=now)
    except Refused:
        session().delete(row)
        session().flush()
        raise
    return row


def ask(actor: Actor, campaign: Campaign, bookings: list[Booking], *, now: datetime) -> None:
    """One request, one mail, for each venue of these bookings, which are held."""
    by_venue: dict[Venue, list[Booking]] = defaultdict(list)
    for booking in bookings:
        by_venue[booking.space.venue].append(booking)
    for venue, asked in sorted(by_venue.items(), key=lambda pair: pair[0].id):
        made = request(venue, campaign, asked, now=now)
        journal.record(
            ChangeKind.BOOKINGS_REQUESTED,
            actor=actor,
            now=now,
            organization=campaign.organization,
            subject=f"request:{made.id}",
            title=venue.name,
            audiences=[campaign.scope, venue.scope],
            facts={"request_id": made.id},
        )


def request(
    venue: Venue, campaign: Campaign, bookings: list[Booking], *, now: datetime
) -> BookingRequest:
    """One request to one venue for bookings that are held; its link answers them."""
    row = BookingRequest(
        venue=venue,
        campaign=campaign,
        nonce=links.new_nonce(),
        created_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    session().add(row)
    for booking in bookings:
        booking.request = row
    session().flush()
    return row


def renew(request: BookingRequest, *, now: datetime) -> None:
    """A new link for the same bookings; the old one ends."""
    request.nonce = links.new_nonce()
    request.expires_at = now + timedelta(days=LINK_DAYS)


def confirm(booking: Booking, *, by: str, now: datetime) -> None:
    """The venue says yes. Raises Refused("booking_released" | "already_started" | ...)."""
    _require_answerable(booking, now)
    try:
        with session().begin_nested():
            _answer(booking, BookingState.CONFIRMED, by=by, reason="", now=now)
            session().flush()
    except IntegrityError as fault:
        raise _taken([booking]) from fault
    schedule.confirm(booking.occurrence, now=now)


def decline(booking: Booking, *, by: str, reason: str, now: datetime) -> None:
    """The venue says no. Raises Refused("reason_missing" | "booking_released" | ...)."""
    rules.require_reason(reason)
    _require_answerable(booking, now)
    _answer(booking, BookingState.DECLINED, by=by, reason=reason.strip()[:300], now=now)
    schedule.unsettle(booking.occurrence, now=now)


def release(booking: Booking, *, reason: str) -> None:
    """The organizer takes a booking back."""
    booking.state = BookingState.RELEASED
    booking.reason = reason[:300]


def release_all(occurrence: Occurrence, *, reason: str) -> None:
    """Take back whatever holds or plans a space for an occurrence."""
    for booking in active(occurrence):
        release(booking, reason=reason)
    session().flush()


def active(occurrence: Occurrence) -> list[Booking]:
    """Bookings of an occurrence that hold a space or are planned."""
    states = (*HOLDING, BookingState.PLANNED)
    found = select(Booking).where(Booking.occurrence_id == occurrence.id, Booking.state.in_(states))
    return list(session().scalars(found))


def _require_answerable(booking: Booking, now: datetime) -> None:
    if booking.state in (BookingState.RELEASED, BookingState.PLANNED):
        raise Refused("booking_released")
    require_future(booking.occurrence.starts_at, now)


def _answer(booking: Booking, state: BookingState, *, by: str, reason: str, now: datetime) -> None:
    booking.state = state
    booking.answered_at = now
    booking.answered_by = by[:100]
    booking.reason = reason


def _taken(bookings: list[Booking]) -> Refused:
    """Who holds what these bookings wanted; read after the refusal was rolled back."""
    for booking in bookings:
        other = session().scalar(
            select(Booking)
            .where(
                Booking.space_id == booking.space_id,
                Booking.id != booking.id,
                Booking.state.in_(HOLDING),
                Booking.starts_at < booking.ends_at,
                booking.starts_at < Booking.ends_at,
            )
            .limit(1)
        )
        if other is not None:
            space = f"{other.space.venue.name} {other.space.name}"
            title = other.occurrence.series.activity.title
            return Refused("place_taken", field="space", space=space, by=title)
    return Refused("place_taken", field="space", space="", by="")

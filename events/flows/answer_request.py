"""A venue answers: from the link in the mail, or logged in as its keeper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from events.identity.actor import Actor
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import NotFound, Refused
from events.venues import asking, queries as venues_read, services as venues
from events.venues.models import Booking, BookingRequest
from events.venues.states import BookingState
from events.volunteers import queries as volunteers_read


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Yes, or no with a reason, to one booking."""

    is_yes: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What came of it: counts, and the bookings whose answer was refused with the reason."""

    confirmed: int
    declined: int
    refused: tuple[tuple[int, Refused], ...]


def answer_request(
    now: datetime, *, request_id: int, nonce: str, answers: dict[int, Answer], by: str
) -> Answered:
    """Whoever holds the link answers its bookings (by booking id); the same answer twice is one.

    nonce: of the link that was opened; an old one is refused. Raises Refused("link_expired").
    """
    with transaction():
        request = asking.request(request_id)
        if request is None or request.nonce != nonce:
            raise NotFound
        if request.expires_at <= now:
            raise Refused("link_expired")
        actor = Actor(user_id=None, name=by)
        return _answer(actor, now, list(request.bookings), answers, request)


def answer_booking(actor: Actor, now: datetime, *, booking_id: int, answer: Answer) -> Answered:
    """A keeper, or an organizer who has phoned, answers one booking."""
    with transaction():
        booking = venues_read.booking(actor, booking_id)
        return _answer(actor, now, [booking], {booking.id: answer}, booking.request)


def _answer(
    actor: Actor,
    now: datetime,
    bookings: list[Booking],
    answers: dict[int, Answer],
    request: BookingRequest | None,
) -> Answered:
    confirmed: list[Booking] = []
    declined: list[Booking] = []
    refused: list[tuple[int, Refused]] = []
    for booking in bookings:
        answer = answers.get(booking.id)
        if answer is None or _is_same(booking, answer):
            continue
        try:
            if answer.is_yes:
                venues.confirm(booking, by=actor.name, now=now)
                confirmed.append(booking)
            else:
                venues.decline(booking, by=actor.name, reason=answer.reason, now=now)
                declined.append(booking)
        except Refused as fault:
            refused.append((booking.id, fault))
    session().flush()
    if confirmed or declined:
        _record(actor, now, request, confirmed, declined)
    return Answered(confirmed=len(confirmed), declined=len(declined), refused=tuple(refused))


def _is_same(booking: Booking, answer: Answer) -> bool:
    if answer.is_yes:
        return booking.state is BookingState.CONFIRMED
    return booking.state is BookingState.DECLINED and booking.reason == answer.reason.strip()


def _record(
    actor: Actor,
    now: datetime,
    request: BookingRequest | None,
    confirmed: list[Booking],
    declined: list[Booking],
) -> None:
    changed = [*confirmed, *declined]
    first = changed[0]
    occurrence_ids = [booking.occurrence_id for booking in changed]
    campaigns = {booking.occurrence.activity.campaign for booking in changed}
    campaign = first.occurrence.activity.campaign
    journal.record(
        ChangeKind.BOOKINGS_ANSWERED,
        actor=actor,
        now=now,
        organization=campaign.organization,
        subject=f"request:{request.id}" if request else f"booking:{first.id}",
        title=first.space.venue.name,
        audiences=[
            *(each.scope for each in campaigns),
            *(booking.occurrence.activity.scope for booking in changed),
            first.space.venue.scope,
            *volunteers_read.scopes(occurrence_ids),
        ],
        facts={
            "request_id": request.id if request else None,
            "confirmed": [booking.id for booking in confirmed],
            "declined": [booking.id for booking in declined],
        },
    )

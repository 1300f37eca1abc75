"""Shifts as cards: when, where, with whom, and how the reader stands to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from events.kernel import clock, wording
from events.schedule.models import Occurrence
from events.schedule.states import OFF, OccurrenceStatus
from events.venues import queries as venues
from events.venues.models import Booking
from events.venues.states import HOLDING
from events.volunteers.models import Absence, Shift, Signup
from events.volunteers.queries import OpenShift
from events.volunteers.rules import needs_reason


@dataclass(frozen=True, kw_only=True)
class Card:
    """One shift; times are naive, in the zone of its place.

    standing: "open", "mine", "full" or "clash"; clash: what the reader does at that time; busy:
    when the reader's own calendar has something.
    in_days: days from today; asks_why: withdrawing now needs a reason.
    """

    shift_id: int
    signup_id: int | None = None
    title: str
    campaign: str
    starts_local: datetime
    ends_local: datetime
    in_days: int
    status: OccurrenceStatus
    is_running: bool
    place: str
    address: str
    is_online: bool
    team: str
    leader: str
    leader_email: str
    skills: tuple[str, ...]
    left: int
    standing: str = "mine"
    clash: str = ""
    busy: tuple[str, ...] = ()
    asks_why: bool = False

    @property
    def on(self) -> date:
        """The day on which it begins."""
        return self.starts_local.date()

    @property
    def is_cancelled(self) -> bool:
        """Whether the session does not take place, or not at this time."""
        return self.status in OFF

    @property
    def can_withdraw(self) -> bool:
        """Whether the place can still be given back."""
        return not self.is_running and not self.is_cancelled


def of_signups(signups: list[Signup], now: datetime) -> list[Card]:
    """The reader's own shifts, in the order given."""
    bookings = _bookings(signup.shift for signup in signups)
    return [
        Card(
            **_facts(signup.shift, bookings, now),
            signup_id=signup.id,
            asks_why=needs_reason(
                starts_at=signup.shift.occurrence.starts_at,
                signed_up_at=signup.signed_up_at,
                now=now,
            ),
        )
        for signup in signups
    ]


def of_open(found: list[OpenShift], now: datetime) -> list[Card]:
    """Shifts to choose from, in the order given."""
    bookings = _bookings(seen.shift for seen in found)
    return [
        Card(
            **_facts(seen.shift, bookings, now),
            standing=_standing(seen),
            clash=seen.clash,
            busy=tuple(_busy(row, seen.shift.occurrence) for row in seen.busy),
        )
        for seen in found
    ]


def _bookings(shifts: Iterable[Shift]) -> dict[int, Booking]:
    return venues.bookings_by_occurrence([shift.occurrence_id for shift in shifts])


def _standing(seen: OpenShift) -> str:
    if seen.is_mine:
        return "mine"
    if seen.left <= 0:
        return "full"
    return "clash" if seen.clash else "open"


def _busy(absence: Absence, here: Occurrence) -> str:
    """When the reader is busy, on the days of a session."""
    tz = here.series.tz
    first, last = (clock.to_local(at, tz).date() for at in (here.starts_at, here.ends_at))
    midnight, next_one = (datetime.combine(on, time()) for on in (first, last + timedelta(days=1)))
    starts = max(clock.to_local(absence.starts_at, tz), midnight)
    ends = min(clock.to_local(absence.ends_at, tz), next_one)
    return wording.times(starts, ends)


def _facts(shift: Shift, bookings: dict[int, Booking], now: datetime) -> dict[str, Any]:
    occurrence = shift.occurrence
    activity = occurrence.activity
    tz = occurrence.series.tz
    team = shift.team
    return {
        "shift_id": shift.id,
        "title": activity.title,
        "campaign": activity.campaign.name,
        "starts_local": clock.to_local(occurrence.starts_at, tz),
        "ends_local": clock.to_local(occurrence.ends_at, tz),
        "in_days": _days_between(now, occurrence.starts_at, tz),
        "status": occurrence.status,
        "is_running": occurrence.starts_at <= now,
        "is_online": activity.mode.value != "onsite",
        "team": team.name if team else "",
        "leader": team.leader_name if team else "",
        "leader_email": team.leader_email if team else "",
        "skills": tuple(shift.skills),
        "left": shift.places - shift.taken,
        **_place(occurrence, bookings),
    }


def _place(occurrence: Occurrence, bookings: dict[int, Booking]) -> dict[str, str]:
    booking = bookings.get(occurrence.id)
    if booking is None or booking.state not in HOLDING:
        return {"place": "", "address": ""}
    venue = booking.space.venue
    return {"place": f"{venue.name} {booking.space.name}", "address": venue.address}


def _days_between(now: datetime, then: datetime, tz: str) -> int:
    return (clock.to_local(then, tz).date() - clock.to_local(now, tz).date()).days

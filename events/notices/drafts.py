"""Notices before they are stored: recipients, and facts frozen from rows as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from events.campaigns.models import Campaign
from events.identity.models import Organization, User
from events.journal.models import Change
from events.kernel import calendar
from events.kernel.db import session
from events.kernel.links import Links
from events.kernel.texts import known
from events.notices.catalogue import CATALOGUE
from events.notices.models import Delivery, Notice
from events.notices.states import NoticeKind
from events.schedule.models import Occurrence
from events.venues.models import Booking, Venue
from events.venues.states import HOLDING, BookingState
from events.volunteers.models import Team

UNIT_LANGUAGE = "zh"
MOST_LISTED = 100

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody to be told. `of`: the venue, unit, team or campaign that makes them one."""

    key: str
    name: str
    address: str
    language: str
    because: str
    of: str = ""
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One fact for one recipient; `key` names the fact, and with the recipient's it is unique."""

    kind: NoticeKind
    key: str
    recipient: Recipient
    title: str
    facts: Facts
    due_at: datetime

    def row(self, change: Change | None, organization_id: int, now: datetime) -> dict[str, Any]:
        """The columns of its Notice."""
        entry = CATALOGUE[self.kind]
        facts = self.facts | {"of": self.recipient.of}
        return {
            "key": f"{self.key}:{self.recipient.key}",
            "kind": self.kind,
            "policy": entry.policy,
            "organization_id": organization_id,
            "change_id": change.id if change else None,
            "user_id": self.recipient.user_id,
            "recipient": self.recipient.name[:200],
            "language": self.recipient.language,
            "because": self.recipient.because,
            "title": self.title[:300],
            "facts": facts,
            "created_at": now,
            "due_at": self.due_at,
            "expires_at": entry.expires_at(facts, now),
        }


def to_user(user: User, because: str, of: str = "") -> Recipient:
    """A user; one who was switched off has no address."""
    return Recipient(
        key=f"user:{user.id}",
        name=user.name,
        address=user.email if user.active else "",
        language=known(user.language) or UNIT_LANGUAGE,
        because=because,
        of=of,
        user_id=user.id,
    )


def to_venue(venue: Venue) -> Recipient:
    """A venue's contact."""
    return Recipient(
        key=f"venue:{venue.id}",
        name=venue.contact_name or venue.name,
        address=venue.contact_email,
        language=known(venue.language) or UNIT_LANGUAGE,
        because="venue_contact",
        of=venue.name,
    )


def to_unit(unit: Organization, because: str) -> Recipient:
    """A unit's office."""
    return Recipient(
        key=f"unit:{unit.id}",
        name=unit.name,
        address=unit.email or "",
        language=UNIT_LANGUAGE,
        because=because,
        of=unit.name,
    )


def to_team(team: Team) -> Recipient:
    """A team's leader, in the leader's language when they are a user."""
    found = select(User).where(User.email == team.leader_email)
    user = session().scalar(found) if team.leader_email else None
    return Recipient(
        key=f"team:{team.id}",
        name=team.leader_name or team.name,
        address=team.leader_email,
        language=known(user.language if user else None) or UNIT_LANGUAGE,
        because="team_leader",
        of=team.name,
        user_id=user.id if user else None,
    )


def again(notice: Notice, delivery: Delivery) -> Recipient:
    """Whoever got that mail."""
    return Recipient(
        key=f"delivery:{delivery.id}",
        name=notice.recipient,
        address=delivery.address,
        language=notice.language,
        because=notice.because,
        of=notice.facts.get("of", ""),
        user_id=notice.user_id,
    )


def campaign_facts(campaign: Campaign, links: Links) -> Facts:
    """What every notice of a campaign says of it: its name, its page, whom to ask."""
    owner = session().get(User, campaign.owner_id) if campaign.owner_id else None
    return {
        "campaign": campaign.name,
        "theme": campaign.theme,
        "organization": campaign.organization.name,
        "url": links.to(f"/c/{campaign.slug}"),
        "contact": {"name": owner.name, "address": owner.email} if owner else None,
    }


def session_facts(occurrence: Occurrence, booking: Booking | None) -> Facts:
    """One session as mails and their calendars show it."""
    series, venue = occurrence.series, booking.space.venue if booking else None
    activity = series.activity
    return {
        "occurrence_id": occurrence.id,
        "uid": calendar.uid(occurrence.recurrence_id_local, occurrence.uid),
        "sequence": occurrence.sequence,
        "changed_at": occurrence.changed_at.isoformat(),
        "status": occurrence.status.value,
        "title": activity.title,
        "audiences": list(activity.audiences),
        "mode": activity.mode.value,
        "starts_at": occurrence.starts_at.isoformat(),
        "ends_at": occurrence.ends_at.isoformat(),
        "tz": series.tz,
        "venue": venue.name if venue else "",
        "space": booking.space.name if booking else "",
        "address": venue.address if venue else "",
    }


def listed(sessions: Iterable[Facts]) -> Facts:
    """Sessions in time's order, at most MOST_LISTED of them, and how many there are."""
    ordered = sorted(sessions, key=lambda s: (s["starts_at"], s["occurrence_id"]))
    return {"sessions": ordered[:MOST_LISTED], "count": len(ordered)}


def bookings(occurrence_ids: Sequence[int]) -> dict[int, Booking]:
    """Where each occurrence is to be held; one without an active booking is left out."""
    return _latest(occurrence_ids, (*HOLDING, BookingState.PLANNED))


def last_bookings(occurrence_ids: Sequence[int]) -> dict[int, Booking]:
    """Where each occurrence was to be held before it was cancelled."""
    return _latest(occurrence_ids, (*HOLDING, BookingState.PLANNED, BookingState.RELEASED))


def _latest(occurrence_ids: Sequence[int], states: Iterable[BookingState]) -> dict[int, Booking]:
    found = (
        select(Booking)
        .where(Booking.occurrence_id.in_(occurrence_ids), Booking.state.in_(states))
        .order_by(Booking.id)
    )
    return {row.occurrence_id: row for row in session().scalars(found)}

"""What follows from each kind of change: who hears of it, and the facts they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from events import observances
from events.campaigns.models import Campaign
from events.journal.models import Change
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.kernel.links import Links
from events.notices import audience, drafts
from events.notices.drafts import Draft, Facts, Recipient
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind
from events.schedule.models import Occurrence
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking, BookingRequest, Venue
from events.venues.states import BookingState
from events.volunteers.models import Signup
from events.volunteers.states import SignupState

CORRECTED = (
    NoticeKind.CHANGED,
    NoticeKind.CANCELLED,
    NoticeKind.POSTPONED,
    NoticeKind.SERIES_CHANGED,
)
HEARD = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)
REMIND_BEFORE = timedelta(hours=24)
OBSERVED = ("observed", "is_firm", "is_withdrawn")
TOLD_OF_A_CAMPAIGN = ("is_moved", "has_begun", "drafts", "left", "published", "published_count")


def _published(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Each unit hears of its activities, each team's leader of the team's shifts."""
    activities = audience.activities(change.facts["activity_ids"])
    occurrences = audience.occurrences([activity.id for activity in activities])
    if not occurrences:
        return
    places = drafts.bookings([o.id for o in occurrences])
    facts = drafts.campaign_facts(occurrences[0].activity.campaign, links)
    sessions = {o.id: drafts.session_facts(o, places.get(o.id)) for o in occurrences}

    def draft(recipient: Recipient, told: Iterable[Facts]) -> Draft:
        return Draft(
            kind=NoticeKind.PUBLISHED,
            key=f"{change.id}:published",
            recipient=recipient,
            title=change.title,
            facts=facts | drafts.listed(told),
            due_at=now,
        )

    for unit, roles in audience.units(activities).items():
        because = "lead_unit" if "lead" in roles.values() else "supporting_unit"
        theirs = [
            sessions[o.id] | {"role": roles[o.series.activity_id]}
            for o in occurrences
            if o.series.activity_id in roles
        ]
        if theirs:
            yield draft(drafts.to_unit(unit, because), theirs)
    for team, shifts in audience.shifts_by_team(list(sessions)).items():
        theirs = [
            sessions[shift.occurrence_id] | {"places": shift.places, "skills": list(shift.skills)}
            for shift in shifts
        ]
        yield draft(drafts.to_team(team), theirs)


def _requested(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """The venue is asked. A link that was renewed twice meanwhile is mailed once."""
    request = session().get(BookingRequest, change.facts["request_id"])
    asked = [b for b in request.bookings if b.state is BookingState.REQUESTED] if request else []
    if request is None or not asked:
        return
    sessions = [
        drafts.session_facts(booking.occurrence, booking)
        | {
            "attendance": booking.occurrence.activity.expected_attendance,
            "facilities": list(booking.occurrence.activity.needed_facilities),
            "from": booking.starts_at.isoformat(),
            "until": booking.ends_at.isoformat(),
        }
        for booking in asked
    ]
    facts = drafts.campaign_facts(request.campaign, links) | drafts.listed(sessions)
    yield Draft(
        kind=NoticeKind.BOOKING_REQUEST,
        key=f"request:{request.id}:{request.nonce[:8]}",
        recipient=drafts.to_venue(request.venue),
        title=request.venue.name,
        facts=facts
        | {
            "venue": request.venue.name,
            "request_id": request.id,
            "nonce": request.nonce,  # without the installation's secret it makes no link
            "answer_until": request.expires_at.isoformat(),
        },
        due_at=now,
    )


def _answered(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """The campaign's owner hears the answer; without one, its nearest organizers do."""
    states = dict.fromkeys(change.facts["confirmed"], BookingState.CONFIRMED)
    states |= dict.fromkeys(change.facts["declined"], BookingState.DECLINED)
    found = select(Booking).where(Booking.id.in_(states)).order_by(Booking.starts_at, Booking.id)
    by_campaign: dict[Campaign, list[Facts]] = {}
    venue = ""
    for booking in session().scalars(found):
        venue = booking.space.venue.name
        told = drafts.session_facts(booking.occurrence, booking) | {
            "booking_id": booking.id,
            "answer": states[booking.id].value,
            "reason": booking.reason,
        }
        by_campaign.setdefault(booking.occurrence.activity.campaign, []).append(told)
    for campaign, sessions in by_campaign.items():
        declined = sum(s["answer"] == BookingState.DECLINED for s in sessions)
        facts = drafts.campaign_facts(campaign, links) | drafts.listed(sessions)
        facts |= {
            "url": links.to(f"/campaigns/{campaign.id}"),
            "venue": venue,
            "by": change.actor_name,
            "declined": declined,
            "confirmed": len(sessions) - declined,
        }
        for user in audience.organizers(campaign):
            yield Draft(
                kind=NoticeKind.BOOKING_ANSWERED,
                key=f"{change.id}:booking_answered",
                recipient=drafts.to_user(user, "organizer", campaign.name),
                title=venue,
                facts=facts,
                due_at=now,
            )


def _moved(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Everybody who was told the old time hears the new one; volunteers are reminded anew."""
    occurrence = session().get(Occurrence, change.facts["occurrence_id"])
    if occurrence is None:
        return
    told = _seen(occurrence, drafts.bookings([occurrence.id]))
    told |= {name: change.facts[name] for name in ("starts_at", "ends_at")}
    facts = drafts.campaign_facts(occurrence.activity.campaign, links)
    facts |= {
        "sessions": [told],
        "place": change.facts["place"],
        "old_place": change.facts["old_place"],
        "old_starts_at": change.facts["old_starts_at"],
        "old_ends_at": change.facts["old_ends_at"],
    }
    yield from _to_all(NoticeKind.CHANGED, change, occurrence, facts, now)
    for signup in audience.signups(occurrence.id):
        yield from _reminder(signup, now, links)


def _cancelled(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Everybody who was told the time hears that it is off."""
    yield from _off(NoticeKind.CANCELLED, change, now, links)


def _postponed(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Everybody who was told the time hears that another one is being looked for."""
    yield from _off(NoticeKind.POSTPONED, change, now, links)


def _off(kind: NoticeKind, change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    occurrence = session().get(Occurrence, change.facts["occurrence_id"])
    if occurrence is None:
        return
    told = _seen(occurrence, drafts.last_bookings([occurrence.id]))
    facts = drafts.campaign_facts(occurrence.activity.campaign, links)
    facts |= {"sessions": [told], "reason": change.facts["reason"]}
    yield from _to_all(kind, change, occurrence, facts, now)


def _edited(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Everybody hears once of all sessions that changed for them; who comes is reminded anew."""
    facts = {fact["occurrence_id"]: fact for fact in change.facts["changes"]}
    rows = {row.id: row for row in audience.rows(Occurrence, list(facts))}
    if not rows:
        return
    now_at, last_at = drafts.bookings(list(rows)), drafts.last_bookings(list(rows))
    told = {
        n: _seen(row, last_at if row.status is OccurrenceStatus.CANCELLED else now_at)
        | _changed(facts[n])
        for n, row in rows.items()
    }
    activity = next(iter(rows.values())).activity
    common = drafts.campaign_facts(activity.campaign, links) | {"reason": change.facts["reason"]}
    theirs: dict[str, tuple[Recipient, set[int]]] = {}
    for n in rows:
        is_added = facts[n]["effect"] == "added"  # its venue is asked by a mail of its own
        whom = facts[n]["told"] | ({"venue_ids": []} if is_added else {})
        for recipient in audience.concerned(whom, activity):
            key = recipient.address.lower() or recipient.key
            theirs.setdefault(key, (recipient, set()))[1].add(n)
    for recipient, ids in theirs.values():
        yield Draft(
            kind=NoticeKind.SERIES_CHANGED,
            key=f"{change.id}:series_changed",
            recipient=recipient,
            title=change.title,
            facts=common | drafts.listed(told[n] for n in ids),
            due_at=now,
        )
    for n, fact in facts.items():
        if n in rows and fact["effect"] == "moved":
            for signup in audience.signups(n):
                yield from _reminder(signup, now, links)


def _taken_back(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Whoever was mailed the change that is undone, or has answered it, hears that it is."""
    rows = {row.id: row for row in audience.rows(Occurrence, change.facts["occurrence_ids"])}
    places = drafts.bookings(list(rows))
    mailed = (
        select(Delivery)
        .join(Delivery.notice)
        .where(
            Notice.change_id == change.facts["change_id"],
            Notice.kind.in_(CORRECTED),
            Delivery.state.in_(HEARD),
        )
        .order_by(Delivery.id)
    )
    drafted: list[tuple[str, Recipient, list[Occurrence]]] = []
    for delivery in session().scalars(mailed):
        notice = delivery.notice
        told = [s["occurrence_id"] for s in notice.facts["sessions"]]
        recipient = drafts.again(notice, delivery)
        drafted.append((str(delivery.id), recipient, [rows[n] for n in told if n in rows]))
    heard = {recipient.address.lower() for _, recipient, told in drafted if told}
    for venue, ids in _answered_since(change):
        if venue.contact_email.lower() not in heard:
            told = [rows[n] for n in ids if n in rows]
            drafted.append((f"venue:{venue.id}", drafts.to_venue(venue), told))
    for key, recipient, told in drafted:
        if told:
            yield Draft(
                kind=NoticeKind.TAKEN_BACK,
                key=f"{change.id}:taken_back:{key}",
                recipient=recipient,
                title=change.title,
                facts=drafts.campaign_facts(told[0].activity.campaign, links)
                | drafts.listed(_seen(row, places) for row in told),
                due_at=now,
            )
    for n in rows:
        for signup in audience.signups(n):
            yield from _reminder(signup, now, links)


def _answered_since(change: Change) -> Iterator[tuple[Venue, list[int]]]:
    """Venues that have answered what is taken back, with the sessions."""
    by_venue: dict[int, list[int]] = {}
    for venue_id, occurrence_id in change.facts.get("answered", ()):
        by_venue.setdefault(venue_id, []).append(occurrence_id)
    for venue in audience.rows(Venue, list(by_venue)):
        yield venue, by_venue[venue.id]


def _changed(fact: Facts) -> Facts:
    """What became of one session, and when and where it was to be."""
    names = ("effect", "starts_at", "ends_at", "old_starts_at", "old_ends_at", "old_place")
    return {name: fact[name] for name in names if name in fact}


def _signed_up(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    signup = session().get(Signup, change.facts["signup_id"])
    if signup is None or signup.state is SignupState.WITHDRAWN:
        return
    yield Draft(
        kind=NoticeKind.SIGNED_UP,
        key=f"{change.id}:signed_up",
        recipient=drafts.to_user(signup.user, "volunteer"),
        title=signup.shift.occurrence.activity.title,
        facts=_signup_facts(signup, links) | {"is_reminded": _is_reminded(signup, now)},
        due_at=now,
    )
    yield from _reminder(signup, now, links)


def _announced(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Who answers for a campaign hears what moved with the observance, and what did not."""
    observance = observances.get(change.facts["observance_id"])
    for told in change.facts["campaigns"]:
        campaign = session().get(Campaign, told["campaign_id"])
        if campaign is None:
            continue
        facts = drafts.campaign_facts(campaign, links) | {
            "url": links.to(f"/campaigns/{campaign.id}"),
            "observance": {"zh": observance.name_zh, "en": observance.name_en},
            "period": [campaign.starts_on.isoformat(), campaign.ends_on.isoformat()],
            "old_period": [told["old_starts_on"], told["old_ends_on"]],
            **{name: change.facts.get(name) for name in OBSERVED},
            **{name: told[name] for name in TOLD_OF_A_CAMPAIGN},
        }
        for user in audience.organizers(campaign):
            yield Draft(
                kind=NoticeKind.OBSERVANCE_ANNOUNCED,
                key=f"{change.id}:observance_announced:{campaign.id}",
                recipient=drafts.to_user(user, "organizer", campaign.name),
                title=campaign.name,
                facts=facts,
                due_at=now,
            )


def _days_entered(change: Change, now: datetime, links: Links) -> Iterator[Draft]:
    """Who answers for a campaign hears what other holidays did to it, and what waits for a word."""
    for told in change.facts.get("campaigns", ()):
        campaign = session().get(Campaign, told["campaign_id"])
        if campaign is None:
            continue
        facts = drafts.campaign_facts(campaign, links) | told | {"year": change.facts["year"]}
        facts["url"] = links.to(f"/day-changes?campaign={campaign.id}")
        for user in audience.organizers(campaign):
            yield Draft(
                kind=NoticeKind.DAYS_ENTERED,
                key=f"{change.id}:days_entered:{campaign.id}",
                recipient=drafts.to_user(user, "organizer", campaign.name),
                title=campaign.name,
                facts=facts,
                due_at=now,
            )


COMPOSERS: dict[ChangeKind, Callable[[Change, datetime, Links], Iterator[Draft]]] = {
    ChangeKind.ACTIVITY_PUBLISHED: _published,
    ChangeKind.BOOKINGS_REQUESTED: _requested,
    ChangeKind.LINK_RENEWED: _requested,
    ChangeKind.BOOKINGS_ANSWERED: _answered,
    ChangeKind.OCCURRENCE_MOVED: _moved,
    ChangeKind.OCCURRENCE_CANCELLED: _cancelled,
    ChangeKind.OCCURRENCE_POSTPONED: _postponed,
    ChangeKind.CHANGE_UNDONE: _taken_back,
    ChangeKind.SERIES_EDITED: _edited,
    ChangeKind.SERIES_EXTENDED: _edited,
    ChangeKind.SHIFT_SIGNED_UP: _signed_up,
    ChangeKind.OBSERVANCE_ANNOUNCED: _announced,
    ChangeKind.OBSERVANCE_WITHDRAWN: _announced,
    ChangeKind.DAYS_SAVED: _days_entered,
}


def _seen(occurrence: Occurrence, places: dict[int, Booking]) -> Facts:
    return drafts.session_facts(occurrence, places.get(occurrence.id))


def _to_all(
    kind: NoticeKind, change: Change, occurrence: Occurrence, facts: Facts, now: datetime
) -> Iterator[Draft]:
    """One draft for everybody concerned; an address that has two reasons hears it once."""
    heard: set[str] = set()
    for recipient in audience.concerned(change.facts["told"], occurrence.activity):
        address = recipient.address.lower()
        if address and address in heard:
            continue
        heard.add(address)
        yield Draft(
            kind=kind,
            key=f"{change.id}:{kind}",
            recipient=recipient,
            title=change.title,
            facts=facts,
            due_at=now,
        )


def _signup_facts(signup: Signup, links: Links) -> Facts:
    occurrence = signup.shift.occurrence
    told = _seen(occurrence, drafts.bookings([occurrence.id]))
    facts = drafts.campaign_facts(occurrence.activity.campaign, links)
    return facts | {
        "sessions": [told],
        "signup_id": signup.id,
        "team": signup.shift.team.name if signup.shift.team else "",
        "skills": list(signup.shift.skills),
        "url": links.to("/me"),
    }


def _reminder(signup: Signup, now: datetime, links: Links) -> Iterator[Draft]:
    """A day ahead; when it is less, what is told now says enough. A move makes another key."""
    occurrence = signup.shift.occurrence
    if not _is_reminded(signup, now):
        return
    yield Draft(
        kind=NoticeKind.SHIFT_REMINDER,
        key=f"reminder:{signup.id}:{occurrence.starts_at:%Y%m%dT%H%M%SZ}",
        recipient=drafts.to_user(signup.user, "volunteer"),
        title=occurrence.activity.title,
        facts=_signup_facts(signup, links),
        due_at=occurrence.starts_at - REMIND_BEFORE,
    )


def _is_reminded(signup: Signup, now: datetime) -> bool:
    return signup.shift.occurrence.starts_at - REMIND_BEFORE > now

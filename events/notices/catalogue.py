"""Every kind of notice on one page: how it is sent, to whom and why, until when it is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select

from events.journal.models import Change, Touch
from events.journal.states import ChangeKind
from events.kernel.db import session
from events.notices.models import Notice
from events.notices.states import NoticeKind, Policy
from events.schedule.models import Occurrence
from events.schedule.states import OFF, OccurrenceStatus
from events.venues.models import Booking, BookingRequest
from events.venues.states import BookingState
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState


def _(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


WHO = {
    "venue_contact": _("venue contact"),
    "organizer": _("organizer"),
    "lead_unit": _("lead unit"),
    "supporting_unit": _("responsible unit"),
    "team_leader": _("team leader"),
    "volunteer": _("volunteer"),
    "account": _("account"),
}
WHY = {
    "venue_contact": _("You get this mail as the contact of %(of)s."),
    "organizer": _("You get this mail because you organize %(of)s."),
    "lead_unit": _("You get this mail because %(of)s is lead unit of this activity."),
    "supporting_unit": _("You get this mail because %(of)s is responsible unit of this activity."),
    "team_leader": _("You get this mail as the leader of %(of)s."),
    "volunteer": _("You get this mail because you signed up as a volunteer."),
    "account": _("You get this mail because a new password was asked for with this address."),
}


OVERTAKING = (
    ChangeKind.OCCURRENCE_MOVED,
    ChangeKind.OCCURRENCE_CANCELLED,
    ChangeKind.OCCURRENCE_POSTPONED,
    ChangeKind.SERIES_EDITED,
    ChangeKind.CHANGE_UNDONE,
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One kind. A smaller priority is sent first.

    policy: what happens when the worker dies between handing over and hearing the answer;
    because: who may get it (words of WHO); expires_at(facts, now): later it is worthless;
    is_obsolete(notice, now): asked again right before sending, inside the transaction;
    is_secret: facts are blanked once it is sent or given up.
    """

    label: str
    policy: Policy
    priority: int
    because: tuple[str, ...]
    expires_at: Callable[[dict[str, Any], datetime], datetime]
    is_obsolete: Callable[[Notice, datetime], bool]
    is_secret: bool = False


def _last_start(facts: dict[str, Any], now: datetime) -> datetime:
    return max((_moment(s["starts_at"]) for s in facts["sessions"]), default=now)


def _last_end(facts: dict[str, Any], now: datetime) -> datetime:
    return max((_moment(s["ends_at"]) for s in facts["sessions"]), default=now)


def _link_end(facts: dict[str, Any], now: datetime) -> datetime:
    return min(_last_start(facts, now), _moment(facts["answer_until"]))


def _in_two_weeks(_facts: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(days=14)


def _in_an_hour(_facts: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(hours=1)


def _is_answered(notice: Notice, _now: datetime) -> bool:
    """A newer link was made, or no booking of the request waits for an answer any more."""
    request = session().get(BookingRequest, notice.facts["request_id"])
    if request is None or request.nonce != notice.facts["nonce"]:
        return True
    waits = exists().where(
        Booking.request_id == request.id, Booking.state == BookingState.REQUESTED
    )
    return not session().scalar(select(waits))


def _is_answered_otherwise(notice: Notice, _now: datetime) -> bool:
    """None of the bookings still has the answer that the notice tells."""
    answers = {s["booking_id"]: s["answer"] for s in notice.facts["sessions"]}
    found = select(Booking.id, Booking.state).where(Booking.id.in_(answers))
    return not any(answers[row.id] == row.state for row in session().execute(found))


def _is_all_cancelled(notice: Notice, _now: datetime) -> bool:
    ids = [s["occurrence_id"] for s in notice.facts["sessions"]]
    goes_on = exists().where(Occurrence.id.in_(ids), Occurrence.status.not_in(OFF))
    return not session().scalar(select(goes_on))


def _is_changed_again(notice: Notice, _now: datetime) -> bool:
    """A later change of the same session tells what is true now; or its volunteer withdrew."""
    return _is_outdated(notice, notice.facts["sessions"][0]["occurrence_id"])


def _is_all_changed_again(notice: Notice, _now: datetime) -> bool:
    """As above, for each session that the notice tells of."""
    ids = [told["occurrence_id"] for told in notice.facts["sessions"]]
    return all(_is_outdated(notice, each) for each in ids)


def _is_outdated(notice: Notice, occurrence_id: int) -> bool:
    scope = f"occurrence:{occurrence_id}"
    touched = exists().where(Touch.change_id == Change.id, Touch.scope == scope)
    later = exists().where(
        or_(Change.subject == scope, touched),
        Change.kind.in_(OVERTAKING),
        Change.id > notice.change_id,
    )
    if session().scalar(select(later)):
        return True
    return notice.because == "volunteer" and not _comes(notice.user_id, occurrence_id)


def _is_on_again(notice: Notice, _now: datetime) -> bool:
    occurrence = session().get(Occurrence, notice.facts["sessions"][0]["occurrence_id"])
    return occurrence is None or occurrence.status is not OccurrenceStatus.CANCELLED


def _has_new_date(notice: Notice, _now: datetime) -> bool:
    occurrence = session().get(Occurrence, notice.facts["sessions"][0]["occurrence_id"])
    return occurrence is None or occurrence.status is not OccurrenceStatus.POSTPONED


def _is_withdrawn_or_moved(notice: Notice, _now: datetime) -> bool:
    """The volunteer gave the place back, or the session is cancelled or at another time."""
    signup = session().get(Signup, notice.facts["signup_id"])
    if signup is None or signup.state is SignupState.WITHDRAWN:
        return True
    occurrence = signup.shift.occurrence
    if occurrence.status in OFF:
        return True
    return occurrence.starts_at != _moment(notice.facts["sessions"][0]["starts_at"])


ENTERED = (
    ChangeKind.OBSERVANCE_ANNOUNCED,
    ChangeKind.OBSERVANCE_WITHDRAWN,
    ChangeKind.DAYS_SAVED,
)


def _is_announced_again(notice: Notice, _now: datetime) -> bool:
    """The same was entered once more since; that change tells it."""
    if notice.change is None:
        return False
    later = exists().where(
        Change.subject == notice.change.subject,
        Change.kind.in_(ENTERED),
        Change.id > notice.change.id,
    )
    return bool(session().scalar(select(later)))


def _is_forgotten(notice: Notice, _now: datetime) -> bool:
    """The link was blanked: it was sent, or given up."""
    return "link" not in notice.facts


def _comes(user_id: int | None, occurrence_id: int) -> bool:
    found = exists().where(
        Signup.shift_id == Shift.id,
        Shift.occurrence_id == occurrence_id,
        Signup.user_id == user_id,
        Signup.state == SignupState.SIGNED_UP,
    )
    return bool(session().scalar(select(found)))


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


CATALOGUE: dict[NoticeKind, Entry] = {
    NoticeKind.PASSWORD_RESET: Entry(
        label=_("Password reset"),
        policy=Policy.RETRY,
        priority=0,
        because=("account",),
        expires_at=_in_an_hour,
        is_obsolete=_is_forgotten,
        is_secret=True,
    ),
    NoticeKind.CANCELLED: Entry(
        label=_("Cancellation"),
        policy=Policy.RETRY,
        priority=1,
        because=("volunteer", "venue_contact", "team_leader", "lead_unit"),
        expires_at=_last_end,
        is_obsolete=_is_on_again,
    ),
    NoticeKind.POSTPONED: Entry(
        label=_("Postponement"),
        policy=Policy.RETRY,
        priority=2,
        because=("volunteer", "venue_contact", "team_leader", "lead_unit"),
        expires_at=_last_end,
        is_obsolete=_has_new_date,
    ),
    NoticeKind.CHANGED: Entry(
        label=_("Change of time or place"),
        policy=Policy.RETRY,
        priority=3,
        because=("volunteer", "venue_contact", "team_leader", "lead_unit"),
        expires_at=_last_end,
        is_obsolete=_is_changed_again,
    ),
    NoticeKind.SERIES_CHANGED: Entry(
        label=_("Changes of several sessions"),
        policy=Policy.RETRY,
        priority=4,
        because=("volunteer", "venue_contact", "team_leader", "lead_unit"),
        expires_at=_last_end,
        is_obsolete=_is_all_changed_again,
    ),
    NoticeKind.TAKEN_BACK: Entry(
        label=_("Correction"),
        policy=Policy.RETRY,
        priority=5,
        because=("volunteer", "venue_contact", "team_leader", "lead_unit"),
        expires_at=_last_end,
        is_obsolete=_is_all_changed_again,
    ),
    NoticeKind.SHIFT_REMINDER: Entry(
        label=_("Reminder"),
        policy=Policy.PARK,
        priority=6,
        because=("volunteer",),
        expires_at=_last_start,
        is_obsolete=_is_withdrawn_or_moved,
    ),
    NoticeKind.BOOKING_REQUEST: Entry(
        label=_("Request to a venue"),
        policy=Policy.RETRY,
        priority=7,
        because=("venue_contact",),
        expires_at=_link_end,
        is_obsolete=_is_answered,
    ),
    NoticeKind.SIGNED_UP: Entry(
        label=_("Confirmation of a sign-up"),
        policy=Policy.RETRY,
        priority=8,
        because=("volunteer",),
        expires_at=_last_end,
        is_obsolete=_is_withdrawn_or_moved,
    ),
    NoticeKind.BOOKING_ANSWERED: Entry(
        label=_("Answer of a venue"),
        policy=Policy.RETRY,
        priority=9,
        because=("organizer",),
        expires_at=_in_two_weeks,
        is_obsolete=_is_answered_otherwise,
    ),
    NoticeKind.OBSERVANCE_ANNOUNCED: Entry(
        label=_("Announced days"),
        policy=Policy.RETRY,
        priority=10,
        because=("organizer",),
        expires_at=_in_two_weeks,
        is_obsolete=_is_announced_again,
    ),
    NoticeKind.DAYS_ENTERED: Entry(
        label=_("Holidays of a year"),
        policy=Policy.RETRY,
        priority=11,
        because=("organizer",),
        expires_at=_in_two_weeks,
        is_obsolete=_is_announced_again,
    ),
    NoticeKind.PUBLISHED: Entry(
        label=_("Publication"),
        policy=Policy.PARK,
        priority=12,
        because=("lead_unit", "supporting_unit", "team_leader"),
        expires_at=_last_end,
        is_obsolete=_is_all_cancelled,
    ),
}

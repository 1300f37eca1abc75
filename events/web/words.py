"""What a state is called and how its chip looks: icon and word, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from events.campaigns.states import ActivityState, Measure, Mode
from events.identity.states import Kind, Level, Role
from events.imports.states import ImportState, TableKind
from events.notices.states import DeliveryState, NoticeKind
from events.observances import Status
from events.planning.states import PlanState
from events.schedule.states import OccurrenceStatus
from events.venues.states import BookingState
from events.volunteers.states import SignupState


@dataclass(frozen=True)
class Chip:
    """A state as a chip: `tone` is ok, wait, bad, info, fest, brand or off; `icon` of Bootstrap."""

    tone: str
    icon: str
    word: LazyString


# By type first: members of two StrEnums with the same value are equal.
CHIPS: dict[type[StrEnum], dict[StrEnum, Chip]] = {
    ActivityState: {
        ActivityState.DRAFT: Chip("off", "pencil", _("Draft")),
        ActivityState.PUBLISHED: Chip("ok", "broadcast", _("Published")),
        ActivityState.CANCELLED: Chip("bad", "x-circle", _("Cancelled")),
    },
    OccurrenceStatus: {
        OccurrenceStatus.TENTATIVE: Chip("wait", "hourglass-split", _("Tentative")),
        OccurrenceStatus.CONFIRMED: Chip("ok", "check-circle", _("Confirmed")),
        OccurrenceStatus.CANCELLED: Chip("bad", "x-circle", _("Cancelled")),
        OccurrenceStatus.POSTPONED: Chip("wait", "pause-circle", _("Postponed")),
    },
    BookingState: {
        BookingState.PLANNED: Chip("info", "geo-alt", _("Planned")),
        BookingState.REQUESTED: Chip("wait", "hourglass-split", _("Waiting for the venue")),
        BookingState.CONFIRMED: Chip("ok", "check-circle", _("Venue confirmed")),
        BookingState.DECLINED: Chip("bad", "slash-circle", _("Venue declined")),
        BookingState.RELEASED: Chip("off", "arrow-counterclockwise", _("Taken back")),
    },
    SignupState: {
        SignupState.SIGNED_UP: Chip("ok", "person-check", _("Signed up")),
        SignupState.WITHDRAWN: Chip("off", "person-dash", _("Withdrawn")),
    },
    Status: {
        Status.CONFIRMED: Chip("ok", "check-circle", _("Dates fixed")),
        Status.PROVISIONAL: Chip("wait", "question-circle", _("Provisional")),
    },
    PlanState: {
        PlanState.WAITING: Chip("wait", "hourglass-split", _("Waiting to be planned")),
        PlanState.SOLVING: Chip("info", "arrow-repeat", _("Being planned")),
        PlanState.DONE: Chip("ok", "check-circle", _("Plan found")),
        PlanState.STOPPED: Chip("off", "stop-circle", _("Ended by hand")),
        PlanState.FAILED: Chip("bad", "exclamation-octagon", _("Planning failed")),
    },
    ImportState: {
        ImportState.WAITING: Chip("wait", "hourglass-split", _("Waiting for its check")),
        ImportState.CHECKING: Chip("info", "arrow-repeat", _("Being checked")),
        ImportState.READY: Chip("info", "eye", _("Ready to confirm")),
        ImportState.CONFIRMED: Chip("info", "arrow-repeat", _("Being imported")),
        ImportState.DONE: Chip("ok", "check-circle", _("Imported")),
        ImportState.REFUSED: Chip("bad", "x-circle", _("Not possible")),
        ImportState.DISCARDED: Chip("off", "trash", _("Discarded")),
    },
    DeliveryState: {
        DeliveryState.READY: Chip("info", "clock", _("Due")),
        DeliveryState.LEASED: Chip("info", "arrow-repeat", _("Being sent")),
        DeliveryState.SENDING: Chip("info", "send", _("Being sent")),
        DeliveryState.SENT: Chip("ok", "check-circle", _("Sent")),
        DeliveryState.UNKNOWN: Chip("wait", "question-circle", _("Not known whether it arrived")),
        DeliveryState.DEAD: Chip("bad", "exclamation-octagon", _("Failed")),
        DeliveryState.EXPIRED: Chip("off", "clock-history", _("Too late")),
        DeliveryState.SUPERSEDED: Chip("off", "arrow-return-right", _("No longer needed")),
        DeliveryState.HELD: Chip("wait", "pause-circle", _("Kept back")),
    },
}

WORDS: dict[type[StrEnum], dict[StrEnum, LazyString]] = {
    Mode: {
        Mode.ONSITE: _("On site"),
        Mode.ONLINE: _("Online"),
        Mode.HYBRID: _("On site and online"),
    },
    Measure: {
        Measure.ACTIVITIES: _("Activities"),
        Measure.SESSIONS: _("Sessions"),
        Measure.PARTICIPANTS: _("Participants"),
        Measure.VOLUNTEERS: _("Volunteer places"),
    },
    Level: {
        Level.COUNTRY: _("Country"),
        Level.PROVINCE: _("Province"),
        Level.CITY: _("City"),
        Level.DISTRICT: _("District or county"),
        Level.TOWN: _("Town"),
    },
    Kind: {
        Kind.REGION: _("Region"),
        Kind.ZONE: _("Special zone"),
        Kind.DEPARTMENT: _("Department"),
        Kind.GROUP: _("Collective name"),
        Kind.SOCIETY: _("Society"),
        Kind.UNIVERSITY: _("University"),
        Kind.ENTERPRISE: _("Enterprise"),
        Kind.HOSPITAL: _("Hospital"),
        Kind.SCHOOL: _("School"),
        Kind.STATION: _("Station"),
    },
    Role: {
        Role.ADMIN: _("Administrator"),
        Role.ORGANIZER: _("Organizer"),
        Role.OFFICER: _("Liaison officer"),
        Role.OBSERVER: _("Observer"),
        Role.KEEPER: _("Venue keeper"),
        Role.LEADER: _("Team leader"),
        Role.VOLUNTEER: _("Volunteer"),
    },
    TableKind: {
        TableKind.ORGANIZATIONS: _("Organizations"),
        TableKind.VENUES: _("Venues"),
        TableKind.TEAMS: _("Volunteer teams"),
        TableKind.EXPERTS: _("Experts"),
        TableKind.KITS: _("Touring kits"),
        TableKind.ACTIVITIES: _("Activities"),
    },
    NoticeKind: {
        NoticeKind.BOOKING_REQUEST: _("Booking request"),
        NoticeKind.BOOKING_ANSWERED: _("A venue's answer"),
        NoticeKind.PUBLISHED: _("Newly published"),
        NoticeKind.CHANGED: _("Change of time or place"),
        NoticeKind.CANCELLED: _("Cancellation"),
        NoticeKind.SHIFT_REMINDER: _("Shift reminder"),
        NoticeKind.SIGNED_UP: _("Sign-up receipt"),
        NoticeKind.OBSERVANCE_ANNOUNCED: _("Announced days of an observance"),
        NoticeKind.DAYS_ENTERED: _("Holidays of a year"),
        NoticeKind.PASSWORD_RESET: _("Password reset"),
    },
}


def chip_of(state: StrEnum) -> Chip:
    """How to show a state."""
    return CHIPS[type(state)][state]


def word(member: StrEnum) -> LazyString:
    """What a member of any of these vocabularies is called."""
    found = WORDS.get(type(member))
    return found[member] if found else chip_of(member).word

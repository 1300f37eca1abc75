"""Who changed what and when, in words: one sentence a kind of change."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from events.journal.models import Change
from events.journal.states import ChangeKind

WORDS: dict[ChangeKind, LazyString] = {
    ChangeKind.CAMPAIGN_SAVED: _("saved the campaign"),
    ChangeKind.ACTIVITY_SAVED: _("saved the activity"),
    ChangeKind.ACTIVITIES_PLACED: _("gave activities times and places"),
    ChangeKind.ACTIVITY_PUBLISHED: _("published activities"),
    ChangeKind.BOOKINGS_REQUESTED: _("asked the venue for bookings"),
    ChangeKind.BOOKINGS_ANSWERED: _("answered bookings"),
    ChangeKind.OCCURRENCE_MOVED: _("moved a session"),
    ChangeKind.OCCURRENCE_CANCELLED: _("cancelled a session"),
    ChangeKind.OCCURRENCE_POSTPONED: _("put a session off"),
    ChangeKind.CHANGE_UNDONE: _("took the last change back"),
    ChangeKind.SERIES_EDITED: _("gave a series other times or places"),
    ChangeKind.SERIES_EXTENDED: _("added sessions to a series without end"),
    ChangeKind.SHIFT_SIGNED_UP: _("signed up for a shift"),
    ChangeKind.SHIFT_WITHDRAWN: _("gave a place on a shift back"),
    ChangeKind.EXPERT_ALLOTTED: _("named an expert for sessions"),
    ChangeKind.EXPERT_RELEASED: _("took an expert off sessions"),
    ChangeKind.LINK_RENEWED: _("asked for a new link"),
    ChangeKind.FEED_RESET: _("gave a calendar a new address"),
    ChangeKind.FILTER_SAVED: _("saved a selection as a calendar"),
    ChangeKind.FILTER_DROPPED: _("removed a saved selection"),
    ChangeKind.IMPORT_APPLIED: _("imported a file"),
    ChangeKind.ORGANIZATION_SAVED: _("saved the organization"),
    ChangeKind.VENUE_SAVED: _("saved the venue"),
    ChangeKind.CALENDAR_ADDED: _("followed another calendar"),
    ChangeKind.CALENDAR_READ: _("read other blocked times from the venue's calendar"),
    ChangeKind.CALENDAR_DROPPED: _("removed a calendar that was followed"),
    ChangeKind.USER_ADDED: _("added a user"),
    ChangeKind.USER_CHANGED: _("changed a user's roles"),
    ChangeKind.DAYS_SAVED: _("entered a year's holidays"),
    ChangeKind.OBSERVANCE_ANNOUNCED: _("entered this year's dates of the observance"),
    ChangeKind.OBSERVANCE_WITHDRAWN: _("withdrew this year's dates of the observance"),
}


def said(change: Change) -> LazyString:
    """What a change was: "moved a session"."""
    return WORDS[change.kind]

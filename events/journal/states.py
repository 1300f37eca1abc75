"""Every kind of change that Kepu tells anyone about."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """Verb of a change; what its facts hold stands in the flow that records it."""

    CAMPAIGN_SAVED = "campaign.saved"
    ACTIVITY_SAVED = "activity.saved"
    ACTIVITIES_PLACED = "activities.placed"
    ACTIVITY_PUBLISHED = "activity.published"
    BOOKINGS_REQUESTED = "bookings.requested"
    BOOKINGS_ANSWERED = "bookings.answered"
    OCCURRENCE_MOVED = "occurrence.moved"
    OCCURRENCE_CANCELLED = "occurrence.cancelled"
    OCCURRENCE_POSTPONED = "occurrence.postponed"
    CHANGE_UNDONE = "change.undone"
    SERIES_EDITED = "series.edited"
    SERIES_EXTENDED = "series.extended"
    SHIFT_SIGNED_UP = "shift.signed_up"
    SHIFT_WITHDRAWN = "shift.withdrawn"
    EXPERT_ALLOTTED = "expert.allotted"
    EXPERT_RELEASED = "expert.released"
    LINK_RENEWED = "link.renewed"
    FEED_RESET = "feed.reset"
    FILTER_SAVED = "filter.saved"
    FILTER_DROPPED = "filter.dropped"
    IMPORT_APPLIED = "import.applied"
    ORGANIZATION_SAVED = "organization.saved"
    VENUE_SAVED = "venue.saved"
    CALENDAR_ADDED = "calendar.added"
    CALENDAR_READ = "calendar.read"
    CALENDAR_DROPPED = "calendar.dropped"
    USER_ADDED = "user.added"
    USER_CHANGED = "user.changed"
    DAYS_SAVED = "days.saved"
    OBSERVANCE_ANNOUNCED = "observance.announced"
    OBSERVANCE_WITHDRAWN = "observance.withdrawn"

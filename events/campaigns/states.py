"""Words of campaigns."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """How people take part."""

    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class ActivityState(StrEnum):
    """How far an activity is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Measure(StrEnum):
    """What a campaign's target counts."""

    ACTIVITIES = "activities"
    SESSIONS = "sessions"
    PARTICIPANTS = "participants"
    VOLUNTEERS = "volunteers"

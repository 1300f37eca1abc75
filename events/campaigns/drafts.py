"""What an organizer says of a campaign and of an activity, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from events.campaigns.states import Measure, Mode


@dataclass(frozen=True, kw_only=True)
class CampaignDraft:
    """What an organizer says of a campaign."""

    name: str
    year: int
    starts_on: date
    ends_on: date
    warmup_days: int = 0
    theme: str = ""
    description: str = ""
    observance_id: str | None = None
    owner_id: int | None = None
    targets: tuple[tuple[Measure, str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ActivityDraft:
    """What an organizer says of an activity: all but when and where."""

    code: str
    title: str
    duration_min: int
    format: str = ""
    mode: Mode = Mode.ONSITE
    description: str = ""
    audiences: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    priority: int = 2
    responsibility: str = ""
    observance_id: str | None = None
    needs_review: bool = False
    is_outdoor: bool = False
    expected_attendance: int = 0
    wish_from: date | None = None
    wish_until: date | None = None
    wish_weekdays: list[int] = field(default_factory=list)
    wish_starts: time | None = None
    wish_ends: time | None = None
    wish_rule: str = ""
    venue_kinds: list[str] = field(default_factory=list)
    needed_facilities: list[str] = field(default_factory=list)
    needed_skills: list[str] = field(default_factory=list)
    volunteers_needed: int = 0
    expert_fields: list[str] = field(default_factory=list)
    kit_kinds: list[str] = field(default_factory=list)

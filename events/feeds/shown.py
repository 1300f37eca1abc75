"""What a calendar is made of: plain values, between the rows (entries.py) and the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from events.campaigns.states import Mode
from events.feeds.states import FeedKind, Form
from events.schedule.states import OccurrenceStatus
from events.venues.states import BookingState


@dataclass(frozen=True, kw_only=True)
class Current:
    """A feed as it is now: all that a poll has to know."""

    id: int
    kind: FeedKind
    subject_id: int
    word: str
    form: Form
    name: str
    nonce: str
    revision: int
    revised_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShownActivity:
    """What calendars say of an activity."""

    id: int
    title: str
    format: str
    mode: Mode
    audiences: tuple[str, ...]
    themes: tuple[str, ...]
    lead: str
    campaign_slug: str
    campaign_theme: str


class Place(NamedTuple):
    """Where a session is; lat and lon in WGS-84."""

    venue: str
    space: str
    address: str
    lat: float | None
    lon: float | None
    state: BookingState


class Shown(NamedTuple):
    """One occurrence as a feed shows it. roles: the skills of the subscriber's shifts there.

    speakers: the experts who come, by name.
    slot_local: the instance of its series that it stands for; tz: the zone of that series.
    """

    uid: str
    recurrence_id_local: datetime
    series_id: int
    slot_local: datetime
    tz: str
    starts_at: datetime
    ends_at: datetime
    status: OccurrenceStatus
    sequence: int
    changed_at: datetime
    activity: ShownActivity
    places: tuple[Place, ...]
    roles: tuple[str, ...]
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """A series as its rule says it, wall time of `tz`.

    sequence: rises with every change of the series or of any of its sessions.
    """

    uid: str
    tz: str
    starts_local: datetime
    duration_min: int
    rule: str
    expanded_until_local: datetime | None
    sequence: int

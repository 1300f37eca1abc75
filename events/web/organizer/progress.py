"""How far campaigns are: activities published, places confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from events.campaigns import queries as campaigns
from events.campaigns.models import Campaign
from events.campaigns.states import ActivityState
from events.venues import queries as venues
from events.venues.states import BookingState

_ASKED = (BookingState.CONFIRMED, BookingState.REQUESTED, BookingState.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One campaign with its activities and bookings counted."""

    campaign: Campaign
    drafts: int
    published: int
    confirmed: int
    asked: int

    @property
    def total(self) -> int:
        """Its activities."""
        return self.drafts + self.published


def progress_of(rows: list[Campaign]) -> list[Progress]:
    """In the order given; two queries, however many."""
    ids = [row.id for row in rows]
    activities, bookings = campaigns.counts(ids), venues.booking_counts(ids)
    return [_progress(row, activities[row.id], bookings[row.id]) for row in rows]


def _progress(
    campaign: Campaign,
    activities: dict[ActivityState, int],
    bookings: dict[BookingState, int],
) -> Progress:
    return Progress(
        campaign=campaign,
        drafts=activities.get(ActivityState.DRAFT, 0),
        published=activities.get(ActivityState.PUBLISHED, 0),
        confirmed=bookings.get(BookingState.CONFIRMED, 0),
        asked=sum(bookings.get(state, 0) for state in _ASKED),
    )

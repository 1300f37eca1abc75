"""Whose feeds name a venue, a unit or an expert: who renames one raises these audiences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, select

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds.states import FeedKind
from events.kernel.db import session
from events.resources.models import Allocation
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking, Space
from events.venues.states import BookingState
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState

CHUNK = 500


def scopes_showing_venues(venue_ids: Iterable[int]) -> list[str]:
    """Audiences whose feeds name these venues: whoever renames or moves one, raises them all."""
    return sorted(
        {
            scope
            for ids in _chunks(venue_ids)
            for scope in (
                *(f"venue:{venue_id}" for venue_id in ids),
                *_scopes(select(Booking.occurrence_id).join(Space).where(Space.venue_id.in_(ids))),
            )
        }
    )


def scopes_showing_organizations(organization_ids: Iterable[int]) -> list[str]:
    """Audiences whose feeds name these organizations as the lead unit."""
    return sorted(
        {
            scope
            for ids in _chunks(organization_ids)
            for scope in _scopes(
                select(Occurrence.id).join(Series).join(Activity).where(Activity.lead_id.in_(ids))
            )
        }
    )


def scopes_showing_experts(expert_ids: Iterable[int]) -> list[str]:
    """Audiences whose feeds name these experts."""
    return sorted(
        {
            scope
            for ids in _chunks(expert_ids)
            for scope in (
                *(f"expert:{expert_id}" for expert_id in ids),
                *_scopes(select(Allocation.occurrence_id).where(Allocation.expert_id.in_(ids))),
            )
        }
    )


def _scopes(occurrence_ids: Select[Any]) -> Iterator[str]:
    """Audiences of all feeds in which any of these occurrences may stand."""
    published = Activity.state != ActivityState.DRAFT
    campaigns = select(Activity.campaign_id).join(Series).join(Occurrence).where(published)
    activities = select(Activity.id).join(Series).join(Occurrence).where(published)
    venues = select(Space.venue_id).join(Booking).where(Booking.state != BookingState.PLANNED)
    teams = select(Shift.team_id).where(Shift.team_id.is_not(None))
    volunteers = select(Signup.user_id).join(Shift).where(Signup.state == SignupState.SIGNED_UP)
    for kind, subjects, occurrence in (
        (FeedKind.CAMPAIGN, campaigns, Occurrence.id),
        (FeedKind.ACTIVITY, activities, Occurrence.id),
        (FeedKind.VENUE, venues, Booking.occurrence_id),
        (FeedKind.EXPERT, select(Allocation.expert_id), Allocation.occurrence_id),
        (FeedKind.TEAM, teams, Shift.occurrence_id),
        (FeedKind.VOLUNTEER, volunteers, Shift.occurrence_id),
    ):
        wanted = subjects.where(occurrence.in_(occurrence_ids)).distinct()
        yield from (f"{kind}:{subject}" for subject in session().scalars(wanted))


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    known = sorted(set(ids))
    return (known[at : at + CHUNK] for at in range(0, len(known), CHUNK))

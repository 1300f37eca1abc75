"""Which sessions stand in a feed, as SQL: whole activities (reach.py), or one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds import reach
from events.feeds.shown import Current
from events.feeds.states import FeedKind, Filter, Form
from events.kernel.db import session
from events.resources.models import Allocation
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState

PAST = timedelta(days=60)  # how long a finished session stays; a campaign's stay for good
GONE = (BookingState.RELEASED, BookingState.DECLINED)
OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)


def occurrence_ids(feed: Current, form: Form) -> Select[int]:
    """SQL: the ids of what stands in `feed`."""
    if feed.kind is FeedKind.FILTER:
        here = _filtered(feed.subject_id, Filter.parse(feed.word))
    elif feed.kind in reach.WHOLE:
        here = _published().where(reach.shown_by(feed.kind, feed.subject_id, feed.word))
    else:
        here = _published().where(Occurrence.id.in_(_concerned(feed)))
    if feed.kind in {FeedKind.CAMPAIGN, FeedKind.ACTIVITY}:
        return here
    recent = Occurrence.ends_at >= feed.revised_at - PAST
    if form is Form.FLAT:
        return here.where(recent)
    return here.where(Series.id.in_(here.with_only_columns(Series.id).where(recent)))


def shows_anything(organization_id: int, chosen: Filter) -> bool:
    """Whether any session has ever stood in what a filter shows below an organization."""
    return session().scalar(_filtered(organization_id, chosen).limit(1)) is not None


def _published() -> Select[int]:
    return (
        select(Occurrence.id)
        .join(Series, Occurrence.series_id == Series.id)
        .join(Activity, Series.activity_id == Activity.id)
        .where(Activity.state != ActivityState.DRAFT, _was_public())
    )


def _filtered(organization_id: int, chosen: Filter) -> Select[int]:
    shown = reach.shown_by(FeedKind.FILTER, organization_id, chosen.word)
    return _published().where(shown, *_there(chosen))


def _was_public() -> ColumnElement[bool]:
    """SQL: not cancelled before anybody could hear of it."""
    return or_(
        Occurrence.status != OccurrenceStatus.CANCELLED,
        Activity.published_at.is_(None),
        Occurrence.changed_at >= Activity.published_at,
    )


def _concerned(feed: Current) -> Select[Any]:
    """SQL: the occurrences that one by one concern a place or a person."""
    if feed.kind is FeedKind.TEAM:
        return select(Shift.occurrence_id).where(Shift.team_id == feed.subject_id)
    if feed.kind is FeedKind.VOLUNTEER:
        return signed_up(feed).with_only_columns(Shift.occurrence_id)
    if feed.kind is FeedKind.EXPERT:
        return select(Allocation.occurrence_id).where(Allocation.expert_id == feed.subject_id)
    if feed.kind is FeedKind.VENUE:
        return _booked(Venue.id == feed.subject_id)
    return _booked(Venue.id.in_(reach.venues(feed.subject_id)))


def _there(chosen: Filter) -> Iterator[ColumnElement[bool]]:
    """SQL: it takes place where a saved filter looks."""
    if chosen.venue:
        yield Occurrence.id.in_(_booked(Venue.id == int(chosen.venue)))
    if chosen.region:
        yield Occurrence.id.in_(_booked(Venue.id.in_(reach.venues(int(chosen.region)))))


def _booked(there: ColumnElement[bool]) -> Select[Any]:
    """SQL: the occurrences that have a place there, or had it last."""
    return (
        select(Booking.occurrence_id)
        .join(Space, Booking.space_id == Space.id)
        .join(Venue, Space.venue_id == Venue.id)
        .join(Occurrence, Booking.occurrence_id == Occurrence.id)
        .where(there, or_(Booking.state.in_(HOLDING), _was_last()))
    )


def _was_last() -> ColumnElement[bool]:
    """SQL: the occurrence is off and had this booking last (was not moved elsewhere)."""
    other = aliased(Booking)
    last = (
        select(func.max(other.id))
        .where(other.occurrence_id == Booking.occurrence_id, other.state != BookingState.PLANNED)
        .correlate(Booking)
        .scalar_subquery()
    )
    return and_(
        Occurrence.status.in_(OFF),
        Booking.state.in_(GONE),
        Booking.id == last,
    )


def signed_up(feed: Current) -> Select[int, list[str]]:
    """SQL: the sessions that a volunteer serves at, and with which skills."""
    return (
        select(Shift.occurrence_id, Shift.skills)
        .join(Signup, Signup.shift_id == Shift.id)
        .where(Signup.user_id == feed.subject_id, Signup.state == SignupState.SIGNED_UP)
        .order_by(Shift.id)
    )

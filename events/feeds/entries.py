"""Reading what stands in a calendar, when somebody needs it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, true

from events.campaigns.models import Activity, Campaign
from events.feeds.membership import GONE, OFF, occurrence_ids, signed_up
from events.feeds.shown import Current, Place, Rhythm, Shown, ShownActivity
from events.feeds.states import FeedKind, Form
from events.identity.models import Organization
from events.kernel.db import session
from events.resources.models import Allocation, Expert
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState
from events.volunteers.models import Shift


def entries(feed: Current, form: Form = Form.FLAT) -> list[Shown]:
    """Every occurrence that stands in `feed`, by start; drafts never, cancelled ones kept.

    Five or six statements, however many occurrences. A function of the rows and of the
    revision's time alone, so that equal revisions show the same. As a series one is shown from
    its beginning, or its rule would change as time passes.
    """
    here = occurrence_ids(feed, form)
    activities = _activities(here)
    bookings = _bookings(feed, here)
    roles = _roles(feed)
    speakers = _speakers(here)
    return [
        Shown._make(
            (
                *row[2:],
                activities[row.activity_id],
                _places(feed, row.status, bookings.get(row.id, ())),
                roles.get(row.id, ()),
                speakers.get(row.id, ()),
            )
        )
        for row in _occurrences(here)
    ]


def rhythms(feed: Current) -> dict[int, Rhythm]:
    """The series with a rule of which anything stands in `feed`, by their number. One statement."""
    here = occurrence_ids(feed, Form.SERIES)
    changes = (
        select(func.sum(Occurrence.sequence))
        .where(or_(Occurrence.series_id == Series.id, Occurrence.uid == Series.uid))
        .correlate(Series)
        .scalar_subquery()
    )
    rows = _rows(
        select(
            Series.id,
            Series.uid,
            Series.tz,
            Series.starts_local,
            Series.duration_min,
            Series.rule,
            Series.expanded_until_local,
            (Series.sequence + func.coalesce(changes, 0)).label("sequence"),
        ).where(
            Series.kind == SeriesKind.RULE,
            Series.id.in_(select(Occurrence.series_id).where(Occurrence.id.in_(here))),
        )
    )
    return {row.id: Rhythm(**{k: v for k, v in row._mapping.items() if k != "id"}) for row in rows}  # noqa: SLF001


def _occurrences(here: Select[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Number and activity, then what Shown begins with."""
    return _rows(
        select(
            Occurrence.id,
            Series.activity_id,
            Occurrence.uid,
            Occurrence.recurrence_id_local,
            Occurrence.series_id,
            Occurrence.slot_local,
            Series.tz,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.status,
            Occurrence.sequence,
            Occurrence.changed_at,
        )
        .join(Series, Occurrence.series_id == Series.id)
        .where(Occurrence.id.in_(here))
        .order_by(Occurrence.starts_at, Occurrence.uid, Occurrence.recurrence_id_local)
    )


def _activities(here: Select[int]) -> dict[int, ShownActivity]:
    shown = select(Series.activity_id).join(Occurrence).where(Occurrence.id.in_(here))
    rows = _rows(
        select(
            Activity.id,
            Activity.title,
            Activity.format,
            Activity.mode,
            Activity.audiences,
            Activity.themes,
            Organization.name,
            Campaign.slug,
            Campaign.theme,
        )
        .join(Campaign, Activity.campaign_id == Campaign.id)
        .join(Organization, Activity.lead_id == Organization.id)
        .where(Activity.id.in_(shown))
    )
    return {
        row.id: ShownActivity(
            id=row.id,
            title=row.title,
            format=row.format,
            mode=row.mode,
            audiences=tuple(row.audiences),
            themes=tuple(row.themes),
            lead=row.name,
            campaign_slug=row.slug,
            campaign_theme=row.theme,
        )
        for row in rows
    }


def _bookings(feed: Current, here: Select[int]) -> dict[int, list[Place]]:
    """Places by occurrence, oldest booking first; a venue's feed knows only its own."""
    only = Venue.id == feed.subject_id if feed.kind is FeedKind.VENUE else true()
    rows = _rows(
        select(Booking.occurrence_id, Booking.space_id, Booking.state)
        .join(Space, Booking.space_id == Space.id)
        .join(Venue, Space.venue_id == Venue.id)
        .where(Booking.occurrence_id.in_(here), Booking.state != BookingState.PLANNED, only)
        .order_by(Booking.id)
    )
    spaces = _spaces(here)
    known: dict[tuple[int, BookingState], Place] = {}
    found: dict[int, list[Place]] = defaultdict(list)
    for occurrence_id, space_id, state in rows:
        place = known.get((space_id, state))
        if place is None:
            place = known[space_id, state] = Place(**spaces[space_id], state=state)
        found[occurrence_id].append(place)
    return found


def _spaces(here: Select[int]) -> dict[int, dict[str, Any]]:
    """What places say of the spaces that were ever asked for, by number."""
    rows = _rows(
        select(
            Space.id,
            Venue.name.label("venue"),
            Space.name.label("space"),
            Venue.address,
            Venue.lat,
            Venue.lon,
        )
        .join(Venue, Space.venue_id == Venue.id)
        .where(Space.id.in_(select(Booking.space_id).where(Booking.occurrence_id.in_(here))))
    )
    return {row.id: {k: v for k, v in row._mapping.items() if k != "id"} for row in rows}  # noqa: SLF001


def _places(
    feed: Current, status: OccurrenceStatus, bookings: Sequence[Place]
) -> tuple[Place, ...]:
    """Where it is; of a cancelled one where it would have been."""
    held = tuple([place for place in bookings if place.state in HOLDING])
    if held or status not in OFF:
        return held
    kept = GONE if feed.kind is FeedKind.VENUE else (BookingState.RELEASED,)
    return tuple(place for place in bookings if place.state in kept)[-1:]


def _roles(feed: Current) -> dict[int, tuple[str, ...]]:
    """Skills by occurrence, each once, for feeds of people who serve there."""
    if feed.kind not in {FeedKind.TEAM, FeedKind.VOLUNTEER}:
        return {}
    shifts = select(Shift.occurrence_id, Shift.skills).where(Shift.team_id == feed.subject_id)
    found = signed_up(feed) if feed.kind is FeedKind.VOLUNTEER else shifts.order_by(Shift.id)
    roles: dict[int, tuple[str, ...]] = {}
    for row in _rows(found):
        known = roles.get(row.occurrence_id, ())
        roles[row.occurrence_id] = tuple(dict.fromkeys((*known, *row.skills)))
    return roles


def _speakers(here: Select[int]) -> dict[int, tuple[str, ...]]:
    """The names of experts by occurrence."""
    rows = _rows(
        select(Allocation.occurrence_id, Expert.name)
        .join(Allocation.expert)
        .where(Allocation.occurrence_id.in_(here))
        .order_by(Expert.code, Expert.id)
    )
    names: dict[int, tuple[str, ...]] = {}
    for occurrence_id, name in rows:
        names[occurrence_id] = (*names.get(occurrence_id, ()), name)
    return names


def _rows(wanted: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rows of plain columns, past the ORM: it takes as long to hand over each as to read it."""
    return session().connection().execute(wanted).all()

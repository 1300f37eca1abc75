"""Reading feeds: one row for a poll, and what stands in a calendar when somebody needs it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState, Mode
from events.feeds import reach
from events.feeds.models import Feed, FeedRead
from events.feeds.states import OF_ORGANIZATIONS, FeedKind, Form
from events.identity.models import Organization
from events.journal.models import Audience
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.schedule.states import OccurrenceStatus, SeriesKind
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING, BookingState
from events.volunteers.models import Shift, Signup
from events.volunteers.states import SignupState

PAST = timedelta(days=60)  # how long a finished session stays; a campaign's stay for good
CHUNK = 500
GONE = (BookingState.RELEASED, BookingState.DECLINED)
OFF = (OccurrenceStatus.CANCELLED, OccurrenceStatus.POSTPONED)


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


@dataclass(frozen=True, kw_only=True)
class LastRead:
    """When a kind of reader ("Apple Calendar") last asked for a feed."""

    reader: str
    read_at: datetime


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


_CURRENT = (
    select(
        Feed.id,
        Feed.kind,
        Feed.subject_id,
        Feed.word,
        Feed.form,
        Feed.name,
        Feed.nonce,
        Audience.revision,
        Audience.revised_at,
    )
    .join(Audience, Feed.audience_id == Audience.id)
    .where(Feed.id == bindparam("feed_id"))
)


def current(feed_id: int, connection: Connection | Session | None = None) -> Current | None:
    """The feed of that number, in one row; whoever asks checks the key of its address.

    connection: what to read it on; this context's session by default.
    """
    found = (connection or session()).execute(_CURRENT, {"feed_id": feed_id})
    row = found.mappings().first()
    return None if row is None else Current(**row)


def every() -> list[Feed]:
    """Every feed of the installation, by kind and subject: for its operator only."""
    return list(session().scalars(select(Feed).order_by(Feed.kind, Feed.subject_id)))


def for_subject(kind: FeedKind, subject_id: int, word: str = "") -> Feed | None:
    """The feed of a campaign, a venue, a team, or (for volunteers) a user; None when not made.

    word: the audience group, the theme or the filter that narrows an organization's.
    """
    return session().scalar(
        select(Feed).where(Feed.kind == kind, Feed.subject_id == subject_id, Feed.word == word)
    )


def of_organization(organization_id: int) -> list[Feed]:
    """The public feeds about an organization and below: itself, its district, groups, themes."""
    found = select(Feed).where(Feed.kind.in_(OF_ORGANIZATIONS), Feed.subject_id == organization_id)
    return sorted(
        session().scalars(found), key=lambda one: (OF_ORGANIZATIONS.index(one.kind), one.word)
    )


def last_reads(feed_id: int) -> list[LastRead]:
    """Which kinds of readers asked for a feed, and when last; latest first."""
    found = select(FeedRead.reader, FeedRead.read_at).where(FeedRead.feed_id == feed_id)
    rows = session().execute(found.order_by(FeedRead.read_at.desc(), FeedRead.reader))
    return [LastRead(reader=row.reader, read_at=row.read_at) for row in rows]


def for_subjects(kind: FeedKind, subject_ids: Iterable[int]) -> dict[int, Feed]:
    """The feeds of several subjects, by subject; those that are not made yet are left out."""
    ids = list(subject_ids)
    found = select(Feed).where(Feed.kind == kind, Feed.subject_id.in_(ids), Feed.word == "")
    return {feed.subject_id: feed for feed in session().scalars(found)}


def feed(feed_id: int) -> Feed | None:
    """A feed by its number; the flow decides who may."""
    return session().get(Feed, feed_id)


def entries(feed: Current, form: Form = Form.FLAT) -> list[Shown]:
    """Every occurrence that stands in `feed`, by start; drafts never, cancelled ones kept.

    Four or five statements, however many occurrences. A function of the rows and of the
    revision's time alone, so that equal revisions show the same. As a series one is shown from
    its beginning, or its rule would change as time passes.
    """
    here = _occurrence_ids(feed, form)
    activities = _activities(here)
    bookings = _bookings(feed, here)
    roles = _roles(feed)
    return [
        Shown._make(
            (
                *facts,
                activities[activity_id],
                _places(feed, status, bookings.get(number, [])),
                roles.get(number, ()),
            )
        )
        for number, activity_id, status, *facts in _occurrences(here)
    ]


def rhythms(feed: Current) -> dict[int, Rhythm]:
    """The series with a rule of which anything stands in `feed`, by their number. One statement."""
    here = _occurrence_ids(feed, Form.SERIES)
    changes = (
        select(func.sum(Occurrence.sequence))
        .where(or_(Occurrence.series_id == Series.id, Occurrence.uid == Series.uid))
        .correlate(Series)
        .scalar_subquery()
    )
    rows = session().execute(
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


def _occurrence_ids(feed: Current, form: Form) -> Select[int]:
    """SQL: the ids of what stands in `feed`."""
    published = (
        select(Occurrence.id)
        .join(Series, Occurrence.series_id == Series.id)
        .join(Activity, Series.activity_id == Activity.id)
        .where(Activity.state != ActivityState.DRAFT, _was_public())
    )
    if feed.kind in reach.WHOLE:
        here = published.where(reach.shown_by(feed.kind, feed.subject_id, feed.word))
    else:
        here = published.where(Occurrence.id.in_(_concerned(feed)))
    if feed.kind in {FeedKind.CAMPAIGN, FeedKind.ACTIVITY}:
        return here
    recent = Occurrence.ends_at >= feed.revised_at - PAST
    if form is Form.FLAT:
        return here.where(recent)
    return here.where(Series.id.in_(here.with_only_columns(Series.id).where(recent)))


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
        return _signed_up(feed).with_only_columns(Shift.occurrence_id)
    if feed.kind is FeedKind.VENUE:
        there = Venue.id == feed.subject_id
    else:
        there = Venue.id.in_(reach.venues(feed.subject_id))
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


def _signed_up(feed: Current) -> Select[int, list[str]]:
    return (
        select(Shift.occurrence_id, Shift.skills)
        .join(Signup, Signup.shift_id == Shift.id)
        .where(Signup.user_id == feed.subject_id, Signup.state == SignupState.SIGNED_UP)
        .order_by(Shift.id)
    )


def _occurrences(here: Select[int]) -> Iterable[Any]:
    """Number, activity and status, then what Shown begins with."""
    return session().execute(
        select(
            Occurrence.id,
            Series.activity_id,
            Occurrence.status,
            Occurrence.uid,
            Occurrence.recurrence_id_local,
            Occurrence.series_id,
            Occurrence.slot_local,
            Series.tz,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.status.label("shown_status"),
            Occurrence.sequence,
            Occurrence.changed_at,
        )
        .join(Series, Occurrence.series_id == Series.id)
        .where(Occurrence.id.in_(here))
        .order_by(Occurrence.starts_at, Occurrence.uid, Occurrence.recurrence_id_local)
    )


def _activities(here: Select[int]) -> dict[int, ShownActivity]:
    shown = select(Series.activity_id).join(Occurrence).where(Occurrence.id.in_(here))
    rows = session().execute(
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
    rows = session().execute(
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
    rows = session().execute(
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


def _places(feed: Current, status: OccurrenceStatus, bookings: list[Place]) -> tuple[Place, ...]:
    """Where it is; of a cancelled one where it would have been."""
    held = tuple([place for place in bookings if place.state in HOLDING])
    if held or status not in OFF:
        return held
    kept = GONE if feed.kind is FeedKind.VENUE else (BookingState.RELEASED,)
    return tuple(place for place in bookings if place.state in kept)[-1:]


def _roles(feed: Current) -> dict[int, tuple[str, ...]]:
    """Skills by occurrence, each once, for feeds of people who serve there."""
    if not feed.kind.is_private:
        return {}
    shifts = select(Shift.occurrence_id, Shift.skills).where(Shift.team_id == feed.subject_id)
    found = _signed_up(feed) if feed.kind is FeedKind.VOLUNTEER else shifts.order_by(Shift.id)
    roles: dict[int, tuple[str, ...]] = {}
    for row in session().execute(found):
        known = roles.get(row.occurrence_id, ())
        roles[row.occurrence_id] = tuple(dict.fromkeys((*known, *row.skills)))
    return roles


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
        (FeedKind.TEAM, teams, Shift.occurrence_id),
        (FeedKind.VOLUNTEER, volunteers, Shift.occurrence_id),
    ):
        wanted = subjects.where(occurrence.in_(occurrence_ids)).distinct()
        yield from (f"{kind}:{subject}" for subject in session().scalars(wanted))


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    known = sorted(set(ids))
    return (known[at : at + CHUNK] for at in range(0, len(known), CHUNK))

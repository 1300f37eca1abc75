"""What belongs to which public feed: read downward by a feed, upward by a change.

An activity belongs to the subtrees of its campaign's organization, of its lead and of its
supporters: what a county does stands in the city's and in the province's calendar, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from events.campaigns.models import Activity, Campaign, support
from events.campaigns.states import ActivityState
from events.feeds import filters
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Filter, scope
from events.identity import policy
from events.identity.models import Organization
from events.identity.states import Kind, Level
from events.journal.models import Audience
from events.kernel.db import session
from events.schedule.models import Occurrence, Series
from events.venues.models import Booking, Space, Venue
from events.venues.states import HOLDING

WHOLE = (
    FeedKind.CAMPAIGN,
    FeedKind.ACTIVITY,
    FeedKind.ORGANIZATION,
    FeedKind.AUDIENCE,
    FeedKind.THEME,
    FeedKind.FILTER,
)  # they show activities; the others pick the sessions that concern a place or a person
_TERRITORY = func.coalesce(Venue.region_id, Venue.organization_id)
CHUNK = 500
MOST_WORD = 64


@dataclass(frozen=True, kw_only=True)
class Around:
    """A feed in which an activity stands, made already or not."""

    kind: FeedKind
    subject_id: int
    word: str
    name: str


def shown_by(kind: FeedKind, subject_id: int, word: str) -> ColumnElement[bool]:
    """SQL: the activities that a feed of one of WHOLE shows."""
    if kind is FeedKind.CAMPAIGN:
        return Activity.campaign_id == subject_id
    if kind is FeedKind.ACTIVITY:
        return Activity.id == subject_id
    chosen = {
        FeedKind.AUDIENCE: Filter(audience=word),
        FeedKind.THEME: Filter(theme=word),
        FeedKind.ORGANIZATION: Filter(),
    }
    passed = chosen.get(kind) or Filter.parse(word)
    return _of_subtree(subject_id) & filters.passes(passed)


def is_whole(kind: FeedKind, word: str) -> bool:
    """Whether what a feed shows of an activity is all of it."""
    return kind in WHOLE and not (kind is FeedKind.FILTER and Filter.parse(word).is_placed)


def venues(region_id: int) -> Select[int]:
    """SQL: the venues that lie in a region or below it."""
    return (
        select(Venue.id)
        .join(Organization, Organization.id == _TERRITORY)
        .where(policy.subtree(_path(region_id)))
    )


def around(activity_ids: Iterable[int]) -> list[Around]:
    """The feeds of organizations, districts, groups and themes, and the activity's own."""
    found: dict[tuple[FeedKind, int, str], Around] = {}
    activities = list(_activities(activity_ids))
    known = _organizations(unit for activity in activities for unit in _above(activity))
    for activity in activities:
        _add(found, FeedKind.ACTIVITY, activity.id, "", activity.title)
        for unit in (known[number] for number in _above(activity)):
            _add(found, FeedKind.ORGANIZATION, unit.id, "", unit.name)
            if unit.kind is Kind.REGION:
                for kind, words in _words(activity):
                    for word in words:
                        _add(found, kind, unit.id, word, f"{unit.name} · {word}")
    for district in _districts(activity_ids):
        _add(found, FeedKind.DISTRICT, district.id, "", district.name)
    return list(found.values())


def wider(scopes: Iterable[str]) -> set[str]:
    """The audiences of feeds that show what `scopes` are about and that those do not name.

    "activity:5" reaches its organizations, groups, themes and saved filters, "venue:3" its
    district. Only of feeds that exist: what nobody can read need not be raised.
    """
    numbers: dict[str, list[int]] = {"activity": [], "venue": []}
    for one in scopes:
        kind, _, number = one.partition(":")
        if kind in numbers and number.isdigit():
            numbers[kind].append(int(number))
    regions = _regions(numbers["venue"])
    wanted = {scope(FeedKind.DISTRICT, each) for each in regions}
    public = [
        activity
        for activity in _activities(numbers["activity"])
        if activity.state is not ActivityState.DRAFT
    ]
    saved = _filters(public)
    for activity in public:
        passing = partial(
            filters.lets_through, activity=activity, venues=numbers["venue"], regions=regions
        )
        wanted |= _reached(activity, saved, passing)
    return {one for chunk in _chunks(wanted) for one in _existing(chunk)}


def _reached(
    activity: Activity, saved: dict[int, list[str]], passing: Callable[[Filter], bool]
) -> set[str]:
    above = _above(activity)
    words = [(kind, word) for kind, several in _words(activity) for word in several]
    return {
        *(scope(FeedKind.ORGANIZATION, unit) for unit in above),
        *(scope(kind, unit, word) for unit in above for kind, word in words),
        *(
            scope(FeedKind.FILTER, unit, word)
            for unit in above
            for word in saved.get(unit, ())
            if passing(Filter.parse(word))
        ),
    }


def _filters(activities: list[Activity]) -> dict[int, list[str]]:
    """The saved filters above these activities, by organization."""
    found: dict[int, list[str]] = defaultdict(list)
    for ids in _chunks(unit for activity in activities for unit in _above(activity)):
        wanted = select(Feed.subject_id, Feed.word).where(
            Feed.kind == FeedKind.FILTER, Feed.subject_id.in_(ids)
        )
        for subject_id, word in session().execute(wanted):
            found[subject_id].append(word)
    return found


def _activities(activity_ids: Iterable[int]) -> Iterator[Activity]:
    for ids in _chunks(activity_ids):
        wanted = select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id)
        loaded = wanted.options(selectinload(Activity.lead), selectinload(Activity.supporters))
        yield from session().scalars(loaded)


def _above(activity: Activity) -> list[int]:
    """Every organization in whose subtree the activity is, by its number."""
    units = (activity.campaign.organization, activity.lead, *activity.supporters)
    return sorted({int(part) for unit in units for part in unit.path.split(".") if part})


def _organizations(ids: Iterable[int]) -> dict[int, Organization]:
    return {
        unit.id: unit
        for chunk in _chunks(ids)
        for unit in session().scalars(select(Organization).where(Organization.id.in_(chunk)))
    }


def _words(activity: Activity) -> list[tuple[FeedKind, list[str]]]:
    return [
        (kind, [word for word in words if 0 < len(word) <= MOST_WORD])
        for kind, words in (
            (FeedKind.AUDIENCE, activity.audiences),
            (FeedKind.THEME, activity.themes),
        )
    ]


def _add(
    found: dict[tuple[FeedKind, int, str], Around],
    kind: FeedKind,
    subject_id: int,
    word: str,
    name: str,
) -> None:
    one = Around(kind=kind, subject_id=subject_id, word=word, name=name)
    found[kind, subject_id, word] = one


def _districts(activity_ids: Iterable[int]) -> list[Organization]:
    """Where these activities take place, or have been asked to."""
    regions: set[int] = set()
    for ids in _chunks(activity_ids):
        wanted = (
            select(Space.venue_id)
            .join(Booking)
            .join(Occurrence, Booking.occurrence_id == Occurrence.id)
            .join(Series)
            .where(Series.activity_id.in_(ids), Booking.state.in_(HOLDING))
            .distinct()
        )
        regions |= _regions(session().scalars(wanted))
    found = select(Organization).where(
        Organization.id.in_(regions),
        Organization.level == Level.DISTRICT,
        Organization.kind == Kind.REGION,
    )
    return list(session().scalars(found.order_by(Organization.id)))


def _regions(venue_ids: Iterable[int]) -> set[int]:
    """The numbers of all organizations in whose territory these venues lie."""
    regions: set[int] = set()
    for ids in _chunks(venue_ids):
        paths = (
            select(Organization.path)
            .join(Venue, Organization.id == _TERRITORY)
            .where(Venue.id.in_(ids))
            .distinct()
        )
        for path in session().scalars(paths):
            regions |= {int(part) for part in path.split(".") if part}
    return regions


def _existing(scopes: list[str]) -> Iterator[str]:
    found = select(Audience.scope).join(Feed, Feed.audience_id == Audience.id)
    yield from session().scalars(found.where(Audience.scope.in_(scopes)))


def _of_subtree(organization_id: int) -> ColumnElement[bool]:
    """SQL: led, held or supported below an organization."""
    below = select(Organization.id).where(policy.subtree(_path(organization_id)))
    of_campaign = aliased(Campaign)
    held = select(of_campaign.id).where(of_campaign.organization_id.in_(below))
    return or_(
        Activity.campaign_id.in_(held),
        Activity.lead_id.in_(below),
        Activity.id.in_(select(support.c.activity_id).where(support.c.organization_id.in_(below))),
    )


def _path(organization_id: int) -> str:
    path = select(Organization.path).where(Organization.id == organization_id)
    return session().scalar(path) or "0."  # none has the number 0


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    known = sorted(set(values))
    return (known[at : at + CHUNK] for at in range(0, len(known), CHUNK))

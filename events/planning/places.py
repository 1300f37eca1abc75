"""Where: spaces of the region as planner's venues, their regions as districts, and the roads."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from events.campaigns.models import Campaign
from events.identity.models import Organization
from events.identity.policy import subtree
from events.kernel.db import session
from events.kernel.hours import Hours
from events.planner import problem as planner, spans
from events.planner.problem import DAY, Window
from events.planning.horizon import Horizon
from events.planning.names import name
from events.planning.scope import Scope
from events.schedule.models import Occurrence, Series
from events.venues import closures
from events.venues.models import Booking, Closure, Space, Venue
from events.venues.states import HOLDING

ONLINE = "online"
ONLINE_HOURS = Hours.parse("Mo-Su 08:00-22:00")
ROAD, KMH, DEPARTURE_MIN = 1.3, 40, 15
EARTH_KM = 6371
NOWHERE = planner.District(ONLINE)
"""Where online activities are: no way leads there, and none is needed."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A venue of the planner and what it says of the wishes: kind, region codes up to the root."""

    venue: planner.Venue
    kind: str
    regions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Map:
    """Where a campaign can be.

    sites: venues that take only so many sessions a day, less those that stand; homes: the district
    of each venue's row; regions: the codes of each district up to the root.
    """

    places: tuple[Place, ...]
    sites: tuple[planner.Site, ...]
    districts: tuple[planner.District, ...]
    travel: planner.Travel
    homes: Mapping[int, str]
    regions: Mapping[str, frozenset[str]]


def served(campaign: Campaign) -> str:
    """The path of the region in which the campaign's organization works: its parent's subtree."""
    parent = campaign.organization.parent
    return parent.path if parent is not None else campaign.organization.path


def chart(scope: Scope, horizon: Horizon) -> Map:
    """Every space of the region that the campaign serves, and what takes it. Four queries."""
    units = {row.id: row for row in session().scalars(select(Organization))}
    spaces = _spaces(scope.campaign)
    spots = _spots(spaces, units)
    held = _held(scope, horizon)
    places = tuple(_places(spaces, units, horizon, _taken(held, horizon)))
    return Map(
        places=places,
        sites=tuple(_sites(spaces, held, horizon)),
        districts=(*(planner.District(code, said) for code, said, _ in spots), NOWHERE),
        travel=_travel([at for _, _, at in spots]),
        homes={space.venue_id: _region(space.venue, units).code for space in spaces},
        regions={place.venue.district: place.regions for place in places},
    )


def online(horizon: Horizon, count: int) -> planner.Venue:
    """Where `count` sessions without a place can be, at waking hours."""
    hours, gone = horizon.opened(ONLINE_HOURS), horizon.before_notice(0)
    return planner.Venue(
        ONLINE, ONLINE, 0, rooms=max(count, 1), name=ONLINE, open=hours, closed=gone
    )


def standing(name: str, district: str, horizon: Horizon) -> planner.Venue:
    """Where equipment stays for the run of an activity, day and night; it takes no room."""
    return planner.Venue(name, district, 0, open=(horizon.whole,))


def _spaces(campaign: Campaign) -> list[Space]:
    found = (
        select(Space)
        .join(Venue)
        .join(Organization, Venue.organization_id == Organization.id)
        .where(subtree(served(campaign)))
        .order_by(Space.id)
    )
    return list(session().scalars(found))


def _places(
    spaces: Sequence[Space],
    units: Mapping[int, Organization],
    horizon: Horizon,
    taken: Mapping[int, list[Window]],
) -> Iterable[Place]:
    for space in spaces:
        venue, region = space.venue, _region(space.venue, units)
        shut = (*taken.get(space.id, ()), *horizon.before_notice(venue.lead_days))
        yield Place(
            venue=planner.Venue(
                name(space),
                region.code,
                space.holds,
                name=f"{venue.name} {space.name}",
                site=name(venue),
                facilities=frozenset(venue.facilities),
                outdoor=space.is_outdoor,
                open=horizon.opened(Hours.parse(venue.hours)),
                closed=spans.merged(shut),
            ),
            kind=venue.kind,
            regions=frozenset(units[int(part)].code for part in region.path.split(".") if part),
        )


def _sites(
    spaces: Sequence[Space], held: Sequence[Held], horizon: Horizon
) -> Iterable[planner.Site]:
    venues = {space.id: space.venue for space in spaces}
    begun = Counter(
        (venues[one.space_id].id, one.begins // DAY) for one in held if one.space_id in venues
    )
    for venue in dict.fromkeys(venues.values()):
        if venue.most_per_day is not None:
            left = (venue.most_per_day - begun[venue.id, day] for day in range(len(horizon.dates)))
            yield planner.Site(name(venue), tuple(max(one, 0) for one in left), venue.name)


def _region(venue: Venue, units: Mapping[int, Organization]) -> Organization:
    return units[venue.region_id or venue.organization_id]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A booking that stands, in the horizon's minutes; visitors come at `begins`."""

    space_id: int
    span: Window
    begins: int


def _held(scope: Scope, horizon: Horizon) -> list[Held]:
    """The bookings that stand within the horizon."""
    begin, end = horizon.moment(0), horizon.moment(horizon.whole.end)
    found = (
        select(Booking.space_id, Booking.starts_at, Booking.ends_at, Occurrence.starts_at)
        .join(Booking.occurrence)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(
            Booking.state.in_(HOLDING),
            Booking.ends_at > begin,
            Booking.starts_at < end,
            scope.stands(),
        )
    )
    return [
        Held(space_id=n, span=horizon.span(first, last), begins=horizon.span(at, at).start)
        for n, first, last, at in session().execute(found)
    ]


def _taken(held: Iterable[Held], horizon: Horizon) -> dict[int, list[Window]]:
    """By space, what holds or blocks it within the horizon."""
    begin, end = horizon.moment(0), horizon.moment(horizon.whole.end)
    shut = (
        select(Space.id, Closure.starts_at, Closure.ends_at)
        .join(Closure, closures.of_spaces())
        .where(Closure.ends_at > begin, Closure.starts_at < end)
    )
    found: dict[int, list[Window]] = defaultdict(list)
    for one in held:
        found[one.space_id].append(one.span)
    for space_id, starts_at, ends_at in session().execute(shut):
        found[space_id].append(horizon.span(starts_at, ends_at))
    return found


def _spots(
    spaces: Sequence[Space], units: Mapping[int, Organization]
) -> list[tuple[str, str, tuple[float, float] | None]]:
    """The regions of the venues: code, name, and the middle of their venues, if it is known."""
    regions = {region.code: region.name for region in (_region(s.venue, units) for s in spaces)}
    points: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
    for space in spaces:
        venue = space.venue
        if venue.lat is not None and venue.lon is not None:
            points[_region(venue, units).code][venue.id] = venue.lat, venue.lon
    return [(code, regions[code], _middle(list(points[code].values()))) for code in sorted(regions)]


def _middle(points: list[tuple[float, float]]) -> tuple[float, float] | None:
    if not points:
        return None
    lats, lons = zip(*points, strict=True)
    return sum(lats) / len(lats), sum(lons) / len(lons)


def _travel(points: list[tuple[float, float] | None]) -> planner.Travel:
    """By road: 1.3 times the great circle at 40 km/h, and a quarter of an hour to set out."""
    km = tuple((*(_km(a, b) for b in points), 0) for a in points)
    minutes = tuple(
        (*(DEPARTURE_MIN + math.ceil(60 * one / KMH) for one in row[:-1]), 0) for row in km
    )
    nowhere = (0,) * (len(points) + 1)
    return planner.Travel((*minutes, nowhere), (*km, nowhere))


def _km(a: tuple[float, float] | None, b: tuple[float, float] | None) -> int:
    if a is None or b is None:
        return 0
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(math.radians, point)) for point in (a, b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return round(ROAD * 2 * EARTH_KM * math.asin(math.sqrt(half)))

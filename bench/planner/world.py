"""The region around a campaign: districts and roads, venues, experts, kits, teams, volunteers."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass

from bench.planner.sizes import (
    AUDIENCES,
    BLACKOUT_SHARE,
    FACILITIES,
    KIT_KINDS,
    LEADER,
    SKILLS,
    TOPICS,
    Size,
)
from events.planner.problem import (
    DAY,
    Audience,
    Contract,
    Day,
    District,
    Expert,
    Kit,
    Team,
    Travel,
    Venue,
    Volunteer,
    Window,
)

OPENING_DAY = dt.date(2025, 9, 20)
SURNAMES = "王李张刘陈杨赵黄周吴"
MAKE_UP_WORKDAYS = {dt.date(2025, 9, 28)}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of venue: bounds of rooms and seats, how many facilities, hours of the day."""

    name: str
    rooms: tuple[int, int]
    seats: tuple[int, int]
    facilities: int
    hours: tuple[int, int]
    outdoor: bool = False
    closed_mondays: bool = False


COMMUNITY = Kind("社区", (1, 1), (30, 80), 2, (540, 1080))
SQUARE = Kind("广场", (2, 2), (200, 800), 2, (480, 1260), outdoor=True)
HALL = Kind("会堂", (1, 2), (80, 400), 4, (510, 1260))
MUSEUM = Kind("科技馆", (3, 5), (60, 200), 5, (540, 1080), closed_mondays=True)
KINDS = (
    *(COMMUNITY, HALL, COMMUNITY, SQUARE, COMMUNITY, COMMUNITY, HALL, COMMUNITY, MUSEUM, COMMUNITY),
    *(COMMUNITY, HALL, COMMUNITY, COMMUNITY, SQUARE, HALL, COMMUNITY, HALL, COMMUNITY, COMMUNITY),
)
"""60 % schools and communities, 25 % halls and libraries, 10 % squares, 5 % museums, mixed."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that stands before the first activity is drawn; `provinces[d]` of a district."""

    days: tuple[Day, ...]
    audiences: tuple[Audience, ...]
    districts: tuple[District, ...]
    provinces: dict[str, int]
    travel: Travel
    venues: tuple[Venue, ...]
    experts: tuple[Expert, ...]
    kits: tuple[Kit, ...]
    teams: tuple[Team, ...]
    volunteers: tuple[Volunteer, ...]


def draw(rng: random.Random, size: Size) -> World:
    """A region of this size; the same seed gives the same region."""
    days = tuple(_day(OPENING_DAY + dt.timedelta(days=d)) for d in range(size.days))
    districts = tuple(District(f"D{d:03}", f"{d + 1}区") for d in range(size.districts))
    provinces = {x.id: i * size.provinces // size.districts for i, x in enumerate(districts)}
    homes = [x.id for x in districts]
    teams = tuple(_team(rng, size, t, homes) for t in range(size.teams))
    kinds = [KINDS[v % len(KINDS)] for v in range(size.venues)]
    rng.shuffle(kinds)
    return World(
        days=days,
        audiences=tuple(Audience(key, name) for key, name, _ in AUDIENCES),
        districts=districts,
        provinces=provinces,
        travel=_travel(rng, size),
        venues=tuple(
            _venue(rng, days, v, homes[v % len(homes)], kind) for v, kind in enumerate(kinds)
        ),
        experts=tuple(_expert(rng, size, e, homes, provinces) for e in range(size.experts)),
        kits=tuple(_kit(size, k, homes, provinces) for k in range(size.kits)),
        teams=teams,
        volunteers=tuple(_volunteer(rng, v, teams) for v in range(size.volunteers)),
    )


def _day(date: dt.date) -> Day:
    return Day(date, working=date.weekday() < 5 or date in MAKE_UP_WORKDAYS)


def _travel(rng: random.Random, size: Size) -> Travel:
    """Roads are 1.3 times the straight way; 40 km/h and a quarter of an hour on top."""
    row = math.isqrt(size.provinces - 1) + 1
    places = []
    for d in range(size.districts):
        province = d * size.provinces // size.districts
        x, y = province % row * size.side_km, province // row * size.side_km
        places.append((x + rng.uniform(0, size.side_km), y + rng.uniform(0, size.side_km)))
    km = tuple(
        tuple(4 if a is b else max(6, round(1.3 * math.dist(a, b))) for b in places) for a in places
    )
    return Travel(tuple(tuple(15 + math.ceil(way * 1.5) for way in line) for line in km), km)


def _venue(
    rng: random.Random, days: tuple[Day, ...], number: int, district: str, kind: Kind
) -> Venue:
    first, last = kind.hours
    open_days = [
        d for d, day in enumerate(days) if not (kind.closed_mondays and day.date.weekday() == 0)
    ]
    return Venue(
        id=f"V{number:04}",
        district=district,
        seats=rng.randrange(kind.seats[0], kind.seats[1] + 1, 10),
        rooms=rng.randint(*kind.rooms),
        name=f"{kind.name}{number}",
        facilities=frozenset(rng.sample(FACILITIES, kind.facilities)),
        outdoor=kind.outdoor,
        open=tuple(Window(d * DAY + first, d * DAY + last) for d in open_days),
        closed=tuple(
            Window(d * DAY, (d + 1) * DAY) for d in open_days if rng.random() < BLACKOUT_SHARE
        ),
    )


def _expert(
    rng: random.Random, size: Size, number: int, homes: list[str], provinces: dict[str, int]
) -> Expert:
    home = homes[number * 37 % len(homes)]
    prefix = _prefix(size, provinces[home], is_shared=number < size.shared_experts)
    weights = [1 / (n + 1) for n in range(len(TOPICS))]
    topics = rng.choices(TOPICS, weights, k=rng.randint(1, 3))
    return Expert(
        id=f"E{number:04}",
        fields=frozenset(prefix + topic for topic in topics),
        name=f"{SURNAMES[number % len(SURNAMES)]}老师{number}",
        district=home,
        most_per_day=rng.choice((2, 2, 3)),
        most=rng.randint(6, 12),
        buffer=15,
    )


def _kit(size: Size, number: int, homes: list[str], provinces: dict[str, int]) -> Kit:
    home = homes[number * 37 % len(homes)]
    prefix = _prefix(size, provinces[home], is_shared=number < size.shared_kits)
    kind = KIT_KINDS[number // 2 % len(KIT_KINDS)]
    return Kit(f"K{number:03}", prefix + kind, f"展车{number}", home, most_per_day=2, loading=30)


def _prefix(size: Size, province: int, *, is_shared: bool) -> str:
    """Before a field or kind that only people or kits of one province offer."""
    return "" if size.provinces == 1 or is_shared else f"P{province:02}."


def _team(rng: random.Random, size: Size, number: int, homes: list[str]) -> Team:
    members = len(range(number, size.volunteers, size.teams))
    skills = frozenset({LEADER, *rng.sample(SKILLS, 3)})
    home = homes[number % len(homes)]
    return Team(f"T{number:04}", members, f"志愿队{number}", home, skills)


def _volunteer(rng: random.Random, number: int, teams: tuple[Team, ...]) -> Volunteer:
    team = teams[number % len(teams)]
    return Volunteer(
        id=f"P{number:05}",
        name=f"志愿者{number}",
        district=team.district,
        team=team.id,
        minor=rng.random() < 0.05,
        contract=Contract(
            most_minutes=2_400, most_minutes_per_day=480, most_per_day=2, least_rest=600
        ),
    )

"""What is to be planned: frozen values, every moment a whole number of minutes.

Minute 0 is midnight before `Problem.days[0]`; day d begins at minute 1440 * d. Windows are half
open. Things refer to each other by id; `faults.find` names every reference that leads nowhere.
Spec of the public names: docs/planner.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum

DAY = 1440
"""Minutes of a day."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`, in minutes."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the campaign: `working` days are school and office days, make-up workdays too."""

    date: dt.date
    working: bool = True


@dataclass(frozen=True, slots=True)
class District:
    """A part of the region; travel is told between districts."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """One of the groups of the public that a campaign serves."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """At least `least` activities for an audience in a district (None: anywhere)."""

    audience: str
    district: str | None
    least: int


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an activity can be: `rooms` equal rooms of `seats` each, used one by one.

    `site` tells rooms of different sizes in one house together: who declines, declines a site.
    `open` are the hours of each day in absolute minutes; `closed` what is taken from them
    (blackouts, bookings that stand already, what it would have to be asked earlier for).
    """

    id: str
    district: str
    seats: int
    rooms: int = 1
    name: str = ""
    site: str = ""
    facilities: frozenset[str] = frozenset()
    outdoor: bool = False
    open: tuple[Window, ...] = ()
    closed: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A house whose venues (`Venue.site`) together take only so many activities a day.

    `most_per_day`: how many may begin there, one number for each day of the problem.
    """

    id: str
    most_per_day: tuple[int, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Expert:
    """Who can speak: on `fields`, from a home district, within `windows`, if any."""

    id: str
    fields: frozenset[str]
    name: str = ""
    district: str | None = None
    windows: tuple[Window, ...] = ()
    most_per_day: int | None = None
    most: int | None = None
    buffer: int = 0
    """Minutes between two sessions, on top of the travel."""


@dataclass(frozen=True, slots=True)
class Kit:
    """A touring kit or caravan: one place at a time, `loading` minutes at each end of a move."""

    id: str
    kind: str
    name: str = ""
    district: str | None = None
    windows: tuple[Window, ...] = ()
    most_per_day: int | None = None
    loading: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """A volunteer team: `size` people at most, one activity at a time."""

    id: str
    size: int
    name: str = ""
    district: str | None = None
    skills: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    area: frozenset[str] = frozenset()
    """Districts in which it serves; none: everywhere."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a volunteer's days must look like; None: no such limit.

    Lengths of runs count days in a row. A run that touches the first or last day of the campaign
    need not reach its least length.
    """

    least_minutes: int | None = None
    most_minutes: int | None = None
    most_minutes_per_day: int | None = None
    most_per_day: int | None = None
    least_rest: int = 0
    """Minutes between the last activity of a day and the first of the next."""
    least_run: int = 1
    most_run: int | None = None
    least_run_off: int = 1
    most_weekends: int | None = None
    """Weekends (Saturday or Sunday by `Day.date`) with any activity."""
    most_by_skill: Mapping[str, int] = field(default_factory=dict)
    """How often a place of a skill may be taken."""


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person who can take places: whose `skills` contain the place's, in `windows`, if any."""

    id: str
    name: str = ""
    skills: frozenset[str] = frozenset()
    district: str | None = None
    team: str | None = None
    windows: tuple[Window, ...] = ()
    days_off: frozenset[int] = frozenset()
    minor: bool = False
    contract: Contract = Contract()


@dataclass(frozen=True, slots=True)
class Wish:
    """A volunteer's: a place of this activity and skill, or (wanted=False) rather not."""

    volunteer: str
    activity: str
    skill: str
    wanted: bool = True
    points: int = 2


@dataclass(frozen=True, slots=True)
class Place:
    """`need` volunteers of a skill at an activity, with what one missing or too many costs."""

    skill: str
    need: int
    under: int = 20
    over: int | None = None
    """Points for each above the need; None: never more than needed."""


class Priority(IntEnum):
    """How much an unplaced activity costs, as a factor."""

    NORMAL = 1
    HIGH = 3
    HIGHEST = 10


class Commitment(IntEnum):
    """How far an activity is promised, as the factor of what disturbing it costs."""

    DRAFT = 1
    CONFIRMED = 3
    PUBLISHED = 10
    IMMINENT = 30
    """It begins within 48 hours."""


class HalfDay(Enum):
    """A wished part of the day by the start: before 12:00, until 18:00, later."""

    MORNING = (0, 720)
    AFTERNOON = (720, 1080)
    EVENING = (1080, 1440)


@dataclass(frozen=True, slots=True)
class Activity:
    """One session to be laid out: when, where and with whom is what the planner decides.

    `windows` bound start and end (none: the whole campaign); `venues` the choice (None: any that
    fits); `fields` asks one expert a name, a field named twice two experts; `kits` kinds likewise.
    `minutes` is what visitors see; `setup` and `strike` hold the room before and after it.
    """

    id: str
    minutes: int
    visitors: int = 0
    title: str = ""
    audience: str | None = None
    district: str | None = None
    facilities: frozenset[str] = frozenset()
    outdoor: bool = False
    setup: int = 0
    strike: int = 0
    windows: tuple[Window, ...] = ()
    venues: frozenset[str] | None = None
    priority: Priority = Priority.NORMAL
    commitment: Commitment = Commitment.DRAFT
    wish_day: int | None = None
    wish_half: HalfDay | None = None
    fields: tuple[str, ...] = ()
    kits: tuple[str, ...] = ()
    team_size: int = 0
    """0: no team is asked."""
    team_skills: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Sessions of one kind: spread over `least_days` days, best kept at one venue."""

    id: str
    activities: tuple[str, ...]
    least_days: int = 1


@dataclass(frozen=True, slots=True)
class Track:
    """Activities for the same people: never two at once (H11); if `compact`, best without gaps."""

    id: str
    activities: tuple[str, ...]
    compact: bool = False


class Tie(StrEnum):
    """How two activities hang together (H8)."""

    BEFORE = "before"
    """The second begins `amount` minutes or more after the first has ended."""
    SAME_DAY = "same_day"
    OTHER_DAY = "other_day"
    DAYS_APART = "days_apart"
    """At least `amount` days lie between them."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie between two activities; it binds only while both are placed."""

    kind: Tie
    first: str
    second: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Travel:
    """Between districts, in the order of `Problem.districts`; empty: no travel counts.

    `minutes` by road, `km` by road; both square, the diagonal is the way inside a district.
    """

    minutes: tuple[tuple[int, ...], ...] = ()
    km: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """What must stay as it is of one activity, field by field; None leaves a field free."""

    activity: str
    venue: str | None = None
    start: int | None = None
    team: str | None = None
    experts: tuple[str, ...] | None = None
    kits: tuple[str, ...] | None = None
    volunteers: tuple[tuple[str, str], ...] | None = None
    """Pairs of volunteer and skill that must stand in the plan."""


class Level(IntEnum):
    """A slider's position: the factor of the term's points; MUST makes a rule of it."""

    IGNORED = 0
    NORMAL = 1
    IMPORTANT = 3
    VERY_IMPORTANT = 9
    MUST = 1000


class Term(StrEnum):
    """The soft terms; their words, units and points stand in `terms.py`."""

    UNPLACED = "unplaced"
    COVERAGE = "coverage"
    TIME = "time"
    VENUE = "venue"
    CROWDING = "crowding"
    SPREAD = "spread"
    COMPACT = "compact"
    ONE_VENUE = "one_venue"
    EXPERTS = "experts"
    WISHES = "wishes"
    FAIRNESS = "fairness"
    PLACES = "places"
    KIT_TRAVEL = "kit_travel"
    BACKUP = "backup"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Problem:
    """One campaign's question to the planner; nothing else is read, no clock and no table.

    `grid` is the distance in minutes between possible starts. `storms` are pairs of day and
    district where nothing may be outdoors (H10). `not_after` are pairs of skills that one
    volunteer may not take on two days in a row.
    """

    days: tuple[Day, ...]
    activities: tuple[Activity, ...]
    venues: tuple[Venue, ...]
    grid: int = 30
    districts: tuple[District, ...] = ()
    audiences: tuple[Audience, ...] = ()
    quotas: tuple[Quota, ...] = ()
    experts: tuple[Expert, ...] = ()
    kits: tuple[Kit, ...] = ()
    teams: tuple[Team, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    wishes: tuple[Wish, ...] = ()
    series: tuple[Series, ...] = ()
    tracks: tuple[Track, ...] = ()
    relations: tuple[Relation, ...] = ()
    travel: Travel = Travel()
    storms: frozenset[tuple[int, str]] = frozenset()
    not_after: frozenset[tuple[str, str]] = frozenset()
    night: Window = Window(1320, 1800)
    """Of each day, minutes from its midnight: when minors may not serve (22:00-06:00)."""
    locks: tuple[Lock, ...] = ()
    weights: Mapping[Term, Level] = field(default_factory=dict)
    """Sliders that differ from their rest in `terms.py`."""
    sites: tuple[Site, ...] = ()
    """Those of `Venue.site` that take only so many activities a day."""

"""First fit: each activity, most urgent first, gets the first time, space and team that suit.

Pure: plain values in, plain values out; wall time throughout. It keeps what a person would check
by hand: opening hours, seats, facilities, free spaces, bookings a day; teams' skills, hours and
other duties. It looks no further: no exchange, no second thoughts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from events.kernel.hours import Hours
from events.kernel.recurrence import Rule, expand

GRID_MIN = 30
MORNING_H = 9  # online, where any hour would do


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an activity asks for. weekdays: 0 = Monday, empty = any; rule: "" for one session."""

    activity_id: int
    priority: int
    duration_min: int
    attendance: int
    is_online: bool
    is_outdoor: bool
    first: date
    last: date
    weekdays: frozenset[int]
    starts: time
    ends: time
    rule: str
    venue_kinds: frozenset[str]
    facilities: frozenset[str]
    region: str
    skills: frozenset[str]
    volunteers: int


@dataclass(frozen=True, kw_only=True)
class Room:
    """A space that can be booked. regions: codes from its town up to the root."""

    space_id: int
    venue_id: int
    kind: str
    holds: int
    is_outdoor: bool
    facilities: frozenset[str]
    hours: Hours
    regions: frozenset[str]
    most_per_day: int | None


@dataclass(frozen=True, kw_only=True)
class Crew:
    """A volunteer team. area: codes of the organizations that it serves."""

    team_id: int
    size: int
    skills: frozenset[str]
    hours: Hours
    area: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One activity's plan: starts, and for each of them the space (None: still to be found)."""

    activity_id: int
    starts: tuple[datetime, ...]
    rule: str
    spaces: tuple[int | None, ...]
    team_id: int | None


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """No time or no space was found; `why` is the test that failed the most."""

    activity_id: int
    why: str


@dataclass
class _Taken:
    """Who is where: spans by space and by team, bookings by venue and day."""

    spaces: dict[int, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    teams: dict[int, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    days: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))


def first_fit(
    wishes: Iterable[Wish],
    rooms: list[Room],
    crews: list[Crew],
    busy: Iterable[tuple[int, int, datetime, datetime]] = (),
    closed: Iterable[tuple[int, datetime, datetime]] = (),
) -> tuple[list[Placed], list[Unplaced]]:
    """A plan for `wishes`, in the order in which they were decided; and what stays open.

    busy: (space_id, venue_id, start, end) of bookings that stand already; closed: (space_id,
    start, end) of what else takes a space, and is no session of its venue's day. An onsite activity
    without any space keeps its first wished time and is returned in both lists.
    """
    taken = _Taken()
    for space_id, venue_id, start, end in busy:
        _take(taken, space_id, venue_id, start, end)
    for space_id, start, end in closed:
        taken.spaces[space_id].append((start, end))
    placed: list[Placed] = []
    unplaced: list[Unplaced] = []
    for wish in sorted(wishes, key=_urgency):
        plan, why = _place(wish, rooms, taken)
        if plan is not None:
            placed.append(_with_crew(wish, plan, crews, rooms, taken))
        if why:
            unplaced.append(Unplaced(activity_id=wish.activity_id, why=why))
    return placed, unplaced


def _urgency(wish: Wish) -> tuple[int, int, int, int]:
    """Important first, then those with the least freedom, then the biggest."""
    days = (wish.last - wish.first).days
    return wish.priority, days, -wish.attendance, wish.activity_id


def _place(wish: Wish, rooms: list[Room], taken: _Taken) -> tuple[Placed | None, str]:
    options = list(_options(wish))
    if not options:
        return None, "no_time"
    if wish.is_online:
        awake = next((starts for starts in options if starts[0].hour >= MORNING_H), options[0])
        return _plan(wish, awake, (None,) * len(awake)), ""
    suitable = sorted(
        (room for room in rooms if not _unsuitable(wish, room)),
        key=lambda room: (wish.region not in room.regions, room.holds, room.space_id),
    )
    if not suitable:
        return _plan(wish, options[0], (None,) * len(options[0])), _main_reason(wish, rooms)
    best = max(
        (_tried(wish, starts, suitable, taken) for starts in options),
        key=lambda plan: sum(space is not None for space in plan.spaces),
    )
    _keep(wish, best, rooms, taken)
    return best, "" if None not in best.spaces else "no_space_free"


def _options(wish: Wish) -> Iterator[tuple[datetime, ...]]:
    """Every list of starts that the wish allows: days in the window, times on the grid."""
    days = [
        wish.first + timedelta(days=n)
        for n in range((wish.last - wish.first).days + 1)
        if not wish.weekdays or (wish.first + timedelta(days=n)).weekday() in wish.weekdays
    ]
    if wish.rule:
        days = days[:1]
    for day in days:
        for start in _times(wish, day):
            yield _starts(wish, start)


def _times(wish: Wish, day: date) -> Iterator[datetime]:
    start = datetime.combine(day, wish.starts)
    last = datetime.combine(day, wish.ends) - timedelta(minutes=wish.duration_min)
    yield start
    while (start := start + timedelta(minutes=GRID_MIN)) <= last:
        yield start


def _starts(wish: Wish, start: datetime) -> tuple[datetime, ...]:
    if not wish.rule:
        return (start,)
    until = datetime.combine(wish.last + timedelta(days=1), time(0))
    return tuple(expand(Rule.parse(wish.rule), start, until=until)) or (start,)


def _unsuitable(wish: Wish, room: Room) -> str:
    """The first reason why `room` cannot serve, or nothing."""
    if wish.venue_kinds and room.kind not in wish.venue_kinds:
        return "wrong_kind"
    if room.is_outdoor != wish.is_outdoor:
        return "wrong_side"
    if not wish.facilities <= room.facilities:
        return "no_facility"
    if room.holds < wish.attendance:
        return "too_small"
    return ""


def _main_reason(wish: Wish, rooms: list[Room]) -> str:
    """The reason that stands closest to success, over all rooms."""
    order = ("too_small", "no_facility", "wrong_side", "wrong_kind")
    found = {_unsuitable(wish, room) for room in rooms}
    return next((reason for reason in order if reason in found), "wrong_kind")


def _tried(wish: Wish, starts: tuple[datetime, ...], suitable: list[Room], taken: _Taken) -> Placed:
    """These starts: in one space throughout if possible, else wherever each fits."""
    length = timedelta(minutes=wish.duration_min)
    for room in suitable:
        if all(_is_free(room, start, start + length, taken) for start in starts):
            return _plan(wish, starts, (room.space_id,) * len(starts))
    spaces = tuple(
        next((r.space_id for r in suitable if _is_free(r, start, start + length, taken)), None)
        for start in starts
    )
    return _plan(wish, starts, spaces)


def _is_free(room: Room, start: datetime, end: datetime, taken: _Taken) -> bool:
    if not room.hours.holds(start, end):
        return False
    most = room.most_per_day
    if most is not None and taken.days.get((room.venue_id, start.date()), 0) >= most:
        return False
    return not _overlaps(taken.spaces.get(room.space_id, ()), start, end)


def _overlaps(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> bool:
    return any(a < end and start < b for a, b in spans)


def _plan(wish: Wish, starts: tuple[datetime, ...], spaces: tuple[int | None, ...]) -> Placed:
    return Placed(
        activity_id=wish.activity_id, starts=starts, rule=wish.rule, spaces=spaces, team_id=None
    )


def _keep(wish: Wish, plan: Placed, rooms: list[Room], taken: _Taken) -> None:
    venue_of = {room.space_id: room.venue_id for room in rooms}
    for start, space_id in zip(plan.starts, plan.spaces, strict=True):
        if space_id is not None:
            end = start + timedelta(minutes=wish.duration_min)
            _take(taken, space_id, venue_of[space_id], start, end)


def _take(taken: _Taken, space_id: int, venue_id: int, start: datetime, end: datetime) -> None:
    taken.spaces[space_id].append((start, end))
    taken.days[venue_id, start.date()] += 1


def _with_crew(
    wish: Wish, plan: Placed, crews: list[Crew], rooms: list[Room], taken: _Taken
) -> Placed:
    """The plan with the team that brings most of the skills and is free for all of it."""
    if not wish.volunteers:
        return plan
    regions = next((r.regions for r in rooms if r.space_id in plan.spaces), frozenset())
    spans = [(s, s + timedelta(minutes=wish.duration_min)) for s in plan.starts]
    fit = [crew for crew in crews if _serves(crew, wish, regions, spans, taken)]
    if not fit:
        return plan
    best = max(fit, key=lambda crew: (len(wish.skills & crew.skills), crew.size, -crew.team_id))
    taken.teams[best.team_id] += spans
    return Placed(
        activity_id=plan.activity_id,
        starts=plan.starts,
        rule=plan.rule,
        spaces=plan.spaces,
        team_id=best.team_id,
    )


def _serves(
    crew: Crew,
    wish: Wish,
    regions: frozenset[str],
    spans: list[tuple[datetime, datetime]],
    taken: _Taken,
) -> bool:
    if wish.skills and not wish.skills & crew.skills:
        return False
    if crew.area and regions and not crew.area & regions:
        return False
    busy = taken.teams.get(crew.team_id, ())
    return all(crew.hours.holds(a, b) and not _overlaps(busy, a, b) for a, b in spans)

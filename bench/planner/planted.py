"""A full legal plan drawn first, then the wishes, windows and limits of a problem around it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bench.planner import world as region
from bench.planner.diary import Diary, Rooms
from bench.planner.sizes import AUDIENCES, LEADER, PEAK_SHARE, SKILLS, Size
from bench.planner.world import World
from events.planner.answer import Assignment, Placement, Plan
from events.planner.problem import (
    DAY,
    Activity,
    Commitment,
    Expert,
    HalfDay,
    Kit,
    Lock,
    Place,
    Priority,
    Problem,
    Quota,
    Relation,
    Series,
    Team,
    Tie,
    Track,
    Venue,
    Volunteer,
    Window,
    Wish,
)

_Homed = TypeVar("_Homed", Venue, Expert, Kit)

GRID = 30
TRIES = 300
"""Venue-times that are drawn for one session before the draw gives up."""


@dataclass(slots=True)
class Session:
    """An activity of the planted plan with what it uses."""

    id: str
    venue: Venue
    start: int
    minutes: int
    setup: int
    strike: int
    experts: list[Expert] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    kit: Kit | None = None
    team: Team | None = None
    backup: Venue | None = None
    volunteers: list[tuple[Volunteer, str]] = field(default_factory=list)

    @property
    def hold(self) -> Window:
        """From set-up to the end of strike."""
        return Window(self.start - self.setup, self.start + self.minutes + self.strike)

    @property
    def day(self) -> int:
        return self.start // DAY


def planted(size: Size, seed: int) -> tuple[Problem, Plan]:
    """A problem of this size and a legal plan that places everything and fills every place."""
    rng = random.Random(seed)
    drawing = _Drawing(rng, size, region.draw(rng, size))
    sessions = [drawing.session(number) for number in range(size.activities)]
    return _problem(rng, drawing, sessions), Plan(
        placements=tuple(_placement(x) for x in sessions),
        assignments=tuple(
            Assignment(volunteer.id, x.id, skill)
            for x in sessions
            for volunteer, skill in x.volunteers
        ),
    )


class _Drawing:
    """Draws session after session into what the ones before left free."""

    def __init__(self, rng: random.Random, size: Size, world: World) -> None:
        self.rng, self.size, self.world = rng, size, world
        self.rooms = Rooms()
        self.diary = Diary(world.travel, [x.id for x in world.districts])
        self._index = {x.id: n for n, x in enumerate(world.districts)}
        self.storms = {
            (rng.randrange(size.days), rng.choice(world.districts).id)
            for _ in range(1 + size.districts // 8)
        }
        self._peak = [d for d, day in enumerate(world.days) if d == 0 or not day.working]
        self._venues = self._by_province(world.venues)
        self._experts = self._by_province(world.experts, shared=size.shared_experts)
        self._kits = self._by_province(world.kits, shared=size.shared_kits)
        self._teams = defaultdict(list)
        for team in world.teams:
            self._teams[team.district].append(team)
        self._members = defaultdict(list)
        for volunteer in world.volunteers:
            self._members[volunteer.team].append(volunteer)

    def session(self, number: int) -> Session:
        province = number * self.size.provinces // self.size.activities
        session = self._somewhere(f"A{number:05}", province)
        self.rooms.book(session.venue.id, session.hold)
        if session.venue.outdoor and self.rng.random() < 0.5:
            self._give_backup(session, province)
        if self.rng.random() < 0.35:
            self._give_experts(session, province)
        if number % 12 == 0:
            self._give_kit(session, province)
        if self.rng.random() < 0.75:
            self._give_team(session)
        self._give_volunteers(session, need=2 + number % 5)
        return session

    def _by_province(self, things: Sequence[_Homed], *, shared: int = 0) -> dict[int, list[_Homed]]:
        provinces: dict[int, list[_Homed]] = {p: [] for p in range(self.size.provinces)}
        for number, thing in enumerate(things):
            home = self.world.provinces[thing.district or ""]
            for province in provinces if number < shared else (home,):
                provinces[province].append(thing)
        return provinces

    def _somewhere(self, name: str, province: int) -> Session:
        rng = self.rng
        for attempt in range(TRIES):
            is_peak = attempt < TRIES // 2 and rng.random() < PEAK_SHARE
            day = rng.choice(self._peak) if is_peak else rng.randrange(self.size.days)
            venue = rng.choice(self._venues[province])
            if venue.outdoor and (day, venue.district) in self.storms:
                continue
            hours = [x for x in venue.open if x.start // DAY == day]
            if not hours:
                continue
            minutes = rng.choice((60, 90, 120, 180))
            setup, strike = rng.choice((0, 0, 30)), rng.choice((0, 30))
            first, last = hours[0].start + setup, hours[0].end - minutes - strike
            session = Session(
                name, venue, rng.randrange(first, last + 1, GRID), minutes, setup, strike
            )
            if self._is_free(venue, session.hold):
                return session
        raise ValueError(f"no room for {name}: the size is too small for its activities")

    def _is_free(self, venue: Venue, hold: Window) -> bool:
        """Within the hours, no closed time touched, a room left."""
        return (
            any(x.start <= hold.start and hold.end <= x.end for x in venue.open)
            and not any(x.start < hold.end and hold.start < x.end for x in venue.closed)
            and self.rooms.is_free(venue.id, venue.rooms, hold)
        )

    def _near(self, things: Sequence[_Homed], district: str) -> list[_Homed]:
        """Those whose home is near first, give or take an hour."""
        roads, here = self.world.travel.minutes, self._index[district]
        keys = [
            (roads[self._index[x.district or district]][here] + self.rng.uniform(0, 60), x.id)
            for x in things
        ]
        order = sorted(range(len(things)), key=keys.__getitem__)
        return [things[n] for n in order]

    def _give_backup(self, session: Session, province: int) -> None:
        """An indoor venue of the district with a room to spare, if there is one."""
        for venue in self._venues[province]:
            if (
                venue.district == session.venue.district
                and not venue.outdoor
                and venue.seats >= 60
                and self._is_free(venue, session.hold)
            ):
                session.backup = venue
                self.rooms.book(venue.id, session.hold)
                return

    def _give_experts(self, session: Session, province: int) -> None:
        rng, hold, district = self.rng, session.hold, session.venue.district
        for expert in self._near(self._experts[province], district):
            if (
                self.diary.count(expert.id, session.day) < (expert.most_per_day or 9)
                and self.diary.count(expert.id) < (expert.most or 99)
                and self.diary.is_free(expert.id, hold, district, gap=expert.buffer)
            ):
                self.diary.book(expert.id, hold, district)
                session.experts.append(expert)
                session.fields.append(rng.choice(sorted(expert.fields)))
                if len(session.experts) == 2 or rng.random() < 0.9:
                    return

    def _give_kit(self, session: Session, province: int) -> None:
        hold, district = session.hold, session.venue.district
        for kit in self._near(self._kits[province], district):
            if self.diary.count(kit.id, session.day) < (
                kit.most_per_day or 9
            ) and self.diary.is_free(kit.id, hold, district, gap=2 * kit.loading):
                self.diary.book(kit.id, hold, district)
                session.kit = kit
                return

    def _give_team(self, session: Session) -> None:
        hold, district = session.hold, session.venue.district
        pool = self._teams[district]
        for team in self.rng.sample(pool, len(pool)):
            if self.diary.is_free(team.id, hold, district):
                self.diary.book(team.id, hold, district)
                session.team = team
                return

    def _give_volunteers(self, session: Session, *, need: int) -> None:
        """Of its team, or of the teams of the district where it has none."""
        hold, district = session.hold, session.venue.district
        teams = [session.team] if session.team else self._teams[district]
        pool = [volunteer for team in teams for volunteer in self._members[team.id]]
        for volunteer in self.rng.sample(pool, len(pool)):
            if len(session.volunteers) == need:
                return
            if self._can_serve(volunteer, session):
                self.diary.book(volunteer.id, hold, district)
                is_leader = need > 3 and not session.volunteers
                skill = LEADER if is_leader else self.rng.choice(SKILLS)
                session.volunteers.append((volunteer, skill))

    def _can_serve(self, volunteer: Volunteer, session: Session) -> bool:
        diary, hold, contract = self.diary, session.hold, volunteer.contract
        length = hold.end - hold.start
        return (
            diary.count(volunteer.id, session.day) < (contract.most_per_day or 9)
            and diary.minutes(volunteer.id, session.day) + length
            <= (contract.most_minutes_per_day or DAY)
            and diary.minutes(volunteer.id) + length <= (contract.most_minutes or 99 * DAY)
            and diary.is_free(volunteer.id, hold, session.venue.district)
        )


def _placement(session: Session) -> Placement:
    return Placement(
        activity=session.id,
        venue=session.venue.id,
        start=session.start,
        team=session.team.id if session.team else None,
        experts=tuple(x.id for x in session.experts),
        kits=(session.kit.id,) if session.kit else (),
        backup=session.backup.id if session.backup else None,
    )


def _problem(rng: random.Random, drawing: _Drawing, sessions: list[Session]) -> Problem:
    world, size = drawing.world, drawing.size
    homes = _homes(drawing)
    activities = tuple(_activity(rng, x, world, homes) for x in sessions)
    return Problem(
        days=world.days,
        grid=GRID,
        districts=world.districts,
        audiences=world.audiences,
        quotas=_quotas(activities, sessions),
        activities=activities,
        venues=world.venues,
        experts=tuple(_available_expert(rng, x, drawing) for x in world.experts),
        kits=world.kits,
        teams=world.teams,
        volunteers=_available(rng, drawing, sessions),
        wishes=_wishes(rng, sessions),
        series=tuple(_series(sessions)),
        tracks=tuple(_tracks(activities, sessions)),
        relations=tuple(_relations(rng, world, sessions, count=size.activities // 20)),
        travel=world.travel,
        storms=frozenset(drawing.storms),
        locks=tuple(
            Lock(x.id, venue=x.venue.id, start=x.start) for x in sessions if rng.random() < 0.02
        ),
    )


def _homes(drawing: _Drawing) -> dict[str, frozenset[str] | None]:
    """For each district the venues that its activities may use: its province's, if several."""
    world = drawing.world
    if drawing.size.provinces == 1:
        return dict.fromkeys(world.provinces)
    of_province: dict[int, set[str]] = defaultdict(set)
    for venue in world.venues:
        of_province[world.provinces[venue.district]].add(venue.id)
    frozen = {province: frozenset(ids) for province, ids in of_province.items()}
    return {district: frozen[province] for district, province in world.provinces.items()}


def _activity(
    rng: random.Random, session: Session, world: World, homes: dict[str, frozenset[str] | None]
) -> Activity:
    venue = session.venue
    key, audience, _ = rng.choices(AUDIENCES, [share for *_, share in AUDIENCES])[0]
    seats = min(venue.seats, session.backup.seats) if session.backup else venue.seats
    shared = venue.facilities & session.backup.facilities if session.backup else venue.facilities
    return Activity(
        id=session.id,
        title=f"{audience}科普活动{session.id[1:]}",
        minutes=session.minutes,
        visitors=round(seats * rng.uniform(0.4, 0.95)),
        audience=key,
        district=rng.choices((venue.district, rng.choice(world.districts).id, None), (8, 1, 1))[0],
        facilities=frozenset(
            rng.sample(sorted(shared), min(len(shared), rng.choice((0, 0, 1, 2))))
        ),
        outdoor=venue.outdoor and rng.random() < 0.8,
        setup=session.setup,
        strike=session.strike,
        windows=_windows(rng, session, len(world.days)),
        venues=homes[venue.district],
        priority=rng.choices((Priority.NORMAL, Priority.HIGH, Priority.HIGHEST), (80, 15, 5))[0],
        commitment=rng.choices(tuple(Commitment), (50, 30, 17, 3))[0],
        wish_day=_wish_day(rng, session, len(world.days)),
        wish_half=rng.choices((_half(session.start), rng.choice(tuple(HalfDay)), None), (6, 1, 3))[
            0
        ],
        fields=tuple(session.fields),
        kits=(session.kit.kind,) if session.kit else (),
        team_size=rng.randint(3, min(10, session.team.size)) if session.team else 0,
        team_skills=frozenset(rng.sample(sorted(session.team.skills), 1))
        if session.team
        else frozenset(),
        places=tuple(
            Place(skill, need, under=60 if skill == LEADER else 20)
            for skill, need in Counter(skill for _, skill in session.volunteers).items()
        ),
    )


def _windows(rng: random.Random, session: Session, days: int) -> tuple[Window, ...]:
    """The whole campaign, some days, or a few hours more than it takes."""
    draw = rng.random()
    if draw < 0.4:
        return ()
    if draw < 0.8:
        chosen = {session.day, *rng.sample(range(days), 2)}
        return tuple(Window(d * DAY + 480, d * DAY + 1260) for d in sorted(chosen))
    before, after = rng.randrange(0, 181, GRID), rng.randrange(0, 181, GRID)
    return (Window(session.hold.start - before, session.hold.end + after),)


def _wish_day(rng: random.Random, session: Session, days: int) -> int | None:
    near = min(days - 1, max(0, session.day + rng.choice((-1, 1))))
    return rng.choices((session.day, near, None), (65, 15, 20))[0]


def _half(start: int) -> HalfDay:
    return next(half for half in HalfDay if half.value[0] <= start % DAY < half.value[1])


def _quotas(activities: Sequence[Activity], sessions: Sequence[Session]) -> tuple[Quota, ...]:
    """Two thirds of what the planted plan gives each audience and district."""
    counts = Counter(
        (activity.audience, session.venue.district)
        for activity, session in zip(activities, sessions, strict=True)
    )
    return tuple(
        Quota(audience, district, count * 2 // 3)
        for (audience, district), count in sorted(counts.items(), key=str)
        if audience and count > 1
    )


def _available_expert(rng: random.Random, expert: Expert, drawing: _Drawing) -> Expert:
    """Half of them have days on which they can; the planted ones are among these."""
    if rng.random() < 0.5:
        return expert
    days = drawing.diary.days(expert.id)
    days |= {d for d in range(drawing.size.days) if rng.random() < 0.6}
    if not days:
        return expert
    return replace(expert, windows=tuple(Window(d * DAY, (d + 1) * DAY) for d in sorted(days)))


def _available(
    rng: random.Random, drawing: _Drawing, sessions: Iterable[Session]
) -> tuple[Volunteer, ...]:
    """Skills that the planted plan uses and one more; days off where it leaves some."""
    used: dict[str, set[str]] = defaultdict(set)
    for session in sessions:
        for volunteer, skill in session.volunteers:
            used[volunteer.id].add(skill)
    found = []
    for volunteer in drawing.world.volunteers:
        days = drawing.diary.days(volunteer.id)
        found.append(
            replace(
                volunteer,
                skills=frozenset(used[volunteer.id] | {rng.choice(SKILLS)}),
                days_off=frozenset(
                    d for d in range(drawing.size.days) if d not in days and rng.random() < 0.4
                ),
            )
        )
    return tuple(found)


def _wishes(rng: random.Random, sessions: Iterable[Session]) -> tuple[Wish, ...]:
    """A quarter of the planted places is what somebody wished for."""
    return tuple(
        Wish(volunteer.id, session.id, skill)
        for session in sessions
        for volunteer, skill in session.volunteers
        if rng.random() < 0.25
    )


def _series(sessions: Sequence[Session]) -> Iterable[Series]:
    """Three sessions of one venue each, at every fifth venue, over the days that they have."""
    at: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        at[session.venue.id].append(session)
    for number, group in enumerate(list(at.values())[::5]):
        three = group[:3]
        if len(three) == 3:
            days = len({x.day for x in three})
            yield Series(f"S{number:04}", tuple(x.id for x in three), least_days=days)


def _tracks(activities: Sequence[Activity], sessions: Sequence[Session]) -> Iterable[Track]:
    """Up to four sessions for one audience of one district that nowhere overlap."""
    groups: dict[tuple[str | None, str], list[Session]] = defaultdict(list)
    for activity, session in zip(activities, sessions, strict=True):
        groups[activity.audience, session.venue.district].append(session)
    for number, group in enumerate(list(groups.values())[::4]):
        chosen: list[Session] = []
        for session in group:
            if len(chosen) < 4 and all(
                session.hold.end <= x.hold.start or x.hold.end <= session.hold.start for x in chosen
            ):
                chosen.append(session)
        if len(chosen) > 1:
            yield Track(f"H{number:04}", tuple(x.id for x in chosen))


def _relations(
    rng: random.Random, world: World, sessions: Sequence[Session], *, count: int
) -> Iterable[Relation]:
    """Ties between neighbours of a province in the list that the planted plan keeps."""
    for number in rng.sample(range(len(sessions) - 1), count):
        pair = sessions[number : number + 2]
        if len({world.provinces[x.venue.district] for x in pair}) > 1:
            continue
        first, second = sorted(pair, key=lambda x: x.start)
        apart = second.day - first.day
        if not apart:
            yield Relation(Tie.SAME_DAY, first.id, second.id)
        elif rng.random() < 0.3:
            yield Relation(Tie.OTHER_DAY, first.id, second.id)
        elif rng.random() < 0.5:
            yield Relation(Tie.DAYS_APART, first.id, second.id, amount=apart - 1)
        else:
            gap = (second.hold.start - first.hold.end) // 2
            yield Relation(Tie.BEFORE, first.id, second.id, amount=gap)

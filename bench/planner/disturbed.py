"""Planted campaigns to which something happens, with a legal repair and what it touches.

The repair gives each activity that is hit another venue, day, expert, kit or volunteer, and leaves
all others alone; where the region has nobody to spare, somebody is added to it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bench.planner.diary import Diary, Rooms
from bench.planner.planted import planted
from bench.planner.sizes import FACILITIES, Size
from events.planner import disturbance
from events.planner.answer import Assignment, Placement, Plan
from events.planner.changes import (
    DemandRises,
    ExpertIll,
    KitBroken,
    Storm,
    VenueDeclines,
    VolunteersCancel,
    WorldChange,
    apply_all,
)
from events.planner.problem import (
    DAY,
    Activity,
    Expert,
    Kit,
    Problem,
    Venue,
    Volunteer,
    Window,
)


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A legal plan, what happens to it, and one way out: a plan, its activities and its D."""

    problem: Problem
    plan: Plan
    changes: tuple[WorldChange, ...]
    repaired: Plan
    touched: int
    disturbance: int


def disturbed(size: Size, seed: int, event: str) -> Disturbed:
    """The planted campaign of this seed after one of `EVENTS`."""
    problem, plan = planted(size, seed)
    ground = _Ground(problem, plan)
    changes = (EVENTS[event](ground, random.Random(f"{seed} {event}")),)
    problem, repaired = ground.problem(), ground.plan()
    after = apply_all(problem, changes)
    return Disturbed(
        problem,
        plan,
        changes,
        repaired,
        len(ground.moved),
        disturbance.between(after, plan, repaired),
    )


class _Ground:
    """The region of a planted plan, where repairs are looked for and made possible."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self.activities = {x.id: x for x in problem.activities}
        self.venues = {x.id: x for x in problem.venues}
        self.experts = {x.id: x for x in problem.experts}
        self.kits = {x.id: x for x in problem.kits}
        self.volunteers = {x.id: x for x in problem.volunteers}
        self.placements = dict(disturbance.by_activity(plan.placements))
        self.assignments = list(plan.assignments)
        self.moved: set[str] = set()
        self._rooms = Rooms()
        self._diary = Diary(problem.travel, [x.id for x in problem.districts])
        self._book(plan)

    def problem(self) -> Problem:
        """The problem with what the repair needs; no tie or lock stands against what moved."""
        told = self._problem
        return replace(
            told,
            activities=tuple(self.activities.values()),
            venues=tuple(self.venues.values()),
            experts=tuple(self.experts.values()),
            kits=tuple(self.kits.values()),
            volunteers=tuple(self.volunteers.values()),
            locks=tuple(x for x in told.locks if x.activity not in self.moved),
            relations=tuple(x for x in told.relations if not {x.first, x.second} & self.moved),
            tracks=tuple(x for x in told.tracks if not self.moved.intersection(x.activities)),
        )

    def plan(self) -> Plan:
        """The repaired plan."""
        return Plan(tuple(self.placements.values()), tuple(self.assignments))

    def move_indoors(self, name: str, *, least_seats: int) -> None:
        """To another venue of the district at the same time; to a new one, if none is free."""
        placement, hold = self.placements[name], self.hold(name)
        district = self.venues[placement.venue].district
        asked = replace(self.activities[name], visitors=least_seats)
        found = next(
            (x for x in self.venues.values() if self._fits(x, asked, district, hold)), None
        )
        found = found or self._new_venue(district, least_seats)
        self._rooms.book(found.id, hold)
        self._move(name, replace(placement, venue=found.id, backup=None))
        if not found.outdoor:
            self.activities[name] = replace(self.activities[name], outdoor=False)

    def move_to_another_day(self, name: str, *, avoid: int) -> bool:
        """Everything else stays; only onto a day on which everybody has nothing else to do."""
        placement = self.placements[name]
        people = [*placement.experts, *placement.kits, *filter(None, [placement.team])]
        people += [x.volunteer for x in self.assignments if x.activity == name]
        venue = self.venues[placement.venue]
        for day in range(len(self._problem.days)):
            by = (day - placement.start // DAY) * DAY
            hold = Window(self.hold(name).start + by, self.hold(name).end + by)
            if (
                day != avoid
                and (day, venue.district) not in self._problem.storms
                and self._is_open(venue, hold)
                and not any(self._diary.count(who, day) for who in people)
            ):
                self._rooms.book(venue.id, hold)
                for who in people:
                    self._diary.book(who, hold, venue.district)
                self._free_up(name, day)
                self._move(name, replace(placement, start=placement.start + by, backup=None))
                return True
        return False

    def substitute_expert(self, name: str, expert: str) -> None:
        """Somebody free then who, from now on, knows the field."""
        placement, hold = self.placements[name], self.hold(name)
        field = self.activities[name].fields[placement.experts.index(expert)]
        district = self.venues[placement.venue].district
        day = placement.start // DAY
        found = next(
            (
                x
                for x in self.experts.values()
                if x.id not in placement.experts
                and self._diary.count(x.id, day) < (x.most_per_day or 9)
                and self._diary.count(x.id) < (x.most or 99)
                and self._diary.is_free(x.id, hold, district, gap=x.buffer)
            ),
            None,
        )
        found = found or Expert(f"E-{name}", frozenset(), f"后备专家{name}")
        windows = (*found.windows, Window(day * DAY, (day + 1) * DAY)) if found.windows else ()
        self.experts[found.id] = replace(found, fields=found.fields | {field}, windows=windows)
        self._diary.book(found.id, hold, district)
        self._move(
            name, replace(placement, experts=_exchanged(placement.experts, expert, found.id))
        )

    def substitute_kit(self, name: str, kit: str) -> None:
        """Another kit of the kind, or a new one."""
        placement, hold = self.placements[name], self.hold(name)
        district, kind = self.venues[placement.venue].district, self.kits[kit].kind
        found = next(
            (
                x
                for x in self.kits.values()
                if x.id != kit
                and x.kind == kind
                and self._diary.count(x.id, placement.start // DAY) < (x.most_per_day or 9)
                and self._diary.is_free(x.id, hold, district, gap=2 * x.loading)
            ),
            Kit(f"K-{name}", kind, f"后备展车{name}", district, loading=30),
        )
        self.kits[found.id] = found
        self._diary.book(found.id, hold, district)
        self._move(name, replace(placement, kits=_exchanged(placement.kits, kit, found.id)))

    def substitute_volunteer(self, taken: Assignment, gone: frozenset[str]) -> None:
        """Somebody of the district with a free day who, from now on, has the skill."""
        name = taken.activity
        district = self.venues[self.placements[name].venue].district
        day = self.placements[name].start // DAY
        found = next(
            (
                x
                for x in self.volunteers.values()
                if x.district == district
                and x.id not in gone
                and not self._diary.count(x.id, day)
                and self._diary.minutes(x.id) < 1_200
            ),
            Volunteer(f"P-{name}-{taken.volunteer}", f"后备{taken.volunteer}", district=district),
        )
        self.volunteers[found.id] = replace(
            found, skills=found.skills | {taken.skill}, days_off=found.days_off - {day}
        )
        self._diary.book(found.id, self.hold(name), district)
        self.assignments.remove(taken)
        self.assignments.append(Assignment(found.id, name, taken.skill))
        self.moved.add(name)

    def drop_backup(self, name: str) -> None:
        """A reserve that is gone is no repair that anybody sees."""
        self.placements[name] = replace(self.placements[name], backup=None)

    def hold(self, name: str) -> Window:
        """From set-up to strike."""
        activity, start = self.activities[name], self.placements[name].start
        return Window(start - activity.setup, start + activity.minutes + activity.strike)

    def _book(self, plan: Plan) -> None:
        for x in plan.placements:
            hold, district = self.hold(x.activity), self.venues[x.venue].district
            self._rooms.book(x.venue, hold)
            if x.backup:
                self._rooms.book(x.backup, hold)
            for who in (*x.experts, *x.kits, *filter(None, [x.team])):
                self._diary.book(who, hold, district)
        for assignment in plan.assignments:
            district = self.venues[self.placements[assignment.activity].venue].district
            self._diary.book(assignment.volunteer, self.hold(assignment.activity), district)

    def _move(self, name: str, placement: Placement) -> None:
        self.placements[name] = placement
        self.moved.add(name)

    def _fits(self, venue: Venue, asked: Activity, district: str, hold: Window) -> bool:
        return (
            venue.district == district
            and not venue.outdoor
            and venue.seats >= asked.visitors
            and asked.facilities <= venue.facilities
            and (asked.venues is None or venue.id in asked.venues)
            and venue.id != self.placements[asked.id].venue
            and self._is_open(venue, hold)
        )

    def _is_open(self, venue: Venue, hold: Window) -> bool:
        return (
            any(x.start <= hold.start and hold.end <= x.end for x in venue.open)
            and not any(x.start < hold.end and hold.start < x.end for x in venue.closed)
            and self._rooms.is_free(venue.id, venue.rooms, hold)
        )

    def _new_venue(self, district: str, seats: int) -> Venue:
        days = range(len(self._problem.days))
        venue = Venue(
            id=f"V-{len(self.venues)}",
            district=district,
            seats=seats,
            name=f"后备厅{len(self.venues)}",
            facilities=frozenset(FACILITIES),
            open=tuple(Window(d * DAY + 480, d * DAY + 1260) for d in days),
        )
        self.venues[venue.id] = venue
        for x in self.activities.values():
            if x.venues is not None:
                self.activities[x.id] = replace(x, venues=x.venues | {venue.id})
        return venue

    def _free_up(self, name: str, day: int) -> None:
        """Nobody's own calendar stands against the day of the repair."""
        whole = Window(day * DAY, (day + 1) * DAY)
        activity = self.activities[name]
        if activity.windows:
            self.activities[name] = replace(activity, windows=(*activity.windows, whole))
        for expert in map(self.experts.__getitem__, self.placements[name].experts):
            if expert.windows:
                self.experts[expert.id] = replace(expert, windows=(*expert.windows, whole))
        for assignment in self.assignments:
            if assignment.activity == name:
                volunteer = self.volunteers[assignment.volunteer]
                left = volunteer.days_off - {day}
                self.volunteers[volunteer.id] = replace(volunteer, days_off=left)


def _venue_declines(ground: _Ground, _rng: random.Random) -> WorldChange:
    """The busiest venue."""
    uses = Counter(x.venue for x in ground.placements.values())
    ((venue, _),) = uses.most_common(1)
    for name, placement in list(ground.placements.items()):
        if placement.venue == venue:
            ground.move_indoors(name, least_seats=ground.activities[name].visitors)
        elif placement.backup == venue:
            ground.drop_backup(name)
    return VenueDeclines(venue)


def _storm(ground: _Ground, rng: random.Random) -> WorldChange:
    """The day with most outdoors, in a quarter of the districts where something is."""
    outdoors = {
        name: (x.start // DAY, ground.venues[x.venue].district)
        for name, x in ground.placements.items()
        if ground.venues[x.venue].outdoor or ground.activities[name].outdoor
    }
    ((day, _),) = Counter(day for day, _ in outdoors.values()).most_common(1)
    there = sorted({district for at, district in outdoors.values() if at == day})
    districts = frozenset(rng.sample(there, -(-len(there) // 4)))
    for name, (at, district) in outdoors.items():
        if at == day and district in districts and not ground.move_to_another_day(name, avoid=day):
            ground.move_indoors(name, least_seats=ground.activities[name].visitors)
    return Storm(day, districts)


def _expert_ill(ground: _Ground, _rng: random.Random) -> WorldChange:
    """The busiest expert."""
    ((expert, _),) = _most_used(x.experts for x in ground.placements.values())
    for name, placement in list(ground.placements.items()):
        if expert in placement.experts:
            ground.substitute_expert(name, expert)
    return ExpertIll(expert)


def _kit_broken(ground: _Ground, _rng: random.Random) -> WorldChange:
    """The busiest kit."""
    ((kit, _),) = _most_used(x.kits for x in ground.placements.values())
    for name, placement in list(ground.placements.items()):
        if kit in placement.kits:
            ground.substitute_kit(name, kit)
    return KitBroken(kit)


def _volunteers_cancel(ground: _Ground, rng: random.Random) -> WorldChange:
    """Every tenth."""
    everybody = sorted(ground.volunteers)
    gone = frozenset(rng.sample(everybody, len(everybody) // 10))
    for assignment in list(ground.assignments):
        if assignment.volunteer in gone:
            ground.substitute_volunteer(assignment, gone)
    return VolunteersCancel(gone)


def _demand_rises(ground: _Ground, rng: random.Random) -> WorldChange:
    """A fifth more of one audience."""
    audience = rng.choice(sorted({x.audience or "" for x in ground.activities.values()}))
    for name, activity in list(ground.activities.items()):
        grown = -(-activity.visitors * 120 // 100)
        if activity.audience != audience:
            continue
        if grown > ground.venues[ground.placements[name].venue].seats:
            ground.move_indoors(name, least_seats=grown)
        elif (backup := ground.placements[name].backup) and grown > ground.venues[backup].seats:
            ground.drop_backup(name)
    return DemandRises(audience, 20)


_Event = Callable[[_Ground, random.Random], WorldChange]
EVENTS: Mapping[str, _Event] = {
    "venue_declines": _venue_declines,
    "storm": _storm,
    "expert_ill": _expert_ill,
    "kit_broken": _kit_broken,
    "volunteers_cancel": _volunteers_cancel,
    "demand_rises": _demand_rises,
}


def _most_used(uses: Iterable[tuple[str, ...]]) -> list[tuple[str, int]]:
    return Counter(who for several in uses for who in several).most_common(1)


def _exchanged(several: tuple[str, ...], gone: str, new: str) -> tuple[str, ...]:
    return tuple(new if who == gone else who for who in several)

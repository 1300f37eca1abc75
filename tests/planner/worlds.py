"""Small problems and plans for tests: one world told by hand, and any for properties."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import product
from typing import Any, TypeVar

from events.planner.answer import Assignment, Placement, Plan
from events.planner.faults.contracts import most_minutes
from events.planner.problem import (
    DAY,
    Activity,
    Audience,
    Contract,
    Day,
    District,
    Expert,
    HalfDay,
    Kit,
    Level,
    Lock,
    Place,
    Priority,
    Problem,
    Quota,
    Relation,
    Series,
    Site,
    Team,
    Term,
    Tie,
    Track,
    Travel,
    Venue,
    Volunteer,
    Window,
    Wish,
)

T = TypeVar("T")
SATURDAY = dt.date(2025, 9, 20)
DAYS = tuple(Day(SATURDAY + dt.timedelta(days=day)) for day in range(3))


def at(day: int, hour: float) -> int:
    """A moment of the campaign, in minutes."""
    return day * DAY + int(hour * 60)


def hours(first: float = 9, last: float = 17, days: int = 3) -> tuple[Window, ...]:
    """The same hours every day."""
    return tuple(Window(at(day, first), at(day, last)) for day in range(days))


MUSEUM = Venue("museum", "east", 200, name="科技馆", open=hours(), facilities=frozenset({"投影"}))
SCHOOL = Venue("school", "west", 60, rooms=2, name="实验小学", open=hours(8, 18))
SQUARE = Venue("square", "east", 500, name="人民广场", outdoor=True, open=hours(8, 22))
TALK = Activity("talk", 90, 150, "防震讲座", facilities=frozenset({"投影"}), fields=("地震",))
SHOW = Activity("show", 60, 40, "机器人展演", setup=30, strike=30, kits=("机器人",))
STARS = Activity("stars", 120, 80, "观星", outdoor=True, team_size=6)
LI = Expert("li", frozenset({"地震"}), "李工", "east", most_per_day=2, most=3, buffer=15)
CARAVAN = Kit("caravan", "机器人", "1号大篷车", "east", loading=20)
TEAM = Team("team", 8, "青年志愿队", area=frozenset({"east"}))
WORLD = Problem(
    days=DAYS,
    activities=(TALK, SHOW, STARS),
    venues=(MUSEUM, SCHOOL, SQUARE),
    districts=(District("east", "东区"), District("west", "西区")),
    experts=(LI,),
    kits=(CARAVAN,),
    teams=(TEAM,),
    travel=Travel(((10, 60), (60, 10)), ((5, 70), (70, 5))),
)
PLAN = Plan(
    (
        Placement("talk", "museum", at(0, 14), experts=("li",)),
        Placement("show", "school", at(1, 10), kits=("caravan",)),
        Placement("stars", "square", at(0, 19), team="team", backup=None),
    )
)

ACTIVITIES = ("a1", "a2", "a3")
VENUES = ("v1", "v2")
VOLUNTEERS = ("p1", "p2")
EXPERTS = ("e1", "e2")
SKILLS = ("guide", "host")
DISTRICTS = ("d1", "d2")
IDS = {*ACTIVITIES, *VENUES, *VOLUNTEERS, *EXPERTS, *DISTRICTS, "k1", "t1", "t2", "s1", "youth"}


def problem(seed: int) -> Problem:
    """Any problem without faults: two days, three activities, at most two of everything else."""
    return _Dice(seed).problem()


def plan(seed: int) -> Plan:
    """Any plan whose ids those problems know; legal or not."""
    return _Dice(seed).plan()


def shuffled(seed: int, rows: Sequence[T]) -> tuple[T, ...]:
    """The same rows in another order."""
    return tuple(random.Random(seed).sample(rows, len(rows)))


def mixed(seed: int, value: Any) -> Any:
    """The same problem or plan, its tables in another order; days and districts keep theirs."""
    tables = {field.name: getattr(value, field.name) for field in fields(value)}
    changed = {
        name: shuffled(seed, table)
        for name, table in tables.items()
        if isinstance(table, tuple) and name not in {"days", "districts"}
    }
    return replace(value, **changed)


def renamed(value: Any, ids: Collection[str] = IDS) -> Any:
    """The same with other ids, wherever they stand."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return f"{value}'" if value in ids else value
    if isinstance(value, tuple | frozenset):
        return type(value)(renamed(part, ids) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: renamed(getattr(value, field.name), ids) for field in fields(value)}
        return type(value)(**parts)
    return value


class _Dice(random.Random):
    """Throws parts of a problem; much quicker than strategies that draw each field."""

    def maybe(self, *choices: T) -> T | None:
        return self.choice((None, *choices))

    def subset(self, choices: Sequence[str], most: int = 2) -> frozenset[str]:
        return frozenset(self.sample(choices, self.randint(0, min(most, len(choices)))))

    def group(self) -> tuple[str, ...]:
        return tuple(self.sample(ACTIVITIES, self.randint(1, 3)))

    def windows(self, most: int, least: int = 0) -> tuple[Window, ...]:
        starts = [self.randrange(48) * 60 for _ in range(self.randint(least, most))]
        return tuple(Window(start, start + self.randint(1, 24) * 60) for start in starts)

    def activity(self, name: str) -> Activity:
        return Activity(
            name,
            self.choice((30, 60, 180)),
            visitors=self.choice((0, 10, 120)),
            audience=self.maybe("youth"),
            district=self.maybe(*DISTRICTS),
            facilities=self.subset(("f1", "f2"), 1),
            outdoor=self.random() < 0.3,
            setup=self.choice((0, 30)),
            strike=self.choice((0, 60)),
            windows=self.windows(1),
            venues=self.maybe(frozenset(VENUES), frozenset({"v1"})),
            priority=self.choice(tuple(Priority)),
            wish_day=self.maybe(0, 1),
            wish_half=self.maybe(*HalfDay),
            fields=tuple(self.subset(("x", "y"), 1)),
            kits=self.choice(((), ("k",))),
            team_size=self.choice((0, 0, 5)),
            places=tuple(
                Place(skill, self.randint(0, 2), self.randint(0, 20), self.maybe(0, 3))
                for skill in sorted(self.subset(SKILLS))
            ),
        )

    def venue(self, name: str) -> Venue:
        return Venue(
            name,
            self.choice(DISTRICTS),
            self.choice((20, 150, 400)),
            rooms=self.randint(1, 2),
            site=self.choice(("", "house")),
            facilities=self.subset(("f1", "f2")),
            outdoor=self.random() < 0.3,
            open=self.windows(3, 1),
            closed=self.windows(1),
        )

    def contract(self) -> Contract:
        least_run, most_run = self.choice(((1, None), (1, 1), (1, 2), (2, None), (2, 2)))
        return Contract(
            least_minutes=self.maybe(0, 120),
            most_minutes=self.maybe(120, 240),
            most_minutes_per_day=self.maybe(60, 180),
            most_per_day=self.maybe(0, 1, 2),
            least_rest=self.choice((0, 600)),
            least_run=least_run,
            most_run=most_run,
            least_run_off=self.randint(1, 2),
            most_weekends=self.maybe(0, 1),
            most_by_skill={skill: self.randint(0, 2) for skill in self.subset(SKILLS, 1)},
        )

    def volunteer(self, name: str) -> Volunteer:
        made = Volunteer(
            name,
            skills=self.subset(SKILLS) | self.subset(SKILLS),
            windows=self.windows(1),
            days_off=frozenset(self.sample(range(2), self.randint(0, 1))),
            minor=self.random() < 0.3,
            contract=self.contract(),
        )
        if most_minutes(made, 2) >= (made.contract.least_minutes or 0):
            return made
        return replace(made, contract=replace(made.contract, least_minutes=None))

    def expert(self, name: str) -> Expert:
        return Expert(
            name,
            self.subset(("x", "y")),
            district=self.maybe("d1"),
            windows=self.windows(1),
            most_per_day=self.maybe(0, 1, 2),
            most=self.maybe(0, 1, 2),
            buffer=self.choice((0, 30)),
        )

    def lock(self) -> Lock:
        return Lock(
            self.choice(ACTIVITIES),
            venue=self.maybe(*VENUES),
            start=self.maybe(self.randrange(2 * DAY)),
            volunteers=self.maybe((("p1", "guide"),)),
        )

    def relation(self) -> Relation:
        first, second = self.sample(ACTIVITIES, 2)
        return Relation(self.choice(tuple(Tie)), first, second, self.randint(0, 2))

    def problem(self) -> Problem:
        way = self.choice((0, 45))
        return Problem(
            days=DAYS[:2],
            activities=tuple(self.activity(name) for name in ACTIVITIES),
            venues=tuple(self.venue(name) for name in VENUES),
            grid=60,
            districts=tuple(District(name) for name in DISTRICTS),
            audiences=(Audience("youth"),),
            quotas=(Quota("youth", self.maybe("d1"), self.randint(0, 2)),),
            experts=tuple(self.expert(name) for name in EXPERTS),
            kits=(Kit("k1", "k", district="d2", loading=self.choice((0, 20))),),
            teams=(Team("t1", 5, windows=self.windows(1)),),
            volunteers=tuple(self.volunteer(name) for name in VOLUNTEERS),
            wishes=(
                Wish("p1", "a1", "guide", wanted=self.random() < 0.5),
                Wish("p2", "a2", "host", wanted=self.random() < 0.5),
            ),
            series=(Series("s1", self.group(), least_days=2),),
            tracks=(Track("t1", self.group(), compact=True), Track("t2", self.group())),
            relations=tuple(self.relation() for _ in range(self.randint(0, 2))),
            travel=Travel(((5, way), (way, 5)), ((1, 60), (60, 1))),
            storms=frozenset((self.randint(0, 1), name) for name in sorted(self.subset(DISTRICTS))),
            not_after=self.choice((frozenset(), frozenset({("guide", "host")}))),
            locks=tuple(self.lock() for _ in range(self.randint(0, 1))),
            weights={term: self.choice(tuple(Level)) for term in self.sample(tuple(Term), 4)},
            sites=(Site("house", (self.randint(0, 2), self.randint(1, 3))),) * self.randint(0, 1),
        )

    def placement(self, name: str) -> Placement:
        return Placement(
            name,
            self.choice(VENUES),
            self.randrange(48) * 60,
            team=self.maybe("t1"),
            experts=tuple(self.subset(EXPERTS, 1)),
            kits=self.choice(((), ("k1",))),
            backup=self.choice((None, None, *VENUES)),
        )

    def plan(self) -> Plan:
        placed = sorted(self.subset(ACTIVITIES, 3) | self.subset(ACTIVITIES, 3))
        each = list(product(VOLUNTEERS, ACTIVITIES, SKILLS))
        return Plan(
            tuple(self.placement(name) for name in placed),
            tuple(Assignment(*one) for one in self.sample(each, self.randint(0, 4))),
        )

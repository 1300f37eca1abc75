"""Small problems and plans for tests: one world told by hand, and any for properties."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from events.planner.answer import Assignment, Placement, Plan
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

_ACTIVITIES = ("a1", "a2", "a3")
_VENUES = ("v1", "v2")
_VOLUNTEERS = ("p1", "p2")
_EXPERTS = ("e1", "e2")
_SKILLS = ("guide", "host")
_some = st.integers(0, 2)
_hours = st.integers(0, 47).map(lambda hour: hour * 60)


@st.composite
def _windows(draw: st.DrawFn, most: int = 2) -> tuple[Window, ...]:
    starts = draw(st.lists(_hours, max_size=most))
    return tuple(Window(one, one + draw(st.integers(1, 24)) * 60) for one in starts)


@st.composite
def _activity(draw: st.DrawFn, name: str) -> Activity:
    return Activity(
        name,
        draw(st.sampled_from((30, 60, 180))),
        visitors=draw(st.sampled_from((0, 10, 120))),
        audience=draw(st.sampled_from((None, "youth"))),
        district=draw(st.sampled_from((None, "d1", "d2"))),
        facilities=draw(st.frozensets(st.sampled_from(("f1", "f2")), max_size=1)),
        outdoor=draw(st.booleans()),
        setup=draw(st.sampled_from((0, 30))),
        strike=draw(st.sampled_from((0, 60))),
        windows=draw(_windows(1)),
        venues=draw(st.none() | st.frozensets(st.sampled_from(_VENUES), min_size=1)),
        priority=draw(st.sampled_from(Priority)),
        wish_day=draw(st.none() | st.integers(0, 1)),
        wish_half=draw(st.none() | st.sampled_from(HalfDay)),
        fields=draw(st.lists(st.sampled_from(("x", "y")), max_size=1).map(tuple)),
        kits=draw(st.lists(st.just("k"), max_size=1).map(tuple)),
        team_size=draw(st.sampled_from((0, 0, 5))),
        places=draw(_places()),
    )


@st.composite
def _places(draw: st.DrawFn) -> tuple[Place, ...]:
    over = st.none() | st.integers(0, 3)
    return tuple(
        Place(skill, draw(_some), under=draw(st.integers(0, 20)), over=draw(over))
        for skill in draw(st.sets(st.sampled_from(_SKILLS)).map(sorted))
    )


@st.composite
def _venue(draw: st.DrawFn, name: str) -> Venue:
    return Venue(
        name,
        draw(st.sampled_from(("d1", "d2"))),
        draw(st.sampled_from((20, 150, 400))),
        rooms=draw(st.integers(1, 2)),
        site=draw(st.sampled_from(("", "house"))),
        facilities=draw(st.frozensets(st.sampled_from(("f1", "f2")))),
        outdoor=draw(st.booleans()),
        open=draw(_windows(3)),
        closed=draw(_windows(1)),
    )


@st.composite
def _contract(draw: st.DrawFn) -> Contract:
    few = st.none() | st.integers(0, 3)
    hourly = st.none() | st.integers(0, 6).map(lambda hour: hour * 60)
    return Contract(
        least_minutes=draw(hourly),
        most_minutes=draw(hourly),
        most_minutes_per_day=draw(hourly),
        most_per_day=draw(few),
        least_rest=draw(st.sampled_from((0, 600))),
        least_run=draw(st.integers(1, 2)),
        most_run=draw(few),
        least_run_off=draw(st.integers(1, 2)),
        most_weekends=draw(few),
        most_by_skill=draw(st.dictionaries(st.sampled_from(_SKILLS), _some, max_size=1)),
    )


@st.composite
def _volunteer(draw: st.DrawFn, name: str) -> Volunteer:
    return Volunteer(
        name,
        skills=draw(st.frozensets(st.sampled_from(_SKILLS))),
        windows=draw(_windows(1)),
        days_off=draw(st.frozensets(st.integers(0, 1), max_size=1)),
        minor=draw(st.booleans()),
        contract=draw(_contract()),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any problem without faults: two days, three activities, two of everything else."""
    pairs = st.tuples(st.sampled_from(_ACTIVITIES), st.sampled_from(_ACTIVITIES))
    ties = pairs.filter(lambda pair: pair[0] != pair[1])
    groups = st.sets(st.sampled_from(_ACTIVITIES), min_size=1).map(sorted).map(tuple)
    minutes = draw(st.sampled_from((0, 45)))
    return Problem(
        days=DAYS[:2],
        activities=tuple(draw(_activity(name)) for name in _ACTIVITIES),
        venues=tuple(draw(_venue(name)) for name in _VENUES),
        grid=60,
        districts=(District("d1"), District("d2")),
        audiences=(Audience("youth"),),
        quotas=(Quota("youth", draw(st.sampled_from((None, "d1"))), draw(_some)),),
        experts=tuple(
            Expert(
                name,
                draw(st.frozensets(st.sampled_from(("x", "y")))),
                district=draw(st.sampled_from((None, "d1"))),
                windows=draw(_windows(1)),
                most_per_day=draw(st.none() | _some),
                most=draw(st.none() | _some),
                buffer=draw(st.sampled_from((0, 30))),
            )
            for name in _EXPERTS
        ),
        kits=(Kit("k1", "k", district="d2", loading=draw(st.sampled_from((0, 20)))),),
        teams=(Team("t1", 5, windows=draw(_windows(1))),),
        volunteers=tuple(draw(_volunteer(name)) for name in _VOLUNTEERS),
        wishes=(
            Wish("p1", "a1", "guide", wanted=draw(st.booleans())),
            Wish("p2", "a2", "host", wanted=draw(st.booleans())),
        ),
        series=(Series("s1", draw(groups), least_days=2),),
        tracks=(Track("t1", draw(groups), compact=True), Track("t2", draw(groups))),
        relations=tuple(
            Relation(draw(st.sampled_from(Tie)), *draw(ties), amount=draw(_some))
            for _ in range(draw(_some))
        ),
        travel=Travel(((5, minutes), (minutes, 5)), ((1, 60), (60, 1))),
        storms=draw(st.frozensets(st.tuples(st.integers(0, 1), st.sampled_from(("d1", "d2"))))),
        not_after=draw(st.frozensets(st.just(("guide", "host")))),
        locks=draw(_locks()),
        weights=draw(st.dictionaries(st.sampled_from(Term), st.sampled_from(Level), max_size=4)),
    )


@st.composite
def _locks(draw: st.DrawFn) -> tuple[Lock, ...]:
    return tuple(
        Lock(
            name,
            venue=draw(st.none() | st.sampled_from(_VENUES)),
            start=draw(st.none() | st.integers(0, 2 * DAY - 1)),
            volunteers=draw(st.none() | st.just((("p1", "guide"),))),
        )
        for name in draw(st.sets(st.sampled_from(_ACTIVITIES), max_size=1))
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan whose ids those problems know; legal or not."""
    starts = st.integers(0, 47).map(lambda hour: hour * 60)
    return Plan(
        tuple(
            Placement(
                name,
                draw(st.sampled_from(_VENUES)),
                draw(starts),
                team=draw(st.sampled_from((None, "t1"))),
                experts=draw(st.lists(st.sampled_from(_EXPERTS), max_size=1).map(tuple)),
                kits=draw(st.lists(st.just("k1"), max_size=1).map(tuple)),
                backup=draw(st.sampled_from((None, None, *_VENUES))),
            )
            for name in draw(st.sets(st.sampled_from(_ACTIVITIES)).map(sorted))
        ),
        tuple(
            Assignment(*one)
            for one in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(_VOLUNTEERS),
                        st.sampled_from(_ACTIVITIES),
                        st.sampled_from(_SKILLS),
                    ),
                    max_size=4,
                    unique=True,
                )
            )
        ),
    )

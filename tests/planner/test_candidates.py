"""Possible venue-times: which, at what cost, and why not the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from events.planner import candidates
from events.planner.candidates import Cause, Choice
from events.planner.problem import (
    DAY,
    Activity,
    Day,
    District,
    HalfDay,
    Level,
    Lock,
    Problem,
    Term,
    Venue,
    Window,
)

HALL = Venue("hall", "east", 300, open=(Window(540, 720), Window(DAY + 540, DAY + 720)))
ROOM = Venue("room", "west", 60, open=(Window(540, 720),), facilities=frozenset({"projector"}))
TALK = Activity("talk", 60, visitors=50)
PROBLEM = Problem(
    days=(Day(dt.date(2025, 9, 20)), Day(dt.date(2025, 9, 21))),
    activities=(TALK,),
    venues=(HALL, ROOM),
    grid=60,
    districts=(District("east"), District("west")),
)


def _with(activity: Activity, **changes: Any) -> candidates.Candidates:
    return candidates.find(replace(PROBLEM, activities=(activity,), **changes))


def test_a_session_begins_on_the_grid_and_ends_within_the_hours() -> None:
    found = candidates.find(PROBLEM).choices(0)
    assert found == (
        Choice(1, 540, 0),
        Choice(1, 600, 0),
        Choice(1, 660, 0),
        Choice(0, 540, 2),
        Choice(0, 600, 2),
        Choice(0, 660, 2),
        Choice(0, DAY + 540, 2),
        Choice(0, DAY + 600, 2),
        Choice(0, DAY + 660, 2),
    )


def test_the_cheapest_are_the_head_of_all() -> None:
    found = candidates.find(PROBLEM)
    for most in range(11):
        assert found.choices(0, most) == found.choices(0)[:most]


def test_set_up_and_strike_lie_within_the_hours() -> None:
    found = _with(replace(TALK, setup=30, strike=30, venues=frozenset({"room"})))
    assert [choice.start for choice in found.choices(0)] == [600]


def test_hours_that_meet_at_midnight_are_one() -> None:
    night = replace(HALL, open=(Window(0, DAY), Window(DAY, 2 * DAY)))
    found = _with(Activity("stars", 120, windows=(Window(1380, 1500),)), venues=(night,))
    assert [choice.start for choice in found.choices(0)] == [1380]


def test_each_venue_time_has_one_first_cause() -> None:
    found = _with(
        replace(TALK, visitors=80, windows=(Window(540, 660),)),
        venues=(replace(HALL, closed=(Window(540, 600),)), ROOM),
    )
    assert found.reasons(0) == (
        9,
        Counter({Cause.TOO_SMALL: 3, Cause.CLOSED: 1, Cause.DATES: 4}),
    )
    assert found.choices(0) == (Choice(0, 600, 2),)


def test_storms_end_what_is_outdoors() -> None:
    square = replace(HALL, outdoor=True)
    found = _with(TALK, venues=(square, ROOM), storms=frozenset({(0, "east")}))
    assert found.reasons(0) == (9, Counter({Cause.STORM: 3}))
    found = _with(
        replace(TALK, outdoor=True), storms=frozenset({(0, "west"), (0, "east"), (1, "east")})
    )
    assert found.reasons(0) == (9, Counter({Cause.STORM: 9}))


def test_a_lock_leaves_its_start_even_off_the_grid() -> None:
    found = _with(TALK, locks=(Lock("talk", start=545),))
    assert found.choices(0) == (Choice(1, 545, 0), Choice(0, 545, 2))
    assert found.reasons(0) == (11, Counter({Cause.LOCKED: 9}))


def test_seats_are_a_price_once_crowding_is_no_rule() -> None:
    crowded = replace(TALK, visitors=75, venues=frozenset({"room"}))
    assert _with(crowded).choices(0) == ()
    found = _with(crowded, weights={Term.CROWDING: Level.IMPORTANT})
    assert [choice.cost for choice in found.choices(0)] == [45, 45, 45]


def test_wishes_are_prices_and_rules_at_must() -> None:
    wishing = replace(TALK, district="west", wish_day=0, wish_half=HalfDay.AFTERNOON)
    assert {choice.cost for choice in _with(wishing).choices(0)} == {3, 11, 15}
    found = _with(wishing, weights={Term.TIME: Level.MUST})
    assert found.reasons(0) == (9, Counter({Cause.NOT_WISHED: 9}))
    found = _with(wishing, weights={Term.VENUE: Level.MUST})
    assert found.reasons(0) == (9, Counter({Cause.NOT_WISHED: 6}))


def test_a_venue_without_hours_is_never_open() -> None:
    found = _with(TALK, venues=(Venue("tent", "east", 100),))
    assert found.reasons(0) == (0, Counter())
    assert found.choices(0) == ()

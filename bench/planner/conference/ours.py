"""A conference as the planner's Problem, and its plan as a programme.

A talk is an activity, a stage a venue, a speaker the only expert of a field. A clash is a track of
two: the planner keeps both apart as a rule, where the peer may let people choose. People without
a seat cost a point each; a talk left out costs more than all seats.
"""

from __future__ import annotations

import datetime as dt

from bench.planner.conference.talks import CHANGEOVER, SLOT, Booked, Conference, Programme
from events.planner.answer import Plan
from events.planner.problem import (
    Activity,
    Day,
    District,
    Expert,
    Level,
    Priority,
    Problem,
    Term,
    Track,
    Venue,
    Window,
)

FIRST_DAY = dt.date(2025, 9, 20)
GROUNDS = "grounds"
WEIGHTS = {
    Term.UNPLACED: Level.VERY_IMPORTANT,
    Term.CROWDING: Level.NORMAL,
    Term.VENUE: Level.IGNORED,
    Term.EXPERTS: Level.IGNORED,
}


def problem(conference: Conference) -> Problem:
    """The question in the planner's words; the last changeover of a day may run over the hours."""
    hours = tuple(Window(day.start, day.end + CHANGEOVER) for day in conference.days)
    return Problem(
        days=tuple(Day(FIRST_DAY + dt.timedelta(days=day)) for day in range(len(conference.days))),
        grid=SLOT,
        districts=(District(GROUNDS),),
        venues=tuple(
            Venue(id=str(stage.id), district=GROUNDS, seats=stage.seats, open=hours)
            for stage in conference.stages
        ),
        experts=tuple(
            Expert(
                id=str(speaker),
                fields=frozenset({str(speaker)}),
                windows=tuple(Window(*span) for span in times),
                buffer=CHANGEOVER,
            )
            for speaker, times in conference.speakers.items()
        ),
        activities=tuple(
            Activity(
                id=str(talk.id),
                minutes=talk.minutes,
                visitors=talk.visitors,
                strike=CHANGEOVER,
                venues=frozenset(map(str, talk.stages)),
                priority=Priority.HIGHEST,
                fields=tuple(map(str, talk.speakers)),
            )
            for talk in conference.talks
        ),
        tracks=tuple(
            Track(f"{one}+{other}", (str(one), str(other)))
            for one, other in (clash.talks for clash in conference.clashes)
        ),
        weights=WEIGHTS,
    )


def programme(plan: Plan) -> Programme:
    """Where each talk of a plan is held, and when."""
    return tuple(
        sorted(Booked(int(one.activity), int(one.venue), one.start) for one in plan.placements)
    )

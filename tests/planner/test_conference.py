"""Conferences for a comparison: one question said twice, one judge for both answers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from bench.planner.conference import ours, theirs
from bench.planner.conference.judge import Judged, judge
from bench.planner.conference.talks import (
    SLOT,
    Booked,
    Clash,
    Conference,
    Programme,
    Span,
    Stage,
    Talk,
    draw,
)
from events.planner.answer import Placement, Plan
from events.planner.check import check
from events.planner.score import score

MORNING, DAY = Span(600, 720), Span(600, 1320)
SMALL = Conference(
    days=(DAY,),
    stages=(Stage(1, 60), Stage(2, 36)),
    talks=(
        Talk(1, 50, 72, (1,), frozenset({1, 2})),
        Talk(2, 50, 24, (1, 2), frozenset({1, 2})),
        Talk(3, 20, 36, (3,), frozenset({2})),
    ),
    speakers={1: (DAY,), 2: (MORNING,), 3: (DAY,)},
    clashes=(Clash((1, 3), 15),),
)
GOOD = (Booked(1, 1, 660), Booked(2, 1, 600), Booked(3, 2, 720))


def laid(conference: Conference, programme: Programme) -> Plan:
    """A programme as a plan."""
    talks = {talk.id: talk for talk in conference.talks}
    return Plan(
        tuple(
            Placement(str(talk), str(stage), start, experts=tuple(map(str, talks[talk].speakers)))
            for talk, stage, start in programme
        )
    )


@pytest.mark.parametrize(("talks", "seed"), [(5, 1), (50, 1), (150, 3)])
def test_a_conference_is_drawn_around_a_legal_programme(talks: int, seed: int) -> None:
    conference, programme = draw(talks, seed)
    judged = judge(conference, programme)
    assert judged == Judged(talks, 0, judged.seatless, 0, ())
    assert draw(talks, seed) == (conference, programme)


def test_planner_and_judge_agree_on_a_legal_programme() -> None:
    conference, programme = draw(50, 1)
    problem, plan = ours.problem(conference), laid(conference, programme)
    assert check(problem, plan) == []
    assert score(problem, plan).total == judge(conference, programme).turned_away
    assert ours.programme(plan) == programme


@pytest.mark.parametrize(
    ("programme", "broken"),
    [
        (GOOD, ()),
        ((GOOD[0], GOOD[1], Booked(3, 1, 720)), ("talk 3: stage 1 does not suit",)),
        (
            (Booked(1, 1, 1280), GOOD[1], GOOD[2]),
            ("talk 1: outside the hours", "talk 1: speaker 1 cannot"),
        ),
        ((Booked(2, 2, 720), GOOD[0], Booked(3, 2, 780)), ("talk 2: speaker 2 cannot",)),
        ((Booked(1, 1, 665), GOOD[1], GOOD[2]), ("talk 1: begins between slots",)),
        ((Booked(1, 2, 650), GOOD[1], GOOD[2]), ("speaker 1: talks 2 and 1 too close",)),
        ((Booked(1, 2, 670), GOOD[1], GOOD[2]), ("stage 2: talks 1 and 3 too close",)),
        ((GOOD[0], GOOD[2], Booked(3, 2, 800)), ("talk 3: laid out 2 times",)),
    ],
)
def test_judge_names_each_broken_rule(programme: Programme, broken: tuple[str, ...]) -> None:
    assert judge(SMALL, programme).broken == broken


def test_people_are_turned_away_for_want_of_a_seat_of_a_talk_and_of_a_choice() -> None:
    assert judge(SMALL, GOOD) == Judged(3, 0, 12, 0, ())
    assert judge(SMALL, (GOOD[0], Booked(3, 2, 700))) == Judged(2, 24, 12, 15, ())


def test_the_peer_is_asked_in_its_own_words() -> None:
    day = {"start": "2025-09-20T10:00:00", "end": "2025-09-20T22:00:00"}
    morning = day | {"end": "2025-09-20T12:00:00"}
    question = theirs.question(SMALL)
    assert question["conflicts"] == [{"talks": [1, 3], "weight": 15}]
    assert question["talks"][1:] == [
        {
            "id": 2,
            "duration": 50,
            "speakers": [1, 2],
            "minutes_after": 10,
            "venue_times": [
                {"venue": 1, "venue_weight": 4, "times": [morning]},
                {"venue": 2, "venue_weight": 4, "times": [morning]},
            ],
        },
        {
            "id": 3,
            "duration": 20,
            "speakers": [3],
            "minutes_after": 10,
            "venue_times": [{"venue": 2, "venue_weight": 12, "times": [day]}],
        },
    ]
    answer = [{"id": 1, "venue": 2, "time": "2025-09-20T11:00:00"}]
    assert theirs.programme(answer) == (Booked(1, 2, 660),)


def points(question: dict[str, Any], programme: Sequence[Booked]) -> int:
    """What SlotMachine's objective counts of a programme, by its documentation."""
    talks = {talk["id"]: talk for talk in question["talks"]}
    held = {one.talk: one for one in programme}
    total = 0
    for one in programme:
        talk = talks[one.talk]
        slots = (talk["duration"] + talk["minutes_after"]) // SLOT
        weights = {venue["venue"]: venue["venue_weight"] for venue in talk["venue_times"]}
        total += weights[one.stage] * slots
    for conflict in question["conflicts"]:
        first, second = sorted((held[talk] for talk in conflict["talks"]), key=lambda x: x.start)
        apart = first.start + talks[first.talk]["duration"] <= second.start
        total += conflict["weight"] * (2 if apart else 1)
    return total


def test_the_peers_objective_is_the_measure_but_for_a_constant() -> None:
    conference, _ = draw(40, 2)
    question, rng, sums = theirs.question(conference), random.Random(7), set()
    for _ in range(5):
        programme = tuple(
            Booked(talk.id, rng.choice(sorted(talk.stages)), rng.randrange(600, 1320, SLOT))
            for talk in conference.talks
        )
        sums.add(points(question, programme) + judge(conference, programme).turned_away)
    assert len(sums) == 1

"""The timetable format as a problem, and its scorer's opinion of what comes back."""

from __future__ import annotations

import random

import pytest

from bench.planner import ctt, ctt_score
from events.planner import plan
from events.planner.answer import Limits, Placement, Plan
from events.planner.check import check
from events.planner.score import score

TINY = """Name: Tiny
Courses: 3
Rooms: 2
Days: 2
Periods_per_day: 3
Curricula: 2
Constraints: 2

COURSES:
maths ada 2 2 30
music bo 1 1 40
sport ada 1 1 5

ROOMS:
hall 35
attic 10

CURRICULA:
q1 2 maths music
q2 1 sport

UNAVAILABILITY_CONSTRAINTS:
maths 0 0
sport 1 2

END.
"""


def timetable(**lectures: str) -> str:
    """Lines from keywords like maths_0="hall 0 1"."""
    return "".join(f"{name.split('_')[0]} {where}\n" for name, where in lectures.items())


def laid(solution: str) -> Plan:
    """The plan that writes this solution."""
    problem = ctt.read(TINY)
    left = [activity.id for activity in problem.activities]
    placements = []
    for line in solution.splitlines():
        course, room, day, period = line.split()
        lecture = next(one for one in left if one.startswith(course))
        left.remove(lecture)
        teacher = {"maths": "ada", "music": "bo", "sport": "ada"}[course]
        start = int(day) * 1440 + int(period) * 60
        placements.append(Placement(lecture, room, start, experts=(teacher,)))
    return Plan(tuple(placements))


GOOD = timetable(maths_0="hall 0 1", maths_1="hall 1 1", music="hall 0 2", sport="attic 0 0")
POOR = timetable(maths_0="hall 0 1", maths_1="attic 0 2", music="hall 1 2", sport="attic 1 0")


@pytest.mark.parametrize(
    ("solution", "cost"),
    # seats 5 (music) and 20 (maths in the attic), a day missing 5, a further room 1, alone 2 each
    [(GOOD, 5 + 2 + 2), (POOR, 5 + 20 + 5 + 1 + 2 + 2)],
)
def test_scorer_checker_and_score_agree_on_a_legal_timetable(solution: str, cost: int) -> None:
    problem, plan = ctt.read(TINY), laid(solution)
    assert check(problem, plan) == []
    assert ctt_score.cost(TINY, solution) == (cost, [])
    assert score(problem, plan).total == cost
    assert ctt.write(problem, plan) == solution


@pytest.mark.parametrize(
    ("solution", "why"),
    [
        (GOOD.replace("maths hall 0 1", "maths hall 0 0"), ["not available", "one teacher"]),
        (GOOD.replace("sport attic 0 0", "sport hall 0 1"), ["one room", "one teacher"]),
        (GOOD.replace("music hall 0 2", "music attic 0 1"), ["one curriculum"]),
        (GOOD.replace("maths hall 1 1", "maths hall 0 1"), ["one room", "one course"]),
    ],
)
def test_scorer_and_checker_agree_on_an_illegal_timetable(solution: str, why: list[str]) -> None:
    _, broken = ctt_score.cost(TINY, solution)
    assert [words.rsplit(": ", 1)[1] for words in broken] == why
    assert check(ctt.read(TINY), laid(solution))


def test_a_missing_lecture_is_no_timetable() -> None:
    _, broken = ctt_score.cost(TINY, GOOD.replace("music hall 0 2\n", ""))
    assert broken == ["music: 0 of 1 lectures"]


def random_timetable(rng: random.Random, *, courses: int = 40) -> str:
    """A week of four lectures a course, for five rooms more than are needed at any time."""
    names = [f"c{n}" for n in range(courses)]
    curricula = [rng.sample(names, 4) for _ in range(12)]
    lines = ["Name: Random", f"Courses: {courses}", "Rooms: 12", "Days: 5", "Periods_per_day: 5"]
    lines += [f"Curricula: {len(curricula)}", "Constraints: 1", "", "COURSES:"]
    lines += [f"{name} t{n // 2} 4 3 {rng.randint(10, 90)}" for n, name in enumerate(names)]
    lines += ["", "ROOMS:", *(f"r{n} {20 + 8 * n}" for n in range(12)), "", "CURRICULA:"]
    lines += [f"q{n} 4 {' '.join(members)}" for n, members in enumerate(curricula)]
    return "\n".join([*lines, "", "UNAVAILABILITY_CONSTRAINTS:", "c0 0 0", "", "END.", ""])


@pytest.mark.usefixtures("plain")
def test_plan_lays_out_a_whole_timetable() -> None:
    text = random_timetable(random.Random(5))
    problem = ctt.read(text)
    result = plan(problem, limits=Limits(seconds=600, work=20, workers=1))
    assert result.unplaced == ()
    assert ctt_score.cost(text, ctt.write(problem, result.plan)) == (result.score.total, [])

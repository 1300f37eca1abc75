from __future__ import annotations

import itertools

from bench.planner import nrp, nrp_score
from events.planner.answer import Assignment, Placement, Plan
from events.planner.check import check
from events.planner.problem import Contract, Place, Wish
from events.planner.score import score

FILE = """# a comment
SECTION_HORIZON
# days
7

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
A,E=7|L=2,2400,960,3,2,2,1
B,E=7|L=0,2400,0,3,1,1,1

SECTION_DAYS_OFF
A,6

SECTION_SHIFT_ON_REQUESTS
A,0,L,3

SECTION_SHIFT_OFF_REQUESTS
B,1,E,2

SECTION_COVER
0,E,1,100,1
0,L,1,50,7
1,E,1,100,1
5,E,0,10,4
"""


def _plan(lines: dict[str, dict[int, str]]) -> Plan:
    placements = [
        Placement(f"{day}/{shift}", "house", day * 1440)
        for day, shift in itertools.product(range(7), "EL")
    ]
    assignments = [
        Assignment(staff, f"{day}/{shift}", shift)
        for staff, line in lines.items()
        for day, shift in line.items()
    ]
    return Plan(tuple(placements), tuple(assignments))


def test_a_file_becomes_a_problem_of_places_and_contracts() -> None:
    problem = nrp.read(FILE)
    first = problem.activities[1]
    assert (first.id, first.minutes, first.places) == ("0/L", 600, (Place("L", 1, 50, 7),))
    assert problem.not_after == {("L", "E")}
    assert problem.wishes == (Wish("A", "0/L", "L", True, 3), Wish("B", "1/E", "E", False, 2))
    a, b = problem.volunteers
    assert (a.days_off, b.days_off) == (frozenset({6}), frozenset())
    assert (a.skills, b.skills) == (frozenset("EL"), frozenset("E"))
    assert a.contract == Contract(
        least_minutes=960,
        most_minutes=2400,
        most_per_day=1,
        least_run=2,
        most_run=3,
        least_run_off=2,
        most_weekends=1,
        most_by_skill={"E": 7, "L": 2},
    )


def test_a_plan_is_written_one_line_an_assignment() -> None:
    plan = _plan({"B": {5: "E", 0: "E"}, "A": {0: "L", 1: "L"}})
    assert nrp.write(nrp.read(FILE), plan) == "A 0 L\nA 1 L\nB 0 E\nB 5 E\n"


def test_the_cost_by_hand_by_the_file_and_by_the_planner_is_one() -> None:
    plan = _plan({"A": {0: "E", 1: "E"}, "B": {1: "E", 5: "E"}})
    by_hand = 3 + 2 + 50 + 1 + 4  # on, off, L of day 0, one over on day 1, one over on day 5
    problem = nrp.read(FILE)
    assert nrp_score.cost(FILE, nrp.write(problem, plan)) == (by_hand, [])
    assert score(problem, plan).total == by_hand
    assert check(problem, plan) == []


def test_a_shift_stands_before_anybody_works_it() -> None:
    problem = nrp.read(FILE.replace("0,E,1,100,1", "0,E,40,100,1"))
    assert score(problem, _plan({})).total < score(problem, Plan()).total


def test_both_judges_find_the_same_lines_illegal() -> None:
    problem = nrp.read(FILE)
    for a in itertools.islice(itertools.product(["", "E", "L"], repeat=7), 0, 2187, 11):
        plan = _plan({"A": {day: shift for day, shift in enumerate(a) if shift}})
        _, broken = nrp_score.cost(FILE, nrp.write(problem, plan))
        assert bool(broken) is bool(check(problem, plan)), a

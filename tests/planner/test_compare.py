"""Peers on public instances: whatever a command writes is scored, whatever fails is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.planner import peers
from bench.planner.compare import median_cost
from bench.planner.peers import Outcome
from bench.planner.table import table

INSTANCE = """Name: Tiny
Courses: 1
Rooms: 1
Days: 1
Periods_per_day: 2
Curricula: 1
Constraints: 0

COURSES:
maths ada 2 1 30

ROOMS:
hall 25

CURRICULA:
q1 1 maths

UNAVAILABILITY_CONSTRAINTS:

END.
"""


@pytest.mark.parametrize(
    ("command", "cost", "why_not"),
    [
        (r"""sh -c 'printf "maths hall 0 0\nmaths hall 0 1\n" > {solution}'""", 10, ""),
        (
            r"""sh -c 'printf "maths hall 0 0\n" > {solution}'""",
            *(None, "1 rules broken: maths: 1 of 2 lectures"),
        ),
        (r"""sh -c 'printf "maths\n" > {solution}'""", None, "not a whole solution"),
        (
            """sh -c 'test -f {instance} && test {seconds} = 1.5 && test {seed} = 7'""",
            *(None, "no solution"),
        ),
        ("""sh -c 'echo tired >&2; exit 3'""", None, "status 3: tired"),
        ("/no/such/program", None, "cannot be run: No such file or directory"),
    ],
)
def test_what_a_peer_writes_is_scored(
    tmp_path: Path, command: str, cost: int | None, why_not: str
) -> None:
    instance = tmp_path / "tiny.ctt"
    instance.write_text(INSTANCE, "utf-8")
    outcome = peers.run(command, instance, seconds=1.5, seed=7)
    assert (outcome.cost, outcome.why_not) == (cost, why_not)


def test_half_without_a_solution_is_no_median() -> None:
    costs = [Outcome(cost, "", 1.0, 1.0) for cost in (3, None, 5)]
    assert median_cost(costs) == 5
    assert median_cost(costs[:2]) == float("inf")


def test_a_table_is_as_wide_as_its_words() -> None:
    assert table(("a", "two"), [("long", "x")]) == (
        "| a    | two |\n| ---- | --- |\n| long | x   |"
    )

"""What no plan can be made from: each fault names its field, in both languages.

Knows the tables of a problem and their limits; must not know what a plan is. Start reading in
things.py, then bonds.py.
"""

from __future__ import annotations

from events.planner.answer import Fault
from events.planner.faults import bonds, things
from events.planner.faults.known import known
from events.planner.problem import Problem


def find(problem: Problem) -> tuple[Fault, ...]:
    """Everything that is wrong with a problem, table by table; empty: it can be planned.

    Never raises for values of the right types, however odd or many. Kinds are `day_problems`,
    `grid_problems`, `activity_problems`, ...; of each kind a hundred are told at most, and tables
    longer than their limit are not read any further.
    """
    ids = known(problem)
    reports = [table(problem, ids) for table in (*things.TABLES, *bonds.TABLES)]
    return tuple(fault for report in reports for fault in report.found)

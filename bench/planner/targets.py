"""The planner's table of targets: each row in its three degrees, and what measures it.

Shares stand for counts (eight of ten instances), so that any number of instances can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.planner import reached
from bench.planner.reached import Measure


@dataclass(frozen=True, slots=True)
class Row:
    """A target; `degrees` are must, ambitious, extremely ambitious."""

    name: str
    what: str
    degrees: tuple[str, str, str]
    measure: Measure


ROWS = (
    Row(
        "ctt-sum",
        "timetables: sum cost / sum best",
        ("<= 1.75", "<= 1.31", "<= 1.12"),
        reached.sum_of_costs,
    ),
    Row(
        "ctt-geomean",
        "timetables: geomean (cost+10)/(best+10)",
        ("<= 2.0", "<= 1.45", "<= 1.20"),
        reached.geomean("ctt", 10, (2.0, 1.45, 1.20)),
    ),
    Row(
        "ctt-peer",
        "timetables: against the peer run just before",
        ("<= 1.5 x on 80 %", "<= 1.0 x on 60 %", "<= 1.0 x on all, better on 70 %"),
        reached.against_peer,
    ),
    Row(
        "ctt-first",
        "timetables: first legal plan",
        ("5 s", "2 s", "1 s"),
        reached.first_legal("ctt", (5, 2, 1)),
    ),
    Row(
        "nrp-geomean",
        "rosters: geomean cost/best",
        ("<= 1.35", "<= 1.10", "<= 1.03"),
        reached.geomean("nrp", 0, (1.35, 1.10, 1.03)),
    ),
    Row(
        "nrp-first",
        "rosters: first legal roster",
        ("10 s", "5 s", "2 s"),
        reached.first_legal("nrp", (10, 5, 2)),
    ),
    Row(
        "county",
        "county, 60 activities (without places)",
        ("optimal in 5 s", "2 s", "1 s"),
        reached.county,
    ),
    Row(
        "city",
        "city, 400 activities (without places)",
        ("legal 2 s, 3 % of bound", "legal 1 s, 1 % in 30 s", "optimal in 10 s"),
        reached.city,
    ),
    Row(
        "province",
        "province, 2,000 activities, 8,000 places",
        ("legal 10 s, 1.20 x planted", "legal 5 s, 1.05 x", "legal 3 s, 1.00 x"),
        reached.province,
    ),
    Row(
        "places",
        "places filled when planted full, province",
        ("97 %", "99 %", "100 %"),
        reached.places,
    ),
    Row(
        "replan-city",
        "one venue declines, city",
        ("10 s", "4 s", "2 s"),
        reached.declined("city", (10, 4, 2)),
    ),
    Row(
        "replan-province",
        "one venue declines, province",
        ("30 s", "10 s", "5 s"),
        reached.declined("province", (30, 10, 5)),
    ),
    Row(
        "replan-others",
        "changed activities that were not hit, per hit one; six events on a city",
        ("<= 0.5", "<= 0.1", "changes <= m, D <= planted"),
        reached.disturbed,
    ),
    Row(
        "explain",
        "planted cores of a county",
        ("95 % exact, 10 s", "100 % exact and minimal, 3 s", "1 s, planted repair named"),
        reached.explained,
    ),
    Row(
        "progress",
        "events of a city's search",
        ("1 a second", "bound from second 5", "pct within 15 %, cancel < 0.5 s"),
        reached.progress,
    ),
    Row(
        "memory",
        "peak of a province's search",
        ("2 GB", "1 GB", "700 MB"),
        reached.memory,
    ),
    Row(
        "conference",
        "people turned away, against SlotMachine; 50, 150, 400 talks",
        ("", "", ""),
        reached.conference,
    ),
)
"""In the order of the table of targets."""

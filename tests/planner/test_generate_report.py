"""The report: a row for each target, judged in degrees, a clear word where something is absent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.planner import measures, report
from bench.planner.measures import Run, Step
from bench.planner.reached import Reached
from bench.planner.targets import ROWS

README = """
| file | lectures | best known | winner |
|---|---|---|---|
| comp01 | 160 | 5 | 5 |
| comp03 * | 251 | 62-64 * | 84 |

| file | days | best known |
|---|---|---|
| Instance13 | 28 | 1348 m (1905 p) |
"""


def test_best_known_values_are_read_from_their_readme(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README, "utf-8")
    assert measures.best_known(tmp_path) == {"comp01": 5, "comp03": 62, "Instance13": 1348}


def test_a_report_says_what_is_absent_and_writes_it_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "report.json"
    asked = ["--only", "ctt", "conference", "--instances", str(tmp_path), "--json", str(written)]
    assert report.main(asked) == 0
    absent = "no instances in ctt"
    reasons = [absent, absent, "not told how the peer is run", absent]
    reasons.append("not told where SlotMachine is")
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[4:]]
    assert [(row[4], row[5]) for row in rows] == [(reason, "not measured") for reason in reasons]
    told = json.loads(written.read_text("utf-8"))["rows"]
    assert [row["reached"] for row in told] == reasons


@pytest.mark.parametrize(
    ("met", "verdict"),
    [
        ((True, True, True), "extremely ambitious"),
        ((True, True, False), "ambitious"),
        ((True, False, True), "must"),
        ((False, True, True), "missed"),
        ((), "compared"),
    ],
)
def test_a_degree_counts_only_above_those_below(met: tuple[bool, ...], verdict: str) -> None:
    assert Reached("", met).verdict == verdict


def test_a_run_is_measured_by_its_events() -> None:
    steps = (
        Step(0.5, 5, None, None, has_plan=False),
        Step(2.0, 10, 150, 80, has_plan=True),
        Step(8.0, 80, 110, 100, has_plan=True),
        Step(10.0, 100, 110, 100, has_plan=True),
    )
    run = Run(
        cost=110, planted=200, bound=100, is_optimal=False, is_legal=True, unplaced=0,
        filled=1.0, seconds=10.0, megabytes=300, steps=steps,
    )  # fmt: skip
    told = (run.first, run.bounded, run.silence, run.pct_error, run.gap(), run.gap(5))
    assert told == (2.0, 2.0, 6.0, 10.0, 0.1, 0.5)


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)

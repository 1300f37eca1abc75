"""The report: a row for each target, a clear word where instances are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.planner import measures, report

README = """
| file | lectures | best known | winner |
|---|---|---|---|
| comp01 | 160 | 5 | 5 |
| comp03 * | 251 | 62-64 * | 84 |

| file | days | best known |
|---|---|---|
| Instance13 | 28 | 1348 m (1905 p) |
"""


def test_best_known_values_are_read_from_their_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text(README, "utf-8")
    monkeypatch.setattr(measures, "PUBLIC", tmp_path)
    assert measures.best_known() == {"comp01": 5, "comp03": 62, "Instance13": 1348}


def test_a_report_without_instances_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "PUBLIC", tmp_path / "absent")
    monkeypatch.setattr(measures, "PUBLIC", tmp_path / "absent")
    report.main(["--only", "ctt", "--seeds", "1", "--seconds", "0.5"])
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[4] for row in rows] == [report.ABSENT] * 3


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in report.ROWS]
    assert len(set(names)) == len(names)

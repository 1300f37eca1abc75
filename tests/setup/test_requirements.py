"""Which Python has everything: lines of requirements.txt, what is met, what the stamp sees."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path

import pytest

from events import bootstrap
from events.bootstrap import Requirement

ROOT = Path(bootstrap.__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's folder with what the set-up depends on."""
    (tmp_path / "requirements.txt").write_text("# why\n\nflask==3.1.3\n./events/webui\n")
    sources = tmp_path / "events" / "webui"
    (sources / "src").mkdir(parents=True)
    shutil.copy(ROOT / "events" / "webui" / "pyproject.toml", sources)
    (sources / "src" / "main.js").write_text("start();\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flask==3.1.3", Requirement("flask", (), "3.1.3")),
        ("flask == 3.1.3  # why", Requirement("flask", (), "3.1.3")),
        ("psycopg[binary]==3.3.9", Requirement("psycopg", ("binary",), "3.3.9")),
        ("a-b[x, y]==1; python_version > '3'", Requirement("a-b", ("x", "y"), "1")),
        ("ruff", Requirement("ruff", (), None)),
        ("./events/webui", Requirement("kepu-webui", (), "1.0.0")),
    ],
)
def test_a_line_is_read(project: Path, line: str, expected: Requirement) -> None:
    (project / "requirements.txt").write_text(f"# a comment\n\n--no-binary x\n{line}\n")
    assert bootstrap.read_requirements(project) == [expected]


def test_our_own_requirements_are_all_met_here() -> None:
    assert bootstrap.unmet_problems(bootstrap.read_requirements(ROOT)) == []


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        (Requirement("no-such-package", (), None), "no-such-package is missing"),
        (
            Requirement("flask", (), "0.1"),
            f"flask is {metadata.version('flask')}, not 0.1",
        ),
        (Requirement("flask", ("dotenv",), None), "python-dotenv is missing, of flask[dotenv]"),
    ],
)
def test_what_is_not_met_is_named(requirement: Requirement, problem: str) -> None:
    assert bootstrap.unmet_problems([requirement]) == [problem]


def test_an_extra_that_is_installed_is_met() -> None:
    assert bootstrap.unmet_problems([Requirement("psycopg", ("binary",), None)]) == []


def test_stamp_is_the_same_for_the_same_sources(project: Path) -> None:
    before = bootstrap.stamp(project)
    for name in ("node_modules", "__pycache__"):
        (project / "events" / "webui" / name).mkdir()
        (project / "events" / "webui" / name / "made.js").write_text("made")
    (project / "events" / "webui" / "README.md").write_text("words")
    assert bootstrap.stamp(project) == before


@pytest.mark.parametrize("changed", ["requirements.txt", "events/webui/src/main.js"])
def test_stamp_changes_with_a_source(project: Path, changed: str) -> None:
    before = bootstrap.stamp(project)
    (project / changed).write_text("other\n")
    assert bootstrap.stamp(project) != before


def test_stamp_changes_when_a_source_is_renamed(project: Path) -> None:
    before = bootstrap.stamp(project)
    sources = project / "events" / "webui" / "src"
    (sources / "main.js").rename(sources / "other.js")
    assert bootstrap.stamp(project) != before

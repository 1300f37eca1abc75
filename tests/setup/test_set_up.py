"""Making .venv, with a real venv and a real pip, but a project that needs nothing from outside."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from events import bootstrap

SOURCE = Path(bootstrap.__file__).resolve()
PATIENCE_S = 600  # of a busy machine


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose set-up takes seconds: no requirement but a folder that builds by itself."""
    return make_clone(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a clone after its set-up."""
    clone = make_clone(tmp_path_factory.mktemp("finished"))
    done = set_up(clone)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Making .venv" in done.stdout
    return clone


def make_clone(folder: Path) -> Path:
    for name in ("app.py", "events/bootstrap.py", "events/supervise.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(SOURCE.parent.parent / name, folder / name)
    sources = folder / "events" / "webui"
    (sources / "backend").mkdir(parents=True)
    (sources / "pyproject.toml").write_text(PYPROJECT)
    (sources / "backend" / "backend.py").write_text(BACKEND)
    (folder / "requirements.txt").write_text("./events/webui\n")
    return folder


# A build backend of the standard library alone, so that the tests ask no package index.
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["backend"]
[project]
name = "kepu-webui-stand-in"
version = "1.0.0"
"""
BACKEND = """\
import os, pathlib, sys, time, zipfile
NAME = "kepu_webui_stand_in-1.0.0"
def build_wheel(directory, config_settings=None, metadata_directory=None):
    if os.environ.get("STAND_IN_FAILS"):
        raise SystemExit("kepu-webui: npm could not download the pages' libraries. Do this.")
    pathlib.Path(os.environ.get("STAND_IN_MARK", os.devnull)).write_text("building")
    until = os.environ.get("STAND_IN_UNTIL")
    for _ in range(30_000):
        if not until or os.path.exists(until):
            break
        time.sleep(0.02)
    with zipfile.ZipFile(os.path.join(directory, NAME + "-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("kepu_webui_stand_in.py", "")
        about = NAME + ".dist-info/"
        wheel.writestr(about + "METADATA",
            "Metadata-Version: 2.1\\nName: kepu-webui-stand-in\\nVersion: 1.0.0\\n")
        wheel.writestr(about + "WHEEL",
            "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(about + "RECORD", "")
    return NAME + "-py3-none-any.whl"
"""


PIP = """\
Collecting flask==3.1.3 (from -r requirements.txt (line 4))
  Downloading flask-3.1.3-py3-none-any.whl.metadata (3.2 kB)
Collecting flask-migrate==4.1.0 (from -r requirements.txt (line 7))
  Using cached Flask_Migrate-4.1.0-py3-none-any.whl.metadata (3.3 kB)
Downloading flask-3.1.3-py3-none-any.whl (103 kB)
   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 103.4/103.4 kB 1.2 MB/s eta 0:00:00
Using cached Flask_Migrate-4.1.0-py3-none-any.whl (21 kB)
Processing /srv/wheels/psycopg_binary-3.3.9-cp311-cp311-manylinux2014_x86_64.whl
Downloading flask-3.1.3-py3-none-any.whl (103 kB)
Installing collected packages: flask, flask-migrate, psycopg-binary
"""


def command(clone: Path) -> list[str]:
    return [sys.executable, str(clone / "app.py"), "setup"]


def set_up(clone: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(clone), cwd="/", env=bare(**env), capture_output=True, text=True, check=False
    )


def start_set_up(clone: Path, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(clone), env=bare(**env), stdout=subprocess.PIPE, process_group=0
    )


def python_works(clone: Path) -> bool:
    code = "import kepu_webui_stand_in"
    return not subprocess.run(
        [clone / ".venv" / "bin" / "python", "-c", code], check=False
    ).returncode


def bare(**env: str) -> dict[str, str]:
    """Hardly an environment: what `env -i PATH=$PATH` leaves, and what a stand-in is told."""
    return {"PATH": os.environ["PATH"], **env}


def wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_second_set_up_finds_all_done(finished: Path) -> None:
    python = finished / ".venv" / "bin" / "python"
    assert python_works(finished)
    assert set_up(finished).stdout == f"Everything is in place: {python}\n"


def test_failed_build_ends_in_its_own_sentence_and_the_log(finished: Path) -> None:
    (finished / "events" / "webui" / "changed.js").write_text("so the stamp is another")
    done = set_up(finished, STAND_IN_FAILS="1")
    assert done.returncode == 1
    assert done.stderr == (
        "The set-up failed: kepu-webui: npm could not download the pages' libraries. Do this.\n"
        f"The whole log: {finished / '.venv' / 'setup.log'}\n"
    )


def test_killed_set_up_is_repaired_by_two_at_once(clone: Path) -> None:
    mark, go = clone / "mark", clone / "go"
    told = {"STAND_IN_MARK": str(mark), "STAND_IN_UNTIL": str(go)}
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").write_text("half a Python")
    killed = start_set_up(clone, **told)
    wait_for(mark)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert (clone / ".venv" / "kepu-stamp").read_text() == "unfinished"
    mark.unlink()
    first = start_set_up(clone, **told)
    wait_for(mark)
    second = start_set_up(clone)
    assert second.stdout
    waits = second.stdout.readline()
    go.touch()
    rest, _ = second.communicate()
    first.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert waits == b"Another set-up is at work in this folder; waiting for it.\n"
    assert b"Making .venv" not in rest
    assert python_works(clone)


def test_packages_are_named_as_they_arrive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = PIP.splitlines(keepends=True)
    with (tmp_path / "log").open("w") as log:
        bootstrap._follow(lines, log, bootstrap.Progress())
    assert capsys.readouterr().out.splitlines() == [
        "[   0 s] Downloading the packages of requirements.txt",
        "         flask flask-migrate psycopg-binary",
        "[   0 s] Installing",
    ]
    assert (tmp_path / "log").read_text() == PIP


def test_names_are_broken_into_lines(capsys: pytest.CaptureFixture[str]) -> None:
    progress = bootstrap.Progress()
    for number in range(20):
        progress.name(f"package{number}")
    progress.end_line()
    told = capsys.readouterr().out.splitlines()
    assert max(map(len, told)) <= 78
    assert " ".join(told).split() == [f"package{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("ERROR: No matching distribution found for flask", "Check the network"),
        ("ERROR: OSError: [Errno 28] No space left on device", "Free some disk space"),
        ("ERROR: SSLError(CERTIFICATE_VERIFY_FAILED)", "name its file (PIP_CERT=ca.pem)"),
        ("ERROR: something nobody has seen before", "Read the log"),
    ],
)
def test_failure_says_what_to_do(error: str, advice: str) -> None:
    log = f"Collecting x\nERROR: an earlier one\n{error}\nerror: subprocess-exited-with-error\n"
    what, then, where = bootstrap.failure(log, Path("setup.log")).splitlines()
    assert (what, where) == (f"The set-up failed: {error}", "The whole log: setup.log")
    assert advice in then


def test_old_pip_is_given_the_systems_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_system_bundle", lambda: "bundle.pem")
    told = bootstrap.pip_environment({}, trusts_system=False)
    assert told["PIP_CERT"] == "bundle.pem"
    assert "PIP_CERT" not in bootstrap.pip_environment({}, trusts_system=True)


def test_chosen_certificates_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_system_bundle", lambda: "bundle.pem")
    chosen = {"REQUESTS_CA_BUNDLE": "own.pem"}
    assert "PIP_CERT" not in bootstrap.pip_environment(chosen, trusts_system=False)

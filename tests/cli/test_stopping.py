"""The web server stops when asked, whatever browsers keep open."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from events.cli import STOP_S
from events.config import ROOT
from tests.notices.smtp_server import free_port


def test_half_a_request_does_not_keep_the_server(tmp_path: Path, sqlite_template: Path) -> None:
    port = free_port()
    shutil.copy(sqlite_template, tmp_path / "kepu.db")
    env = {
        **os.environ,
        "KEPU_DATA": str(tmp_path),
        "KEPU_PORT": str(port),
        "KEPU_DEMO": "no",
        "KEPU_LANGUAGE": "en",
    }
    env.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve"],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process, connected(process, port) as half:
        half.sendall(b"GET / HTTP/1.1\r\n")
        time.sleep(0.5)  # it has read this far
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said, complained = process.communicate(timeout=120)
        assert time.monotonic() - begun < STOP_S + 60  # a busy machine's
    assert (process.returncode, complained) == (0, "")
    assert said.splitlines() == [
        f"Kepu 科普: http://127.0.0.1:{port}",
        "Nobody can log in yet. To begin: flask --app app found --help",
    ]


def connected(process: subprocess.Popen[str], port: int) -> socket.socket:
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.1)
    raise AssertionError(process.communicate())

"""The web server stops when asked, whatever browsers keep open; commands end in a sentence."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

from events import cli, create_app
from events.cli import STOP_S
from events.config import ROOT, Settings
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


def test_a_command_ended_while_it_starts_says_so(tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    os.mkfifo(secret)  # whoever reads it waits
    env = {**os.environ, "KEPU_DATA": str(tmp_path)}
    for name in ("DATABASE_URL", "KEPU_SECRET_KEY"):
        env.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "plan", "1"],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process, secret.open("w"):
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=120)
    assert (process.returncode, *said) == (130, "", "\n已中断 · Interrupted\n")


def test_a_command_ended_at_its_work_says_so(tmp_path: Path) -> None:
    def work() -> None:
        raise KeyboardInterrupt

    made = create_app(Settings.from_environment({"KEPU_DATA": str(tmp_path)}))
    made.cli.add_command(cli._clear(click.Command("work", callback=work), "zh"))
    done = made.test_cli_runner().invoke(args=["work"])
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "\n已中断。\n")


def connected(process: subprocess.Popen[str], port: int) -> socket.socket:
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.1)
    raise AssertionError(process.communicate())

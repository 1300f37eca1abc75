"""Commands without a database server: a sentence, and patience where it helps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from events import create_app
from events.config import ROOT, Settings
from tests.notices.smtp_server import free_port

SENTENCE = (
    'The database does not answer (connection failed: connection to server at "127.0.0.1", '
    "port %s failed: Connection refused): check DATABASE_URL."
)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Settings that name a server which is not there."""
    return {
        "KEPU_DATA": str(folder),
        "KEPU_LANGUAGE": "en",
        "KEPU_PORT": str(free_port()),
        "DATABASE_URL": f"postgresql://kepu:secret@127.0.0.1:{port}/kepu",
    }


@pytest.mark.parametrize("words", [("db", "upgrade"), ("feeds", "list"), ("demo", "reset")])
def test_a_command_says_so_and_ends_with_status_1(tmp_path: Path, words: tuple[str, ...]) -> None:
    port = free_port()
    app = create_app(Settings.from_environment(environment(tmp_path, port)))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{SENTENCE % port}\n")


@pytest.mark.parametrize("part", ["serve", "worker"])
def test_the_server_and_the_worker_say_so_once_and_go_on(tmp_path: Path, part: str) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", part],
        cwd=ROOT, env={**os.environ, **environment(tmp_path, port)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr
        assert process.stderr.readline() == f"{part}: {SENTENCE % port} It goes on trying.\n"
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=120) == ("", "")


def test_a_file_that_cannot_be_opened_ends_the_server(tmp_path: Path) -> None:
    env = {
        **environment(tmp_path, 1),
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/kepu.db",
    }
    app = create_app(Settings.from_environment(env))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["serve"], catch_exceptions=False)
    told = "The database does not answer (unable to open database file): check DATABASE_URL.\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", told)

"""Settings: defaults, and one sentence for each value that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from events import bootstrap, create_app
from events.config import Misconfigured, Settings

ROOT = Path(bootstrap.__file__).resolve().parent.parent


def settings(folder: Path, **env: str) -> Settings:
    return Settings.from_environment({"KEPU_DATA": str(folder), **env})


def flask(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command as an operator types it."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("env", "is_demo"),
    [
        ({}, True),
        ({"DATABASE_URL": "postgresql://localhost/kepu"}, False),
        ({"DATABASE_URL": "sqlite:////srv/kepu.db"}, False),
        ({"DATABASE_URL": "postgresql://localhost/kepu", "KEPU_DEMO": "yes"}, True),
        ({"KEPU_DEMO": "True"}, True),
        ({"KEPU_DEMO": "1"}, True),
        ({"KEPU_DEMO": "no"}, False),
        ({"KEPU_DEMO": "false"}, False),
        ({"KEPU_DEMO": "0"}, False),
    ],
)
def test_the_demo_world_never_enters_a_named_database_unasked(
    tmp_path: Path, env: dict[str, str], *, is_demo: bool
) -> None:
    assert settings(tmp_path, **env).demo is is_demo


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KEPU_DEMO", "maybe", "KEPU_DEMO is 'maybe': give yes or no."),
        ("KEPU_PORT", "８０００", "KEPU_PORT is '８０００': give a whole number from 1 to 65535."),
        ("KEPU_PORT", "65536", "KEPU_PORT is '65536': give a whole number from 1 to 65535."),
        ("KEPU_LANGUAGE", "fr", "KEPU_LANGUAGE is 'fr': give one of zh, en."),
        (
            "KEPU_TIMEZONE",
            "Mars/Olympus",
            "KEPU_TIMEZONE is 'Mars/Olympus': give a zone's name, for example Asia/Shanghai.",
        ),
        (
            "KEPU_BASE_URL",
            "http://[kepu",
            (
                "KEPU_BASE_URL is 'http://[kepu': give the address people open, "
                "https://kepu.example.cn."
            ),
        ),
        (
            "DATABASE_URL",
            "mysql://kepu:secret@localhost/kepu",
            (
                "DATABASE_URL begins with 'mysql': "
                "give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
            ),
        ),
        (
            "DATABASE_URL",
            "postgresql://kepu:secret@localhost:port/kepu",
            (
                "DATABASE_URL cannot be read: give postgresql://USER:PASSWORD@HOST:PORT/NAME, "
                "with signs such as @ : / in the password as %40 %3A %2F."
            ),
        ),
    ],
)
def test_a_bad_value_is_named_in_one_sentence(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(Misconfigured) as refused:
        create_app(settings(tmp_path, **{name: value}))
    assert str(refused.value) == sentence


def test_commands_end_with_that_sentence_and_status_2() -> None:
    done = flask("--help", DATABASE_URL="mysql://x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "DATABASE_URL begins with 'mysql': "
        "give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.\n"
    )

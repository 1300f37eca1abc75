"""vdirsyncer and khal, as a person uses them: one fetches calendars over HTTP, the other lists."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.serving import make_server

SHANGHAI = ZoneInfo("Asia/Shanghai")
LINE = "{calendar}|{start-long}|{end-long}|{title}|{location}|{status}{nl}"
PAIR = """
[pair {name}]
a = "{name}_remote"
b = "{name}_local"
collections = null
[storage {name}_remote]
type = "http"
url = "{url}"
[storage {name}_local]
type = "filesystem"
path = "{home}/calendars/{name}"
fileext = ".ics"
"""
CALENDAR = """
[[{name}]]
path = {home}/calendars/{name}
"""
KHAL = """
[sqlite]
path = {home}/khal.db
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


@dataclass(frozen=True, order=True)
class Seen:
    """One session as a person at their calendar sees it, wall time of Shanghai."""

    starts: str
    ends: str
    title: str
    location: str
    is_cancelled: bool


@dataclass(frozen=True)
class Khal:
    """A home folder of their own, with one calendar for each subscription."""

    home: Path
    names: tuple[str, ...]

    @classmethod
    def subscribe(cls, home: Path, urls: Mapping[str, str]) -> Khal:
        """Subscribe to the calendars at these addresses, by name: letters and underscores."""
        pairs = [f'[general]\nstatus_path = "{home}/status"']
        calendars = ["[calendars]"]
        for name, url in urls.items():
            (home / "calendars" / name).mkdir(parents=True)
            pairs.append(PAIR.format(name=name, url=url, home=home))
            calendars.append(CALENDAR.format(name=name, home=home))
        (home / "vdirsyncer").write_text("".join(pairs))
        (home / "khal").write_text("".join(calendars) + KHAL.format(home=home))
        made = cls(home, tuple(urls))
        made._run("vdirsyncer", "-c", "vdirsyncer", "discover")
        return made

    def seen(self, first: str, days: int) -> dict[str, list[Seen]]:
        """What each calendar shows now, of so many days from `first` (YYYY-MM-DD)."""
        self._run("vdirsyncer", "-c", "vdirsyncer", "sync")
        listed = ("list", "--day-format", "", "--format", LINE, first, f"{days}d")
        found: dict[str, list[Seen]] = {name: [] for name in self.names}
        for line in self._run("khal", "-c", "khal", *listed).splitlines():
            if line:
                name, starts, ends, title, location, status = line.split("|")
                one = Seen(starts, ends, title, location, "CANCELLED" in status)
                found[name].append(one)
        return {name: sorted(several) for name, several in found.items()}

    def _run(self, program: str, *arguments: str) -> str:
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "Asia/Shanghai",
        }
        done = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=self.home,
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextlib.contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the application, served over loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

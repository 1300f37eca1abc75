"""How long until the first page: `python3 app.py` on an empty database, then on a filled one.

    .venv/bin/python bench/first_page.py [--starts 5]

Prints seconds from starting the process to the first complete answer of the landing page, and the
ratio of a warm start to a bare interpreter that imports flask and sqlalchemy in the same run.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEADLINE_S = 240


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--starts", type=int, default=5)
    starts = arguments.parse_args().starts
    with tempfile.TemporaryDirectory() as folder:
        cold = first_page(Path(folder))
        warm = [first_page(Path(folder)) for _ in range(starts)]
    imports = statistics.median(bare_imports() for _ in range(starts))
    median = statistics.median(warm)
    print(f"empty database, with the demo world   {cold:6.2f} s")
    print(f"warm start, median of {starts}               {median:6.2f} s   (limit 2 s)")
    print(f"import flask, sqlalchemy.orm          {imports:6.2f} s")
    print(f"warm start / those imports            {median / imports:6.2f}")


def first_page(data: Path) -> float:
    """Seconds from the start of `python3 app.py` to the first page, complete."""
    port = free_port()
    environment = {
        **os.environ,
        "KEPU_DATA": str(data),
        "KEPU_PORT": str(port),
        "KEPU_BASE_URL": f"http://127.0.0.1:{port}",
    }
    environment.pop("DATABASE_URL", None)
    begun = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/", begun, running)
        return time.perf_counter() - begun
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=20)


def wait_for(url: str, begun: float, running: subprocess.Popen[bytes]) -> None:
    while time.perf_counter() - begun < DEADLINE_S:
        if running.poll() is not None:
            raise SystemExit(f"app.py ended with status {running.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise SystemExit(f"no page within {DEADLINE_S} s")


def bare_imports() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy.orm"], check=True)
    return time.perf_counter() - begun


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

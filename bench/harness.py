"""What measurements over HTTP share: servers of their own, a load client, a table.

Figures of one run are compared with each other only: the client and the servers share the
machine, so ratios mean something and single numbers little. The client is a process of its own
(`python bench/harness.py HOST PORT SECONDS CONNECTIONS`, the request on standard input) with one
keep-alive connection a thread. On a busy machine look at the processor time a request, which the
system counts for the server alone (Linux only; 0 elsewhere).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "bench" / "build"


@dataclass(frozen=True, kw_only=True)
class Load:
    """One measurement: answers a second, each status' count, the median wait, the server's work."""

    rate: float
    cpu_ms: float
    statuses: dict[str, int]
    median_ms: float
    bytes_each: int


@dataclass(frozen=True, kw_only=True)
class Target:
    """One request that is sent again and again."""

    name: str
    port: int
    pid: int
    path: str
    headers: Mapping[str, str]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(
    command: Sequence[str], *, port: int, cwd: Path, env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The server that `command` starts, until the end of the block; yields its process id."""
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})})
    try:
        _wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def granian(module: str, port: int) -> list[str]:
    """The command that serves a WSGI module as `flask --app app serve` does."""
    flags = "--interface wsgi --workers 1 --blocking-threads 8 --no-access-log --log-level warning"
    program = str(Path(sys.executable).parent / "granian")
    return [program, *flags.split(), "--host", "127.0.0.1", "--port", str(port), module]


def measure(
    targets: Sequence[Target], *, seconds: float, rounds: int, connections: int
) -> dict[str, Load]:
    """Each target's median round; the rounds of all targets take turns, so that noise is shared."""
    found: dict[str, list[Load]] = {target.name: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            found[target.name].append(_load(target, seconds, connections))
    return {
        name: sorted(loads, key=lambda load: load.rate)[rounds // 2]
        for name, loads in found.items()
    }


def table(loads: Mapping[str, Load]) -> None:
    """Print one line a target."""
    width = max(map(len, loads))
    print(f"{'':{width}}  {'req/s':>8}  {'cpu ms':>7}  {'median ms':>9}  {'bytes':>8}  answers")
    for name, load in loads.items():
        statuses = ", ".join(f"{count} x {status}" for status, count in load.statuses.items())
        figures = (
            f"{load.rate:8.1f}  {load.cpu_ms:7.3f}  {load.median_ms:9.2f}  {load.bytes_each:8}"
        )
        print(f"{name:{width}}  {figures}  {statuses}")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not listen within a minute: {process.args!r}")


def _load(target: Target, seconds: float, connections: int) -> Load:
    lines = [f"GET {target.path} HTTP/1.1", "Host: 127.0.0.1", *_header_lines(target.headers)]
    before = _cpu_seconds(target.pid)
    done = subprocess.run(
        [sys.executable, __file__, "127.0.0.1", str(target.port), str(seconds), str(connections)],
        input="\r\n".join((*lines, "", "")).encode(),
        capture_output=True,
        check=True,
        timeout=seconds + 120,
    )
    load = Load(**json.loads(done.stdout))
    spent = _cpu_seconds(target.pid) - before
    return replace(load, cpu_ms=spent * 1000 / sum(load.statuses.values()))


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process and of all that it started."""
    spent: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            spent[int(stat.parent.name)] = int(words[1]), int(words[11]) + int(words[12])
    family = {pid}
    for _ in range(3):  # granian's worker is a child, its children would be grandchildren
        family |= {child for child, (parent, _ticks) in spent.items() if parent in family}
    return sum(spent[each][1] for each in family & spent.keys()) / os.sysconf("SC_CLK_TCK")


def _header_lines(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def _client(host: str, port: int, seconds: float, connections: int, request: bytes) -> Load:
    statuses: Counter[str] = Counter()
    waits: list[float] = []
    sizes: list[int] = []
    until = time.perf_counter() + seconds
    began = time.perf_counter()

    def work() -> None:
        with socket.create_connection((host, port), 60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                sent = time.perf_counter()
                connection.sendall(request)
                status, size = _answer(connection)
                waits.append(time.perf_counter() - sent)
                statuses[status] += 1
                sizes.append(size)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return Load(
        rate=len(waits) / took,
        cpu_ms=0,
        statuses=dict(statuses),
        median_ms=statistics.median(waits) * 1000,
        bytes_each=round(statistics.mean(sizes)),
    )


def _answer(connection: socket.socket) -> tuple[str, int]:
    """Read one answer with a Content-Length (or none, as a 304): its status and body's size."""
    head = b""
    while b"\r\n\r\n" not in head:
        got = connection.recv(65536)
        if not got:
            raise RuntimeError("the server closed the connection")
        head += got
    head, _, rest = head.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    status = head.split(b" ", 2)[1].decode()
    if status == "304":
        return status, 0
    left = length - len(rest)
    while left > 0:
        left -= len(connection.recv(min(left, 1 << 20)))
    return status, length


if __name__ == "__main__":
    asked = _client(
        sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.stdin.buffer.read()
    )
    print(json.dumps(vars(asked)))

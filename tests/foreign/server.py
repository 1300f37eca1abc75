"""A small server on this machine that behaves well or badly, as the path says."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260905\r\nSUMMARY:Closed\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)
TAG = '"one"'
SLOW_S = 60  # much longer than whoever asks waits, on a busy machine too


class Handler(BaseHTTPRequestHandler):
    """/good, /gzip, /bomb, /large, /drip, /drip-head, /silent, /short, /to?..., /status/N."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        path, _, rest = self.path.partition("?")
        with contextlib.suppress(OSError):
            getattr(self, "do_" + path.strip("/").split("/")[0].replace("-", "_"))(rest)

    def do_good(self, _rest: str) -> None:
        if self.headers.get("If-None-Match") == TAG:
            self.answer(304, b"")
        else:
            self.answer(200, self.server.content, ETag=TAG)  # type: ignore[attr-defined]

    def do_gzip(self, _rest: str) -> None:
        self.answer(200, gzip.compress(CALENDAR), **{"Content-Encoding": "gzip"})

    def do_bomb(self, _rest: str) -> None:
        self.answer(200, _bomb(), **{"Content-Encoding": "gzip"})

    def do_large(self, _rest: str) -> None:
        self.answer(200, bytes(11 * 1024 * 1024))

    def do_short(self, _rest: str) -> None:
        self.answer(200, CALENDAR, **{"Content-Length": "5000"})

    def do_status(self, _rest: str) -> None:
        self.answer(int(self.path.rpartition("/")[2]), b"hush of the intranet")

    def do_to(self, rest: str) -> None:
        self.answer(302, b"", Location=rest)

    def do_loop(self, _rest: str) -> None:
        self.answer(302, b"", Location="/loop")

    def do_drip(self, _rest: str) -> None:
        self.answer(200, b"", **{"Content-Length": "1000000"})
        for _ in range(SLOW_S * 10):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def do_drip_head(self, _rest: str) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * SLOW_S * 10:
            self.wfile.write(bytes([letter]))
            time.sleep(0.1)

    def do_silent(self, _rest: str) -> None:
        time.sleep(SLOW_S)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """asked: the path and headers of every request; content: what /good holds."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.content = CALENDAR

    @property
    def host(self) -> str:
        """As KEPU_CALENDAR_HOSTS names it."""
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://{self.host}{path}"


@cache
def _bomb() -> bytes:
    """100 MB of nothing, packed once."""
    packing = zlib.compressobj(1, wbits=31)
    return b"".join([*(packing.compress(bytes(1_000_000)) for _ in range(100)), packing.flush()])


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A running server."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

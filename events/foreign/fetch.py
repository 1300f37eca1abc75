"""Fetching a calendar from an address that somebody typed in, as if it were an attack.

The name is resolved once and the connection goes to that very IP address; every redirect is
judged anew. Nothing of us goes out (no cookie, no credential), nothing of the answer comes back in
an error. Limits hold for servers that send slowly and for what unpacks to more than it weighs.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from events.foreign.addresses import Target, resolve, target
from events.foreign.lines import MOST_BYTES
from events.foreign.problems import Unusable

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 10.0
MOST_REDIRECTS = 3
MOST_OF_A_TAG = 500
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PRIVATE = frozenset({401, 403, 407})
GONE = frozenset({404, 410})


@dataclass(frozen=True, kw_only=True)
class Tags:
    """What a server said of the version that we have; sent back to ask whether it is the newest."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An answer. content: None when nothing has changed since the tags."""

    content: bytes | None
    tags: Tags


def fetch(
    url: str,
    tags: Tags | None = None,
    *,
    offices: tuple[str, ...] = (),
    seconds: float = WHOLE_SECONDS,
) -> Fetched:
    """What stands at `url` now. offices: as in addresses.target.

    Raises Unusable("address_..." | "server_...", ...); its facts hold no word of the answer.
    """
    tags = tags or Tags()
    deadline = time.monotonic() + seconds
    wanted = target(url, offices)
    for _ in range(MOST_REDIRECTS + 1):
        with _asked(wanted, tags, deadline) as answer:
            if answer.status not in REDIRECTS:
                return _read(answer, tags)
            wanted = _next(wanted, answer.getheader("Location") or "", offices)
    raise Unusable("server_redirects")


def _next(wanted: Target, location: str, offices: tuple[str, ...]) -> Target:
    """Where a redirect leads; nothing leads from https to http, or from outside into an office."""
    following = target(urljoin(wanted.url, location), offices)
    if wanted.scheme == "https" and following.scheme == "http":
        raise Unusable("address_forbidden")
    if following.is_office and not wanted.is_office:
        raise Unusable("address_forbidden")
    return following


@contextlib.contextmanager
def _asked(wanted: Target, tags: Tags, deadline: float) -> Iterator[http.client.HTTPResponse]:
    """The answer's head has been read; everything ends at the deadline."""
    ip = resolve(wanted)
    try:
        plug = _connected(wanted, ip, deadline)
        with contextlib.closing(plug), _ending(plug, deadline):
            connection = http.client.HTTPConnection(wanted.host, wanted.port)
            connection.sock = plug
            connection.request("GET", wanted.path, headers=_headers(wanted, tags))
            with contextlib.closing(connection.getresponse()) as answer:
                yield answer
    except Unusable as fault:
        if fault.code == "server_broken" and time.monotonic() >= deadline:
            raise Unusable("server_slow", host=wanted.host) from fault
        raise
    except ssl.SSLError as fault:
        raise Unusable("server_certificate", host=wanted.host) from fault
    except (OSError, http.client.HTTPException, ValueError) as fault:
        is_late = isinstance(fault, TimeoutError) or time.monotonic() >= deadline
        code = "server_slow" if is_late else "server_unreachable"
        raise Unusable(code, host=wanted.host) from fault


def _connected(wanted: Target, ip: str, deadline: float) -> socket.socket:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    plug = socket.create_connection((ip, wanted.port), timeout=min(CONNECT_SECONDS, left))
    if wanted.scheme == "http":
        return plug
    try:
        with _ending(plug, deadline):
            return ssl.create_default_context().wrap_socket(plug, server_hostname=wanted.host)
    except BaseException:
        plug.close()
        raise


@contextlib.contextmanager
def _ending(plug: socket.socket, deadline: float) -> Iterator[None]:
    """End what is read from `plug` at the deadline, however slowly it drips."""

    def end() -> None:
        with contextlib.suppress(OSError):
            plug.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if time.monotonic() >= deadline:
            raise TimeoutError
    finally:
        timer.cancel()


def _headers(wanted: Target, tags: Tags) -> dict[str, str]:
    host = f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    headers = {
        "Host": host if wanted.port in {80, 443} else f"{host}:{wanted.port}",
        "User-Agent": "Kepu",
        "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    if tags.etag:
        headers["If-None-Match"] = tags.etag
    if tags.last_modified:
        headers["If-Modified-Since"] = tags.last_modified
    return headers


def _read(answer: http.client.HTTPResponse, tags: Tags) -> Fetched:
    if answer.status == http.client.NOT_MODIFIED:
        return Fetched(content=None, tags=tags)
    if answer.status in PRIVATE:
        raise Unusable("server_private")
    if answer.status in GONE:
        raise Unusable("server_gone")
    if answer.status != http.client.OK:
        raise Unusable("server_refuses", status=answer.status)
    found = Tags(etag=_tag(answer, "ETag"), last_modified=_tag(answer, "Last-Modified"))
    return Fetched(content=_body(answer), tags=found)


def _tag(answer: http.client.HTTPResponse, name: str) -> str:
    value = (answer.getheader(name) or "").strip()
    fits = len(value) <= MOST_OF_A_TAG and value.isascii() and value.isprintable()
    return value if fits else ""


def _body(answer: http.client.HTTPResponse) -> bytes:
    encoding = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise Unusable("server_refuses", status=answer.status)
    unpack = None if encoding == "identity" else zlib.decompressobj(wbits=31)
    body = bytearray()
    while chunk := answer.read(CHUNK):
        try:
            body += chunk if unpack is None else unpack.decompress(chunk, MOST_BYTES + 1)
        except zlib.error:
            raise Unusable("server_broken") from None
        if len(body) > MOST_BYTES:
            raise Unusable("calendar_too_large", most=MOST_BYTES // 1024 // 1024)
    if answer.length:  # fewer bytes came than were announced
        raise Unusable("server_broken")
    if unpack is not None and not unpack.eof:
        raise Unusable("server_broken")
    return bytes(body)

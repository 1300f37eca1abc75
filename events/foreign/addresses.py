"""Which addresses on the network may be asked for a calendar: public ones, and named offices'.

Python's is_global passes NAT64, 6to4, site-local and multicast addresses, so the list is our own.
"""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from events.foreign.problems import Unusable

PORTS = {"http": 80, "https": 443}
LONGEST = 1_000
RESOLVE_SECONDS = 5.0
CLOSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
OPEN_V6 = ip_network("2000::/3")  # all else is local, mapped, translated, multicast or unassigned
CLOSED_V6 = tuple(
    ip_network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16")
)
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)\.?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address that may be asked, as far as its text tells. path: with its query."""

    scheme: str
    host: str
    port: int
    path: str
    is_office: bool

    @property
    def url(self) -> str:
        """As text."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def target(url: str, offices: tuple[str, ...] = ()) -> Target:
    """What `url` (http, https or webcal) names.

    offices: HOST or HOST:PORT of private servers that may be asked. Raises
    Unusable("address_unreadable" | "address_with_password" | "address_forbidden").
    """
    text = url.strip()
    if not text or len(text) > LONGEST or not text.isprintable() or " " in text or "\\" in text:
        raise Unusable("address_unreadable")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = _plain_host(parts.hostname or "")
    except ValueError:
        raise Unusable("address_unreadable") from None
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme not in PORTS or not host:
        raise Unusable("address_unreadable")
    if parts.username is not None or parts.password is not None:
        raise Unusable("address_with_password")
    port = PORTS[scheme] if port is None else port
    names = {f"{host}:{port}", *([host] if port in PORTS.values() else [])}
    is_office = not names.isdisjoint(offices)
    if not is_office and (port not in PORTS.values() or _is_closed_name(host)):
        raise Unusable("address_forbidden")
    path = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    return Target(scheme=scheme, host=host, port=port, path=path, is_office=is_office)


def resolve(wanted: Target) -> str:
    """The one IP address to connect to.

    Raises Unusable("address_unknown" | "address_forbidden"): one closed address closes the name.
    """
    found = _looked_up(wanted.host, wanted.port)
    if not found:
        raise Unusable("address_unknown", host=wanted.host)
    if not wanted.is_office and any(map(is_closed, found)):
        raise Unusable("address_forbidden")
    return found[0]


def is_closed(address: str) -> bool:
    """Whether an IP address is anything but a public server's."""
    try:
        ip = ip_address(address)
    except ValueError:  # with a zone index, for instance
        return True
    if isinstance(ip, IPv4Address):
        return any(ip in block for block in CLOSED_V4)
    assert isinstance(ip, IPv6Address)
    return ip not in OPEN_V6 or any(ip in block for block in CLOSED_V6)


def _plain_host(host: str) -> str:
    """The host in ASCII and lower case; empty when it is none."""
    host = host.lower()
    if ":" in host:
        return str(ip_address(host))
    plain = host.encode("idna").decode() if host and not host.isascii() else host
    return plain if _HOST.fullmatch(plain) else ""


def _is_closed_name(host: str) -> bool:
    """Whether the host is a closed IP address, or a number in disguise (0x7f.1, 2130706433)."""
    try:
        return is_closed(str(ip_address(host)))
    except ValueError:
        return _NUMBER.fullmatch(host.rpartition(".")[2] or host) is not None


def _quoted(text: str) -> str:
    return "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def _looked_up(host: str, port: int) -> list[str]:
    """Addresses of a name, at most RESOLVE_SECONDS long looked for."""
    found: list[str] = []

    def look() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(row[4][0]) for row in rows)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    return list(dict.fromkeys(found))

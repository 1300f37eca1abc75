"""Addresses that Kepu hands out: built from the configured base URL, never from a request.

A private address carries the row's number and a key derived from the installation's secret and
the row's own random nonce: the database alone cannot forge it, and a new nonce revokes it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

KEY_CHARS = 22  # 132 bits


def new_nonce() -> str:
    """A fresh random nonce, 128 bits."""
    return secrets.token_urlsafe(16)


def new_slug() -> str:
    """A short random public name for an address, 60 bits, easy to print and to type."""
    return base64.b32encode(secrets.token_bytes(8)).decode("ascii").rstrip("=").lower()[:12]


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes and checks this installation's addresses."""

    base_url: str
    secret: str = field(repr=False)

    def key(self, purpose: str, row_id: int, nonce: str) -> str:
        """The key of row `row_id` for `purpose`: "17-Zm9v..."; changes when the nonce does."""
        message = f"{purpose}:{row_id}:{nonce}".encode()
        digest = hmac.new(self.secret.encode(), message, hashlib.sha256).digest()
        return f"{row_id}-{base64.urlsafe_b64encode(digest).decode('ascii')[:KEY_CHARS]}"

    def holds(self, purpose: str, key: str, row_id: int, nonce: str) -> bool:
        """Whether `key` is the one that this row's address carries (constant time)."""
        return hmac.compare_digest(key.encode(), self.key(purpose, row_id, nonce).encode())

    def to(self, path: str) -> str:
        """The full address of a path that begins with a slash."""
        return self.base_url + path

    def answer(self, request_id: int, nonce: str) -> str:
        """Where a venue answers one booking request."""
        return self.to(f"/v/{self.key('answer', request_id, nonce)}")

    def feed(self, feed_id: int, nonce: str) -> str:
        """Where a calendar reads a feed."""
        return self.to(f"/feeds/{self.key('feed', feed_id, nonce)}.ics")


def row_of(key: str) -> int | None:
    """The row number that a key claims, or None when it is no key at all."""
    number = key.split("-", 1)[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None

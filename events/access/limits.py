"""How often one address may try: guessing passwords and links, and filling other people's boxes.

Counted in this process's memory; several web processes each count their own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, request

from events.config import Settings

PER_ADDRESS = {
    "security.login": "30 per minute; 300 per hour",
    "security.forgot_password": "10 per minute; 40 per hour",
    "security.reset_password": "20 per minute",
    "public.select": "20 per minute; 120 per hour",
    "venue.answer": "120 per minute",
    "venue.send_answer": "60 per minute",
    "venue.renew": "10 per minute",
}
PER_ACCOUNT = {
    "security.login": "10 per minute; 60 per hour",
    "security.forgot_password": "3 per minute; 6 per hour",
}
SECONDS = {"minute": 60, "hour": 3600}
ROOM = 1000


def install(app: Flask, settings: Settings) -> None:
    """Guard the views above; call it when they are all registered."""
    if settings.testing:
        return
    for endpoint, limits in PER_ADDRESS.items():
        view = _guarded(app.view_functions[endpoint], limits, _address, {"GET", "POST"})
        if endpoint in PER_ACCOUNT:
            view = _guarded(view, PER_ACCOUNT[endpoint], _account, {"POST"})
        app.view_functions[endpoint] = view


class Window:
    """Lets everyone through at most `most` times in any `seconds`. Safe in threads."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._let: dict[str, deque[float]] = {}  # the newest moments, of each who
        self._room = ROOM
        self._lock = threading.Lock()

    def lets(self, who: str, now: float) -> bool:
        """Whether `who` may at `now` (seconds of any steady clock); a yes counts."""
        with self._lock:
            let = self._let.get(who) or deque(maxlen=self._most)
            if len(let) == self._most and now - let[0] < self._seconds:
                return False
            let.append(now)
            self._let[who] = let
            self._forget(now)
            return True

    def _forget(self, now: float) -> None:
        """Whoever came long ago; looked for at twice the number of those that stayed last time."""
        if len(self._let) > self._room:
            since = now - self._seconds
            self._let = {who: let for who, let in self._let.items() if let[-1] > since}
            self._room = max(ROOM, 2 * len(self._let))


def _guarded(view: Any, limits: str, who: Callable[[], str], methods: set[str]) -> Any:
    windows = [_window(*limit.split(" per ")) for limit in limits.split("; ")]

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if request.method in methods:
            now = time.monotonic()
            if not all(window.lets(who(), now) for window in windows):
                abort(429)
        return view(*args, **kwargs)

    return guarded


def _window(most: str, unit: str) -> Window:
    return Window(SECONDS[unit], int(most))


def _address() -> str:
    return request.remote_addr or ""


def _account() -> str:
    """Whose account is tried, whoever tries."""
    return (request.form.get("email") or "").strip().lower()[:254]

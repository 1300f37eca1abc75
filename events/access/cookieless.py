"""Paths that answer everybody alike: no cookie is read there and none is set.

A calendar's program and a frame in another's page send no cookies; a browser does. Below these
paths it is as if it had not: nobody is logged in, no session is opened, and the answer may be kept
by caches (no Vary: Cookie).
"""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class CookielessPaths(SecureCookieSessionInterface):
    """Flask's own sessions, except below `prefixes`."""

    def __init__(self, *prefixes: str) -> None:
        """prefixes: such as "/feeds/"."""
        self.prefixes = prefixes

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None (Flask's empty session that is never saved) below a prefix."""
        if not request.path.startswith(self.prefixes):
            return super().open_session(app, request)
        request.environ.pop("HTTP_COOKIE", None)  # also the log-in library's remember cookie
        return None

"""Response headers of every page: a content security policy, and the rest.

Two kinds of pages say their own: one made to stand in others' pages, and one that shows it.
"""

from __future__ import annotations

from flask import Flask, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors *"
)
FRAMING = f"{POLICY}; frame-src 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install(app: Flask) -> None:
    """Add them after every request; pages are not kept by shared caches."""
    app.after_request(_add)


def framed(response: Response) -> Response:
    """`response`, to be shown in a frame of anybody's page: it runs nothing and sends nothing."""
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def framing(response: Response) -> Response:
    """`response`, with pages of this installation in its frames."""
    response.headers["Content-Security-Policy"] = FRAMING
    return response


def _add(response: Response) -> Response:
    is_framed = response.headers.get("Content-Security-Policy") == FRAMED
    for name, value in HEADERS.items():
        if not (is_framed and name == "X-Frame-Options"):
            response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response

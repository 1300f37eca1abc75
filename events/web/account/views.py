"""The address that people type; the pages themselves are the log-in library's."""

from __future__ import annotations

from flask import Response, redirect, url_for

from events.access import public
from events.web.account.blueprint import blueprint


@blueprint.get("/login")
@public
def log_in() -> Response:
    """To the log-in page."""
    return redirect(url_for("security.login"))  # type: ignore[return-value]

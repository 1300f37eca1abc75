"""What all doors share: who is asking, what they may, and how a refusal is shown.

Knows HTTP and identity; decides nothing of the domain. Start reading at routes.py.
"""

from __future__ import annotations

from flask import Flask

from events.access import accounts, errors, headers, kept, language, masking
from events.access.limits import install as limit
from events.access.routes import needs, public, require_declared, signed_in
from events.config import Settings
from events.kernel import db as kernel_db

__all__ = ["install", "limit", "needs", "public", "require_declared", "signed_in"]


def install(app: Flask, settings: Settings) -> None:
    """Log-in, languages, refusals, response headers and what logs may not say."""
    accounts.install(app, settings)
    language.install(app, settings)
    errors.install(app)
    kept.install(app)
    headers.install(app)
    masking.install()
    app.teardown_request(kernel_db.close_request)

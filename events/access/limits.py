"""How often one address may try: guessing passwords and links, and filling other people's boxes.

Counted in this process's memory; several web processes each count their own.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

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


def install(app: Flask, settings: Settings) -> None:
    """Guard the views above; call it when they are all registered."""
    app.config.update(RATELIMIT_ENABLED=not settings.testing, RATELIMIT_STORAGE_URI="memory://")
    limiter = Limiter(get_remote_address, app=app, strategy="moving-window")
    app.extensions["kepu.limiter"] = limiter  # the guarded views hold it only weakly
    for endpoint, limits in PER_ADDRESS.items():
        view: Any = app.view_functions[endpoint]
        view = limiter.limit(limits, methods=["GET", "POST"])(view)
        if endpoint in PER_ACCOUNT:
            view = limiter.limit(PER_ACCOUNT[endpoint], key_func=_account, methods=["POST"])(view)
        app.view_functions[endpoint] = view


def _account() -> str:
    """Whose account is tried, whoever tries."""
    return "account:" + (request.form.get("email") or "").strip().lower()[:254]

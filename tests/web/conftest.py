"""Client-level tests send no CSRF token; test_ground.py holds that it counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not logged in; it needs no CSRF token."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, _forget)
    return app.test_client()


def _forget() -> None:
    """Requests of a test share its application context: the one before must not be remembered."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def log_in(client: FlaskClient, cast: Cast) -> Callable[[str], FlaskClient]:
    """Log somebody of the cast in: log_in("mei") is the client, now Mei's."""

    def enter(name: str) -> FlaskClient:
        sent = {"email": f"{name}@kepu.example", "password": PASSWORD}
        answer = client.post("/account/login", data=sent)
        assert answer.status_code == 302, answer.text
        return client

    return enter

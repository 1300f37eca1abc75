from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from events import create_app
from tests import databases
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_guessing_a_password_is_stopped_for_the_account_and_only_for_it(
    database_url: str, tmp_path: Path
) -> None:
    settings = replace(databases.settings(tmp_path, database_url), testing=False)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Cast.create()
    client = app.test_client()

    def attempt(name: str, password: str) -> int:
        told = {"email": f"{name}@kepu.example", "password": password}
        return client.post("/account/login", data=told).status_code

    assert [attempt("mei", f"guess {number}") for number in range(10)] == [200] * 10
    assert attempt("mei", PASSWORD) == 429
    assert attempt("tao", PASSWORD) == 302

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import PASSWORD, Cast


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/campaigns?q=a%00b", None),
        ("/activities/preview?tz=%00", {"title": "x"}),
        ("/account/login", {"email": "a\x00b", "password": PASSWORD}),
    ],
)
def test_a_nul_is_refused_and_no_failure(
    app: Flask, cast: Cast, path: str, told: dict[str, str] | None
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post(path, data=told) if told else client.get(path)
    assert answer.status_code == 400


def test_a_text_longer_than_its_column_is_refused_and_no_failure(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/account/login", data={"email": "mei@kepu.example", "password": PASSWORD})
    told = {"slug": "x" * 500, "name": "n", "year": "2025", "organization_id": str(cast["office"])}
    dates = {"starts_on": "2025-09-01", "ends_on": "2025-09-30", "owner_id": ""}
    targets = {f"targets-{number}-measure": "activities" for number in range(3)}
    answer = client.post("/campaigns/new", data={**told, **dates, **targets})
    assert answer.status_code in (303, 400)

"""A database that lacks this version's tables: the page and the log say what to do."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.kernel import db as kernel_db

COMMAND = "flask --app app db upgrade"


def run_sql(*statements: str) -> None:
    with kernel_db.writing(), kernel_db.db.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_schema_that_is_behind_names_the_command(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    run_sql("UPDATE alembic_version SET version_num = '0001'", "ALTER TABLE campaign RENAME TO old")
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)
    assert COMMAND in answer.text
    assert [record.message for record in caplog.records] == [
        f"the database lacks this version's schema; run: {COMMAND}"
    ]


def test_a_table_that_is_gone_is_no_question_of_versions(app: Flask, client: FlaskClient) -> None:
    run_sql("ALTER TABLE campaign RENAME TO old")
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == (503 if kernel_db.db.engine.dialect.name == "sqlite" else 500)
    assert COMMAND not in answer.text

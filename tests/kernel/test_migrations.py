"""Migrations from empty give the models' schema, on both engines."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from events.kernel.db import db, is_behind


def test_migrations_from_empty_equal_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadatas[None])
    assert differences == []


def test_a_migrated_database_is_not_behind(app: Flask) -> None:
    assert not is_behind()

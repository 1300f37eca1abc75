"""Migrations from empty give the models' schema, on both engines."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, select

from events import start
from events.kernel.db import MIGRATIONS, Base, db, heads, is_behind, release, session
from tests.cast import Cast
from tests.flows import season


def test_migrations_from_empty_equal_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadatas[None])
    assert differences == []


def test_a_migrated_database_is_not_behind(app: Flask) -> None:
    assert not is_behind()


def test_the_docstrings_of_migrations_tell_their_order() -> None:
    assert heads() == set(ScriptDirectory(str(MIGRATIONS)).get_heads())


REBUILD = '''
"""A later release: rebuilds a table that half of the database hangs on."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "{head}", None, None


def upgrade() -> None:
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("organization", recreate=recreate) as batch:
        batch.add_column(sa.Column("website", sa.String(200), nullable=True))
'''


def test_a_migration_of_a_filled_database_keeps_every_row(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    """SQLite rebuilds the table; with foreign keys on, its children would be deleted."""
    season.publish(cast, season.draft(cast, team="team"))
    before = _rows()
    later = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, later)
    (later / "versions" / "later.py").write_text(REBUILD.replace("{head}", _head()))
    release()
    start.alembic(app).upgrade(directory=str(later))
    release()
    assert _rows() == before
    assert before["grant"] > 0
    assert before["booking"] > 0


def _head() -> str:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def _rows() -> dict[str, int]:
    """How many rows each table has."""
    tables = Base.metadata.sorted_tables
    return {t.name: session().scalar(select(func.count()).select_from(t)) or 0 for t in tables}

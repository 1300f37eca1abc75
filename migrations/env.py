"""How migrations run, on SQLite and on PostgreSQL: whole or not at all, one process at a time."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from events.kernel.db import db, writing

LOCK = 0x6B657075  # "kepu", PostgreSQL's advisory lock while migrating


def run() -> None:
    """Migrate to the revision that was asked for, in one transaction."""
    with writing(), db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _foreign_keys(connection, "off")  # rebuilding a table must not delete its children
        context.configure(
            connection=connection,
            target_metadata=db.metadatas[None],
            transactional_ddl=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            if not is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()
            if is_sqlite:
                _require_sound(connection)
        connection.commit()
        if is_sqlite:
            _foreign_keys(connection, "on")


def _foreign_keys(connection: Connection, switch: str) -> None:
    dbapi = connection.connection.dbapi_connection
    dbapi.execute(f"PRAGMA foreign_keys={switch}")


def _require_sound(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        msg = f"the migration would leave {len(broken)} rows without their parent: {broken[:3]}"
        raise RuntimeError(msg)


run()

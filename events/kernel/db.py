"""The database: one declarative base, one session, and the only place that commits.

Reading needs nothing; writing happens inside `with transaction():`. Outside of one the
connection itself is read-only, on SQLite and on PostgreSQL, so a GET cannot write by mistake.
SQLite set-up: WAL and synchronous=FULL (a sent notice is never forgotten), BEGIN IMMEDIATE for
writers (a deferred BEGIN loses updates or fails at once), one gate in front of all writers of
all processes (SQLite's own waiting is unfair by seconds).
"""

from __future__ import annotations

import contextlib
import enum
import re
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    TypeDecorator,
    event,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, registry

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime {value} where an aware one belongs"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: SQLite hands back naive UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Utc = Annotated[datetime, mapped_column(UtcDateTime())]
Local = Annotated[datetime, mapped_column(DateTime(timezone=False))]
Words = Annotated[list[str], mapped_column(JSON, default=list)]
Days = Annotated[list[int], mapped_column(JSON, default=list)]
Facts = Annotated[dict[str, Any], mapped_column(JSON, default=dict)]
Name = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    """The base of every table. Constraint names are fixed, so that migrations can name them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                length=24,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )
    id: Mapped[int] = mapped_column(primary_key=True)


class Versioned:
    """A row that people edit: saving over somebody else's change is refused (StaleDataError)."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        """The counter that every UPDATE checks and raises."""
        return {"version_id_col": cls.version}


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def session() -> Session:
    """This context's session, for queries and for services inside a transaction."""
    return db.session()


def insert_into(table: type[Base]) -> Any:
    """An INSERT in the words of this database, which can say ON CONFLICT."""
    if session().get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - large; SQLite starts
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment] # noqa: PLC0415
    return insert(table)


@contextlib.contextmanager
def transaction() -> Iterator[Session]:
    """One flow's transaction: commits at the end, rolls back on any exception.

    What was read before is read anew inside, under the write lock. Raises RuntimeError when a
    transaction is open already: no flow calls a flow.
    """
    if _writing.get():
        msg = "a transaction inside a transaction: a flow was called from a flow"
        raise RuntimeError(msg)
    current = session()
    current.rollback()
    with writing(), _gate(current.get_bind()):
        try:
            yield current
            current.commit()
        except BaseException:
            current.rollback()
            raise


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Let connections that begin inside write. Only for transaction(), migrations and log-in."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def open_login() -> None:
    """Let this request write: the log-in library changes its user outside of any flow."""
    session().rollback()
    _writing.set(True)


def commit_login() -> None:
    """Commit what the log-in library changed, and end its leave to write."""
    session().commit()


def close_request(_fault: BaseException | None = None) -> None:
    """End of a request: whatever was open is rolled back, nothing may write any more."""
    _writing.set(False)


def release() -> None:
    """Let go of this context's connection and of everything read: before long work."""
    db.session.remove()


def prepare(engine: Engine) -> None:
    """Set up every connection of `engine`; called once, when the application is made."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)


def empty() -> None:
    """Delete every row of every table: only for the demo world and its command."""
    with transaction() as writes:
        for table in reversed(Base.metadata.sorted_tables):
            writes.execute(table.delete())


def is_behind() -> bool:
    """Whether migrations wait: the schema is missing, or older than this code."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return True
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
        return set(found) != heads()


def heads() -> set[str]:
    """Alembic's heads, as the migrations' docstrings say: to ask Alembic costs 0.2 s a start."""
    texts = [file.read_text(encoding="utf-8") for file in MIGRATIONS.glob("versions/*.py")]
    found, before = (
        {name for text in texts for name in re.findall(rf"^{label}: (\w+)", text, re.MULTILINE)}
        for label in ("Revision ID", "Revises")
    )
    return found - before


def _sqlite_connect(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None  # the driver's own late BEGIN loses updates
    for pragma in (
        "journal_mode=wal",
        "synchronous=full",
        "busy_timeout=15000",
        "foreign_keys=on",
        "cache_size=-16000",
    ):
        dbapi.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    if _writing.get():
        connection.exec_driver_sql("PRAGMA query_only=off")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA query_only=on")
        connection.exec_driver_sql("BEGIN")


def _postgresql_begin(connection: Connection) -> None:
    dbapi = connection.connection.dbapi_connection
    if dbapi is not None:
        dbapi.read_only = not _writing.get()  # psycopg says it with BEGIN: no extra round trip


@contextlib.contextmanager
def _gate(bind: Engine | Connection) -> Iterator[None]:
    """Queue in front of SQLite's one writer; nothing elsewhere."""
    file = bind.engine.url.database if bind.dialect.name == "sqlite" else None
    if not file or fcntl is None:
        yield
        return
    with _opened(Path(f"{file}-gate")) as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # closing the file lets the next one in
        yield


def _opened(path: Path) -> BinaryIO:
    return path.open("ab")

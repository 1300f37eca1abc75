"""Before anybody is served: a database that answers, the newest schema, the demo world."""

from __future__ import annotations

import logging
import sys
import threading
from types import ModuleType

from flask import Flask, current_app
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError

from events import demo_people
from events.config import Settings
from events.identity.models import Organization
from events.kernel import clock, db as kernel_db
from events.kernel.texts import say

MISUSE = 2
PAUSE_S = 2.0


def make_ready(app: Flask) -> None:
    """Migrate; then load the demo world if the settings ask for it and nothing is there yet.

    Safe to call by several processes at once and again after a kill: a demo world that was left
    half made is made anew, anything else is never touched.
    """
    settings: Settings = app.extensions["kepu"]
    with app.app_context():
        migrate()
        if settings.demo and (is_empty() or demo_people.is_half_made()):
            from events import demo  # noqa: PLC0415 - only the first start tells its story

            demo.reset(settings, clock.now())
        kernel_db.release()
        kernel_db.db.engine.dispose()


def migrate() -> None:
    """Bring the schema to this code's revision; nothing when it is there. In an app context."""
    if kernel_db.is_behind():
        logging.getLogger("alembic").setLevel(logging.WARNING)
        alembic(current_app._get_current_object()).upgrade()  # type: ignore[attr-defined] # noqa: SLF001


def alembic(app: Flask) -> ModuleType:
    """Flask-Migrate, set up for `app`; imported when wanted, for most starts migrate nothing."""
    import flask_migrate  # noqa: PLC0415

    if "migrate" not in app.extensions:
        folder = str(kernel_db.MIGRATIONS)
        flask_migrate.Migrate(  # type: ignore[no-untyped-call]
            app, kernel_db.db, directory=folder, render_as_batch=True
        )
    return flask_migrate


def is_empty() -> bool:
    """Whether nothing was founded yet."""
    return not kernel_db.session().scalar(select(exists().where(Organization.id.is_not(None))))


def wait_for_database(part: str, settings: Settings, stop: threading.Event) -> None:
    """Return when the database answers (a machine may start it after Kepu), or `stop` is set.

    Says once why `part` waits. A SQLite file that cannot be opened ends the process, status 2.
    """
    is_told = False
    while not stop.is_set() and (fault := _outage()):
        why = no_answer(fault, settings.language)
        if settings.is_sqlite:
            sys.stderr.write(f"{why}\n")
            sys.exit(MISUSE)
        if not is_told:
            goes_on = say(settings.language, "It goes on trying.")
            sys.stderr.write(f"{part}: {why} {goes_on}\n")
            is_told = True
        stop.wait(PAUSE_S)


def wait_until_ready(settings: Settings, stop: threading.Event) -> None:
    """Return when `make_ready` has done its work in another process, or `stop` is set.

    A worker in a half-made demo world would tell at its own hours what the story tells at others,
    and take the story's mails, whose leases lie in the past, for left behind.
    """
    while not stop.is_set() and (kernel_db.is_behind() or _awaits_demo(settings)):
        kernel_db.release()
        stop.wait(0.3)
    kernel_db.release()


def _awaits_demo(settings: Settings) -> bool:
    return settings.demo and (is_empty() or demo_people.is_half_made())


def no_answer(fault: OperationalError, language: str) -> str:
    """One sentence: the database does not answer, why, and what to look at."""
    why = str(fault.orig).strip().splitlines()[0]
    return say(language, "The database does not answer (%(why)s): check DATABASE_URL.", why=why)


def _outage() -> OperationalError | None:
    try:
        with kernel_db.db.engine.connect():
            return None
    except OperationalError as fault:
        return fault

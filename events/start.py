"""Before anybody is served: the newest schema, and in an empty database the demo world."""

from __future__ import annotations

import logging

import flask_migrate
from flask import Flask
from sqlalchemy import exists, select

from events import demo
from events.config import Settings
from events.identity.models import Organization
from events.kernel import clock, db as kernel_db

log = logging.getLogger("kepu")


def make_ready(app: Flask) -> None:
    """Migrate; then load the demo world if the settings ask for it and nothing is there yet.

    Safe to call by several processes at once and again after a kill: a demo world that was left
    half made is made anew, anything else is never touched.
    """
    settings: Settings = app.extensions["kepu"]
    with app.app_context():
        migrate()
        if settings.demo and (_is_empty() or demo.is_half_made()):
            demo.reset(settings, clock.now())
        kernel_db.release()
        kernel_db.db.engine.dispose()


def migrate() -> None:
    """Bring the schema to this code's revision; nothing when it is there. In an app context."""
    if kernel_db.is_behind():
        logging.getLogger("alembic").setLevel(logging.WARNING)
        flask_migrate.upgrade()


def _is_empty() -> bool:
    return not kernel_db.session().scalar(select(exists().where(Organization.id.is_not(None))))

"""A whole installation for a story: server, worker, mail server, a clock set to August 2025."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_security import hash_password
from werkzeug.serving import make_server

from events import jobs
from events.config import Settings
from events.flows.add_user import add_user
from events.flows.found_installation import found_installation
from events.identity import queries as identity
from events.identity.models import User
from events.identity.states import Role
from events.kernel import clock, db as kernel_db
from tests.browser.conftest import Live, app, log_in, page, phone, watched
from tests.cast import NOW, PASSWORD, Cast
from tests.notices.smtp_server import SmtpServer, running

__all__ = ["app", "log_in", "page", "phone", "watched"]


@dataclass(kw_only=True)
class Season(Live):
    """The installation and its mail."""

    post: SmtpServer


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """A story is lived on both engines."""
    return str(request.param)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A clock that runs, set to the morning of 20 August 2025."""
    asked = clock.now
    begun = asked()
    monkeypatch.setattr(clock, "now", lambda: NOW + (asked() - begun))
    return NOW


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    """A mail server that everybody's mail goes to."""
    with running() as server:
        yield server


@pytest.fixture
def live(app: Flask, now: datetime, post: SmtpServer) -> Iterator[Season]:
    """Server and worker, running until the story ends; an administrator, Mei and Lin log in."""
    settings: Settings = app.extensions["kepu"]
    app.extensions["kepu"] = replace(settings, smtp_url=post.url, tick_seconds=1)
    cast = _people(now)
    kernel_db.db.session.remove()
    server = make_server("127.0.0.1", settings.port, app, threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=jobs.run, args=(app, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield Season(url=settings.base_url, app=app, cast=cast, post=post)
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join(timeout=120)
    server.server_close()


def _people(now: datetime) -> Cast:
    """The city's administrator, an organizer and a volunteer; nothing else."""
    at = now - timedelta(days=1)
    password = hash_password(PASSWORD)
    ids = {
        "ada": found_installation(
            at,
            code="XN",
            organization="咸宁市",
            level="city",
            email="ada@kepu.example",
            name="Ada",
            password=password,
        )
    }
    ada = identity.actor_of(kernel_db.session().get_one(User, ids["ada"]))
    city = ada.held[0].organization_id
    for name, role in (("mei", Role.ORGANIZER), ("lin", Role.VOLUNTEER)):
        ids[name] = add_user(
            ada,
            at,
            email=f"{name}@kepu.example",
            name=name.capitalize(),
            language="zh",
            role=role,
            organization_id=city,
            password=password,
        )
    return Cast(ids)

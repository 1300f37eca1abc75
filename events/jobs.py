"""The worker's ticks: one table of name, seconds and function. A tick is safe to run twice.

APScheduler keeps only these intervals, in memory; what is due, and to whom, stands in the
database. A tick that is missed or repeated loses and doubles nothing.
"""

from __future__ import annotations

import logging
import random  # noqa: TID251 - a door hands its dice down
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from events.config import Settings
from events.flows.apply_import import apply_confirmed
from events.flows.complete_feeds import complete_feeds
from events.flows.extend_series import extend_due
from events.foreign import run as foreign
from events.imports import run as imports
from events.kernel import clock, db as kernel_db
from events.kernel.links import Links
from events.notices import compose, dispatch
from events.notices.dispatch import Post
from events.planning import run as planning

log = logging.getLogger("kepu")


@dataclass(frozen=True)
class Job:
    """One tick: `run` is called every `seconds` in an application context."""

    name: str
    seconds: float
    run: Callable[[Settings, threading.Event], object]


def links_of(settings: Settings) -> Links:
    """What makes this installation's addresses."""
    return Links(base_url=settings.base_url, secret=settings.secret_key)


def post_of(settings: Settings) -> Post:
    """What sending needs of this installation."""
    return Post(
        links=links_of(settings),
        mail_from=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.data / "outbox",
        clock=clock.now,
    )


def _dispatch(settings: Settings, stop: threading.Event) -> object:
    rng = random.Random()  # noqa: S311 - jitter, no secret
    return dispatch.tick(clock.now(), post_of(settings), rng=rng, should_stop=stop.is_set)


def _refresh(settings: Settings, stop: threading.Event) -> object:
    """Every calendar that is due: people's own are many."""
    while not stop.is_set() and foreign.refresh_due(clock.now, settings.calendar_hosts):
        pass
    return None


def table(settings: Settings) -> tuple[Job, ...]:
    """Every tick of the worker."""
    tick = settings.tick_seconds
    return (
        Job("notices.compose", tick, lambda s, _: compose.tick(clock.now(), links_of(s))),
        Job("notices.dispatch", tick, _dispatch),
        Job("notices.reap", 5, lambda _s, _e: dispatch.reap(clock.now())),
        Job("series.extend", 3600, lambda _s, _e: extend_due(clock.now())),
        Job("feeds.complete", 3600, lambda _s, _e: complete_feeds(clock.now())),
        Job("imports.check", tick, lambda s, _: imports.check_waiting(clock.now, s)),
        Job("foreign.refresh", tick, _refresh),
        Job("planning.solve", tick, lambda _, e: planning.solve_waiting(clock.now, e.is_set)),
        Job("imports.apply", tick, lambda _s, _e: apply_confirmed(clock.now())),
    )


def run(app: Flask, stop: threading.Event) -> None:
    """Tick at once and until `stop` is set; then finish what is under way and return."""
    settings: Settings = app.extensions["kepu"]
    jobs = table(settings)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(jobs))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick left out comes again
    for job in jobs:
        scheduler.add_job(
            _tick,
            "interval",
            args=(app, job, stop),
            seconds=job.seconds,
            id=job.name,
            next_run_time=datetime.now(UTC),  # noqa: TID251 - the scheduler's own clock
        )
    _recover(app, settings)
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def _recover(app: Flask, settings: Settings) -> None:
    """On SQLite this is the only worker: what the last one held is free at once."""
    with app.app_context():
        if settings.is_sqlite:
            dispatch.recover(clock.now())
        kernel_db.release()


def tick_all(app: Flask) -> None:
    """Run every tick once, now, one after the other: for the demo world and for tests."""
    settings: Settings = app.extensions["kepu"]
    for job in table(settings):
        _tick(app, job, threading.Event())


def _tick(app: Flask, job: Job, stop: threading.Event) -> None:
    """A tick that fails says so and comes again; nothing else stops."""
    if stop.is_set():
        return  # before its turn came
    settings: Settings = app.extensions["kepu"]
    with app.app_context():
        try:
            job.run(settings, stop)
        except OperationalError as fault:
            log.error("%s: the database does not answer: %s", job.name, fault.orig)  # noqa: TRY400
        except Exception:
            log.exception("%s failed; it comes again in %s s", job.name, job.seconds)
        finally:
            kernel_db.release()

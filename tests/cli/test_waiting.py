"""A worker waits for the process that migrates and makes the demo world."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete

from events import demo_people, start
from events.flows.found_installation import found_installation
from events.identity.models import User
from events.kernel.db import session, transaction
from tests.cast import NOW


class Steps(threading.Event):
    """Each wait lets another process take its next step; after the last, one waits no more."""

    def __init__(self, *steps: Callable[[], None]) -> None:
        super().__init__()
        self.left = list(steps)

    def wait(self, _timeout: float | None = None) -> bool:
        if not self.left:
            self.set()
            return True
        self.left.pop(0)()
        return False


def begin() -> None:
    found_installation(
        NOW,
        code="XN",
        organization="咸宁市",
        level="city",
        email="ada@kepu.example",
        name="Ada",
        password="-",
        is_sample=True,
    )


def finish() -> None:
    with transaction() as writes:
        last = User(email=demo_people.PEOPLE[-1].email, name="Ou", password="-", fs_uniquifier="ou")
        last.is_sample, last.created_at = True, NOW
        writes.add(last)


def test_a_worker_waits_until_the_demo_world_is_whole(app: Flask) -> None:
    settings = replace(app.extensions["kepu"], demo=True)
    steps = Steps(begin, finish)
    start.wait_until_ready(settings, steps)
    assert (steps.left, steps.is_set()) == ([], False)
    with transaction():
        session().execute(delete(User).where(User.email == demo_people.PEOPLE[-1].email))
    stopped = Steps()
    start.wait_until_ready(settings, stopped)
    assert stopped.is_set()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_worker_without_a_demo_world_begins_at_once(app: Flask) -> None:
    steps = Steps()
    start.wait_until_ready(replace(app.extensions["kepu"], demo=False), steps)
    assert not steps.is_set()

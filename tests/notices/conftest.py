from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from events.flows.edit_series import edit_series
from events.kernel.db import session
from events.kernel.links import Links
from events.notices import compose, dispatch
from events.notices.dispatch import Post
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState, NoticeKind
from events.schedule import queries as schedule
from events.schedule.states import Scope
from tests.cast import NOW, Cast
from tests.feeds.world import LATER, World
from tests.notices import smtp_server
from tests.notices.smtp_server import SmtpServer

LINKS = Links(base_url="https://kepu.example", secret="a secret of tests only")


@dataclass
class Office:
    """Composes and sends for a test; `now` is its clock, which a test may set."""

    post: Post
    server: SmtpServer
    now: datetime = NOW

    def compose(self) -> int:
        return compose.tick(self.now, self.post.links)

    def send(self, *, seed: int = 1, **given: object) -> int:
        return dispatch.tick(self.now, self.post, rng=random.Random(seed), **given)  # type: ignore[arg-type]

    def notices(self, kind: NoticeKind | None = None) -> list[Notice]:
        session().rollback()
        found = select(Notice).order_by(Notice.id)
        return list(session().scalars(found.where(Notice.kind == kind) if kind else found))

    def deliveries(self, kind: NoticeKind | None = None) -> list[Delivery]:
        return [delivery for notice in self.notices(kind) for delivery in notice.deliveries]

    def states(self, kind: NoticeKind | None = None) -> dict[str, DeliveryState]:
        """Recipient and state of every delivery, by recipient."""
        return {row.notice.recipient: row.state for row in self.deliveries(kind)}


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    """Four published lectures and a draft."""
    return World.create(app, cast)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server.running() as made:
        yield made


@pytest.fixture
def office(app: Flask, server: SmtpServer, tmp_path: Path) -> Office:
    made = Office(
        post=Post(
            links=LINKS,
            mail_from="Kepu 科普 <kepu@kepu.example>",
            smtp_url=server.url,
            folder=tmp_path / "outbox",
            clock=lambda: NOW,
        ),
        server=server,
    )
    made.post = replace(made.post, clock=lambda: made.now)
    return made


def edit(world: World, start: datetime, *, now: datetime = LATER) -> None:
    """Mei gives all lectures another first start."""
    row = world.occurrence(0)
    timing = replace(schedule.timing(row.series), starts_local=start)
    edit_series(
        world.cast.actor("mei"),
        now,
        occurrence_id=row.id,
        scope=Scope.ALL,
        timing=timing,
        place=None,
        seen=schedule.effect(row, Scope.ALL, timing, now).fingerprint,
        uid="series-that-follows",
        reason="场馆调整",
    )

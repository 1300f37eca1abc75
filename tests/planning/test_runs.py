"""A search from the wish to the draft plan: by people, by the worker, and by dead processes."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from events.campaigns.models import Activity, Campaign
from events.flows.request_plan import request_plan
from events.flows.stop_plan import stop_plan
from events.journal.models import Change
from events.kernel.db import db, release, session, transaction
from events.kernel.errors import Forbidden, NotFound, Refused
from events.planner import check
from events.planner.answer import Plan, Progress, Result
from events.planning import queries, run as worker, services
from events.planning.child import Message, Task
from events.planning.models import PlanRun
from events.planning.problem import question
from events.planning.process import Search
from events.planning.queries import Shown
from events.planning.scope import Scope
from events.planning.states import PlanState
from events.schedule.models import Occurrence
from events.venues.models import Booking
from tests.cast import NOW, Cast
from tests.flows import season

SATURDAY = date(2025, 9, 6)
LATER = NOW + timedelta(minutes=5)
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
WORK = 5
"""Rounds of improvement: with them a search ends wherever it runs."""
NEVER = -1
MOMENTS = (0, *sorted(Random(5).sample(range(1, 6), 2)))
"""Messages after which a process is killed: before the first plan, with it, while it improves."""


def draft(cast: Cast, code: str, **values: object) -> int:
    told: dict[str, object] = {
        "campaign_id": cast["campaign"],
        "lead_id": cast["office"],
        "code": code,
        "title": code,
        "duration_min": 120,
        "wish_from": SATURDAY,
        "wish_until": SATURDAY,
        "wish_starts": time(10),
        "wish_ends": time(12),
        "venue_kinds": ["博物馆"],
    }
    with transaction() as writes:
        row = Activity(**told | values)
        writes.add(row)
        writes.flush()
        return row.id


def ask(cast: Cast, who: str = "mei") -> int:
    return request_plan(cast.actor(who), NOW, campaign_id=cast["campaign"])


def solve(at: datetime = NOW, ended: Callable[[], bool] = lambda: False) -> bool:
    return worker.solve_waiting(lambda: at, ended, work=WORK)


def seen(run_id: int) -> Shown:
    release()
    return queries.shown(session().get_one(PlanRun, run_id))


def ticking() -> Callable[[], datetime]:
    """A clock: each look at it is half a second later."""
    ticks = itertools.count()
    return lambda: NOW + next(ticks) * timedelta(seconds=0.5)


def counts() -> list[int | None]:
    tables = (Booking, Occurrence, Change)
    return [session().scalar(select(func.count()).select_from(table)) for table in tables]


def test_drafts_are_planned_and_nothing_is_booked_or_told(app: Flask, cast: Cast) -> None:
    first = draft(cast, "B001", needed_skills=["讲解"], volunteers_needed=4, priority=1)
    second = draft(cast, "B002", expert_fields=["航天"], kit_kinds=["展品"], priority=3)
    before = counts()
    run_id = ask(cast)
    assert seen(run_id).run.state is PlanState.WAITING
    assert solve()
    found = seen(run_id)
    assert (found.run.state, found.run.percent, found.is_stale) == (PlanState.DONE, 100, False)
    rows = {row.activity.id: row for row in (*found.placed, *found.left)}
    assert rows[cast["activity"]].is_placed  # the cast's own draft, any day
    placed = rows[first]
    assert (placed.starts_at, placed.ends_at) == (
        datetime(2025, 9, 6, 2, tzinfo=UTC),
        datetime(2025, 9, 6, 4, tzinfo=UTC),
    )
    assert (placed.venue, placed.team) == ("示例区博物馆 · 报告厅", "示例科技志愿服务队")
    assert [row.activity.id for row in found.left] == [second]  # one hall, one morning
    left = rows[second]
    assert (
        left.reasons["total"]
        == sum(one["count"] for one in left.reasons["steps"]) + (left.reasons["left"])
    )
    core = " ".join(one["zh"] for one in left.reasons["core"])
    assert "B001" in core
    assert len(left.reasons["repairs"]) == 3
    assert (left.still_open["fields"], left.still_open["kits"]) == (["航天"], ["展品"])
    assert counts() == before
    assert not solve()


def test_a_campaign_is_planned_once_at_a_time(app: Flask, cast: Cast) -> None:
    ask(cast)
    with pytest.raises(Refused, match="plan_under_way"):
        ask(cast)


@ONE_ENGINE
def test_a_search_that_nobody_solves_any_more_ends_for_the_next(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    with transaction():
        assert services.claim(NOW)
    with pytest.raises(Refused, match="plan_under_way"):
        ask(cast)
    request_plan(cast.actor("mei"), LATER, campaign_id=cast["campaign"])
    assert seen(run_id).run.state is PlanState.FAILED


@ONE_ENGINE
def test_only_who_edits_the_campaign_has_it_planned(app: Flask, cast: Cast) -> None:
    for who, fault in (("tao", NotFound), ("lin", NotFound), ("xu", NotFound)):
        with pytest.raises((fault, Forbidden)):
            ask(cast, who)
        with pytest.raises((fault, Forbidden)):
            stop_plan(cast.actor(who), NOW, campaign_id=cast["campaign"])


def test_a_search_that_has_not_begun_is_ended_at_once(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    stop_plan(cast.actor("mei"), NOW, campaign_id=cast["campaign"])
    assert seen(run_id).run.state is PlanState.STOPPED
    assert not solve()
    stop_plan(cast.actor("mei"), NOW, campaign_id=cast["campaign"])  # pressed twice
    ask(cast)


@ONE_ENGINE
def test_a_search_that_is_stopped_keeps_its_best_plan(app: Flask, cast: Cast) -> None:
    draft(cast, "B001")
    run_id = ask(cast)
    with transaction():
        session().get_one(PlanRun, run_id).seconds = 3600

    def stop(heard: Progress) -> None:
        if heard.plan is not None:
            stop_plan(cast.actor("mei"), NOW, campaign_id=cast["campaign"])

    worker.solve_waiting(ticking(), tell=stop)
    found = seen(run_id)
    assert found.run.state is PlanState.STOPPED
    assert {row.name for row in found.placed} == {"A001", "B001"}


class Dying(Search):
    """A search whose process is killed once so many of its messages were heard."""

    most = NEVER
    heard: ClassVar[list[Message]] = []

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.heard.clear()

    def next(self, timeout: float) -> Message | None:
        if len(self.heard) == self.most:
            os.kill(self.pid, signal.SIGKILL)  # what it has told already is heard all the same
        message = super().next(timeout)
        self.heard.extend([message] if message else [])
        return message


class DyingWhenStored(Dying):
    """A search whose process is killed while its plan is written to the database."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        event.listen(db.engine, "before_cursor_execute", self._look)

    def kill(self) -> None:
        event.remove(db.engine, "before_cursor_execute", self._look)
        super().kill()

    def _look(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO plan_entry"):
            os.kill(self.pid, signal.SIGKILL)


@ONE_ENGINE
def test_a_process_killed_at_any_moment_leaves_the_last_checked_plan(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 7):
        draft(cast, f"B00{n}", wish_until=SATURDAY + timedelta(days=n), wish_ends=time(17))
    asked = question(Scope(campaign=session().get_one(Campaign, cast["campaign"])), NOW)

    for most in (*MOMENTS, NEVER):
        monkeypatch.setattr(worker, "Search", DyingWhenStored if most == NEVER else Dying)
        monkeypatch.setattr(Dying, "most", most)
        run_id = ask(cast)  # the one before is over
        worker.solve_waiting(ticking())
        found = seen(run_id)
        told = [one.plan for one in Dying.heard if isinstance(one, Progress) and one.plan]
        last = told[-1] if told else Plan()
        assert check(asked.problem, last) == []
        assert {row.name: row.starts_at for row in found.placed} == {
            one.activity: asked.horizon.moment(one.start) for one in last.placements
        }
        is_ended = any(isinstance(one, Result) for one in Dying.heard)  # it was faster
        assert found.run.state is (PlanState.DONE if is_ended else PlanState.FAILED)
    monkeypatch.setattr(worker, "Search", Search)
    run_id = ask(cast)
    assert solve()
    assert (seen(run_id).run.state, seen(run_id).left) == (PlanState.DONE, ())


@ONE_ENGINE
def test_a_worker_that_must_end_hands_the_search_back(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    worker.solve_waiting(lambda: NOW, lambda: True)
    run = seen(run_id).run
    assert (run.state, run.attempts, run.lease_until) == (PlanState.WAITING, 0, None)


def test_a_dead_worker_s_search_begins_anew_and_ends_after_three(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    for attempt in range(1, 4):
        with transaction():
            claimed = services.claim(NOW + attempt * timedelta(minutes=1))
            assert claimed
            assert (claimed.id, claimed.attempts) == (run_id, attempt)
            assert services.claim(NOW + attempt * timedelta(minutes=1)) is None
    assert not solve(NOW + timedelta(hours=1))
    assert seen(run_id).run.state is PlanState.FAILED


def test_a_worker_that_slept_stores_nothing(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    held = NOW + services.LEASE
    with transaction():
        assert services.claim(NOW)
    with transaction():
        assert services.beat(run_id, held=held, until=LATER, told={"percent": 7}) is False
        assert services.beat(run_id, held=held, until=LATER, told={"percent": 9}) is None
        assert services.holder(run_id, held=held) is None
        assert services.holder(run_id, held=LATER)
    assert seen(run_id).run.percent == 7


@ONE_ENGINE
def test_a_plan_is_stale_once_its_campaign_changes(app: Flask, cast: Cast) -> None:
    run_id = ask(cast)
    with transaction():
        claimed = services.claim(NOW)
        assert claimed
        worker.Claimed.of(claimed, now=NOW)
    assert not seen(run_id).is_stale
    season.publish(cast, season.draft(cast))
    assert seen(run_id).is_stale

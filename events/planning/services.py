"""Plan runs, from the wish to the draft plan; a lease fences the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update

from events.campaigns.models import Activity, Campaign
from events.kernel.db import session
from events.kernel.errors import Refused
from events.planning.models import Plan, PlanEntry, PlanRun
from events.planning.scope import Scope
from events.planning.states import UNDER_WAY, PlanState

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3


def add_run(
    campaign: Campaign,
    *,
    user_id: int | None,
    seconds: int,
    now: datetime,
    is_whole: bool = False,
) -> PlanRun:
    """A search that waits for the worker; one that nobody solves any more ends for it.

    Raises Refused("plan_under_way"), Refused("nothing_to_plan").
    """
    planned = Scope(campaign=campaign, is_whole=is_whole).planned()
    if session().scalar(select(Activity.id).where(planned).limit(1)) is None:
        raise Refused("nothing_to_plan")
    session().execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    same = PlanRun.campaign_id == campaign.id, PlanRun.state.in_(UNDER_WAY)
    for run in session().scalars(select(PlanRun).where(*same)):
        if run.lease_until is None or run.lease_until > now:
            raise Refused("plan_under_way")
        end(run, PlanState.FAILED, now=now)
    row = PlanRun(
        campaign=campaign,
        user_id=user_id,
        seconds=seconds,
        is_whole=is_whole,
        facts={},
        created_at=now,
    )
    session().add(row)
    session().flush()
    return row


def ask_to_stop(run: PlanRun, *, now: datetime) -> None:
    """End a search with the best plan so far; one that is over stays as it is."""
    if run.state is PlanState.WAITING:
        end(run, PlanState.STOPPED, now=now)
    elif run.state is PlanState.SOLVING:
        run.is_stop_asked = True


def claim(now: datetime) -> PlanRun | None:
    """The oldest search that no living worker has, now under a lease.

    One that has been claimed too often is ended instead: it kills whoever solves it.
    """
    waits = or_(
        PlanRun.state == PlanState.WAITING,
        and_(PlanRun.state == PlanState.SOLVING, PlanRun.lease_until <= now),
    )
    found = select(PlanRun).where(waits).order_by(PlanRun.id).limit(1)
    run = session().scalar(found.with_for_update(skip_locked=True, of=PlanRun))
    if run is None:
        return None
    if run.attempts >= MOST_ATTEMPTS or run.is_stop_asked:
        end(run, PlanState.STOPPED if run.is_stop_asked else PlanState.FAILED, now=now)
        return None
    begin(run, now=now)
    return run


def begin(run: PlanRun, *, now: datetime) -> None:
    """Let this worker have it."""
    run.state = PlanState.SOLVING
    run.attempts += 1
    run.phase, run.percent = "", 0
    run.lease_until = now + LEASE


def beat(run_id: int, *, held: datetime, until: datetime, told: dict[str, Any]) -> bool | None:
    """Store how far a search is (`told`: columns) and lengthen its lease.

    Whether somebody has asked to stop it; None when the lease is somebody else's.
    """
    mine = PlanRun.id == run_id, PlanRun.state == PlanState.SOLVING, PlanRun.lease_until == held
    saved = update(PlanRun).where(*mine).values(lease_until=until, **told)
    if session().connection().execute(saved).rowcount != 1:
        return None
    return session().scalar(select(PlanRun.is_stop_asked).where(PlanRun.id == run_id))


def holder(run_id: int, *, held: datetime) -> PlanRun | None:
    """The search, if it is still this worker's."""
    mine = PlanRun.id == run_id, PlanRun.state == PlanState.SOLVING, PlanRun.lease_until == held
    return session().scalar(select(PlanRun).where(*mine).with_for_update(of=PlanRun))


def hand_back(run: PlanRun) -> None:
    """Let another worker begin it anew: this one was asked to end."""
    run.state = PlanState.WAITING
    run.attempts -= 1
    run.lease_until = None


def end(run: PlanRun, state: PlanState, *, now: datetime) -> None:
    """Nothing more is searched."""
    run.state = state
    run.finished_at = now
    run.lease_until = None


def store(run: PlanRun, *, cost: int, entries: Iterable[dict[str, Any]], now: datetime) -> Plan:
    """Let these be the entries of the run's plan, in place of those it had."""
    plan = session().scalar(select(Plan).where(Plan.run_id == run.id))
    if plan is None:
        plan = Plan(run_id=run.id, cost=cost, stored_at=now)
        session().add(plan)
        session().flush()
    plan.cost, plan.stored_at = cost, now
    session().execute(delete(PlanEntry).where(PlanEntry.plan_id == plan.id))
    rows = [entry | {"plan_id": plan.id} for entry in entries]
    if rows:
        session().execute(insert(PlanEntry), rows)
    return plan

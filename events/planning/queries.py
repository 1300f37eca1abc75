"""Reading plan runs and their plans, of campaigns that were found where the actor may see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from events.campaigns.models import Activity, Campaign
from events.journal.models import Audience
from events.kernel.db import session
from events.planning.models import Plan, PlanEntry, PlanRun
from events.planning.states import UNDER_WAY, PlanState
from events.resources.models import Expert, Kit


@dataclass(frozen=True, kw_only=True)
class Row:
    """One session of a plan. number, count: which of its activity's; venue: and space, as said."""

    activity: Activity
    number: int
    count: int
    starts_at: datetime | None
    ends_at: datetime | None
    venue: str
    team: str
    experts: tuple[str, ...]
    kits: tuple[str, ...]
    still_open: dict[str, Any]
    reasons: dict[str, Any]

    @property
    def is_placed(self) -> bool:
        """Whether it has a time."""
        return self.starts_at is not None

    @property
    def lacks(self) -> bool:
        """Whether somebody or something is still to be found for it."""
        return any(self.still_open.values())

    @property
    def name(self) -> str:
        """As the planner names it: A012/3, or A005 where it is the only one."""
        code = self.activity.code
        return code if self.count == 1 else f"{code}/{self.number}"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A run ready for a page. placed: by time; left: by code."""

    run: PlanRun
    placed: tuple[Row, ...]
    left: tuple[Row, ...]
    is_stale: bool
    """Whether the campaign has changed since its drafts were read."""

    @property
    def left_alike(self) -> list[tuple[Row, ...]]:
        """What is left out; of an activity those sessions together that follow with one reason."""
        return alike(self.left)

    @property
    def is_under_way(self) -> bool:
        """Whether the page should ask again soon."""
        return self.run.state in UNDER_WAY


def alike(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    """Sessions of one activity together that follow one another with the same reasons."""
    runs = groupby(rows, key=lambda row: (row.activity.id, row.reasons))
    return [tuple(run) for _, run in runs]


def latest(campaign: Campaign) -> PlanRun | None:
    """The last run of a campaign, which the caller has found where the actor may see it."""
    found = select(PlanRun).where(PlanRun.campaign_id == campaign.id).order_by(PlanRun.id.desc())
    return session().scalar(found.limit(1))


def latest_locked(campaign: Campaign) -> PlanRun | None:
    """The same, locked."""
    found = select(PlanRun).where(PlanRun.campaign_id == campaign.id).order_by(PlanRun.id.desc())
    return session().scalar(found.limit(1).with_for_update(of=PlanRun))


def shown(run: PlanRun) -> Shown:
    """A run with its plan, if it has one yet. Four queries."""
    plan = session().scalar(select(Plan).where(Plan.run_id == run.id))
    rows = _rows(_entries(plan)) if plan else []
    placed = [row for row in rows if row.starts_at]
    return Shown(
        run=run,
        placed=tuple(sorted(placed, key=lambda row: (row.starts_at, row.name))),
        left=tuple(row for row in rows if not row.is_placed),
        is_stale=run.state is not PlanState.WAITING and revision(run.campaign) != run.revision,
    )


def revision(campaign: Campaign) -> int:
    """How often the campaign has changed."""
    found = select(Audience.revision).where(Audience.scope == campaign.scope)
    return session().scalar(found) or 0


def _entries(plan: Plan) -> list[PlanEntry]:
    found = (
        select(PlanEntry)
        .where(PlanEntry.plan_id == plan.id)
        .options(
            selectinload(PlanEntry.activity).options(
                selectinload(Activity.wish_region), selectinload(Activity.lead)
            ),
            joinedload(PlanEntry.space),
            joinedload(PlanEntry.team),
        )
        .order_by(PlanEntry.id)
    )
    return list(session().scalars(found))


def _rows(entries: list[PlanEntry]) -> list[Row]:
    counts = Counter(entry.activity_id for entry in entries)
    experts = _names(Expert, (n for entry in entries for n in entry.expert_ids))
    kits = _names(Kit, (n for entry in entries for n in entry.kit_ids))
    return [_row(entry, counts[entry.activity_id], experts, kits) for entry in entries]


def _row(entry: PlanEntry, count: int, experts: Mapping[int, str], kits: Mapping[int, str]) -> Row:
    space = entry.space
    return Row(
        activity=entry.activity,
        number=entry.number,
        count=count,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        venue=f"{space.venue.name} · {space.name}" if space else "",
        team=entry.team.name if entry.team else "",
        experts=tuple(experts[n] for n in entry.expert_ids if n in experts),
        kits=tuple(kits[n] for n in entry.kit_ids if n in kits),
        still_open=entry.still_open,
        reasons=entry.reasons,
    )


def _names(table: type[Expert | Kit], ids: Iterable[int]) -> dict[int, str]:
    found = select(table.id, table.name).where(table.id.in_(set(ids)))
    return {row.id: row.name for row in session().execute(found)}

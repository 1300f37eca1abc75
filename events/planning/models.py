"""Plan runs, the draft plan that one has found, and its entries."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.campaigns.models import Activity, Campaign
from events.identity.models import User
from events.kernel.db import Base, Days, Facts, Utc
from events.planning.states import PlanState
from events.venues.models import Space
from events.volunteers.models import Team


class PlanRun(Base):
    """One search for a plan of a campaign's drafts.

    is_whole: not the drafts alone, but all that the campaign has (scope.py); revision: of the
    campaign when they were read, so that a plan that is older than its campaign can be told; phase,
    percent, cost, bound, placed, unplaced: how far the search is, as the planner says it; facts:
    points by term, how it ended, the problem's faults.
    """

    __tablename__ = "plan_run"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[PlanState] = mapped_column(default=PlanState.WAITING, index=True)
    seconds: Mapped[int]
    is_whole: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    is_stop_asked: Mapped[bool] = mapped_column(default=False)
    phase: Mapped[str] = mapped_column(String(24), default="")
    percent: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int | None]
    bound: Mapped[int | None]
    placed: Mapped[int] = mapped_column(default=0)
    unplaced: Mapped[int] = mapped_column(default=0)
    facts: Mapped[Facts]
    created_at: Mapped[Utc]
    finished_at: Mapped[Utc | None]
    lease_until: Mapped[Utc | None]

    campaign: Mapped[Campaign] = relationship(lazy="joined")
    user: Mapped[User | None] = relationship(lazy="joined")
    plan: Mapped[Plan | None] = relationship(back_populates="run")


class Plan(Base):
    """The best plan that a run has found, as a proposal: it holds nothing and nobody is asked."""

    __tablename__ = "plan"

    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"), unique=True)
    cost: Mapped[int]
    stored_at: Mapped[Utc]

    run: Mapped[PlanRun] = relationship(back_populates="plan")
    entries: Mapped[list[PlanEntry]] = relationship(back_populates="plan", order_by="PlanEntry.id")


class PlanEntry(Base):
    """One session of a draft in a plan; `number` counts those of its activity from 1.

    Without starts_at it was left out, and `reasons` say why (entries.py). still_open: what nobody
    could give: {"fields": [...], "skills": [...], "kits": [...], "people": n}.
    """

    __tablename__ = "plan_entry"
    __table_args__ = (UniqueConstraint("plan_id", "activity_id", "number"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_at: Mapped[Utc | None]
    ends_at: Mapped[Utc | None]
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="SET NULL"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    expert_ids: Mapped[Days]
    kit_ids: Mapped[Days]
    still_open: Mapped[Facts]
    reasons: Mapped[Facts]

    plan: Mapped[Plan] = relationship(back_populates="entries")
    activity: Mapped[Activity] = relationship()
    space: Mapped[Space | None] = relationship()
    team: Mapped[Team | None] = relationship()

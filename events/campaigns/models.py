"""A campaign (why) and its activities (what)."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.campaigns.states import ActivityState, Measure, Mode
from events.identity.models import Organization
from events.kernel.db import Base, Code, Days, Name, Utc, Versioned, Words

support = Table(
    "support",
    Base.metadata,
    Column("activity_id", ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True),
    Column("organization_id", ForeignKey("organization.id"), primary_key=True, index=True),
)


class Campaign(Versioned, Base):
    """One observance in one year, as one organization keeps it. `slug` is its public address."""

    __tablename__ = "campaign"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    slug: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[Name]
    observance_id: Mapped[str | None] = mapped_column(String(64))
    year: Mapped[int]
    theme: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    warmup_days: Mapped[int] = mapped_column(default=0)
    tz: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Utc]
    is_sample: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(lazy="joined")
    targets: Mapped[list[Target]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="Target.id"
    )

    @property
    def scope(self) -> str:
        """Its audience in the journal."""
        return f"campaign:{self.id}"


class Target(Base):
    """What a campaign wants to reach: a number of something, for one audience group or for all."""

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("campaign_id", "measure", "audience"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    measure: Mapped[Measure]
    audience: Mapped[str] = mapped_column(String(64), default="")
    goal: Mapped[int]

    campaign: Mapped[Campaign] = relationship(back_populates="targets")


class Activity(Versioned, Base):
    """One thing to be done: for whom, with what, led by whom; and the wishes for time and place.

    wish_*: the window of dates, the weekdays (0 = Monday), the hours of the day (wall time of the
    campaign's zone), a recurrence rule counted from the first wished weekday in the window.
    """

    __tablename__ = "activity"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    code: Mapped[Code]
    title: Mapped[Name]
    format: Mapped[str] = mapped_column(String(64), default="")
    mode: Mapped[Mode] = mapped_column(default=Mode.ONSITE)
    description: Mapped[str] = mapped_column(Text, default="")
    audiences: Mapped[Words]
    themes: Mapped[Words]
    state: Mapped[ActivityState] = mapped_column(default=ActivityState.DRAFT, index=True)
    priority: Mapped[int] = mapped_column(default=2)
    lead_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    responsibility: Mapped[str] = mapped_column(String(32), default="")
    observance_id: Mapped[str | None] = mapped_column(String(64))
    needs_review: Mapped[bool] = mapped_column(default=False)
    is_outdoor: Mapped[bool] = mapped_column(default=False)

    duration_min: Mapped[int]
    expected_attendance: Mapped[int] = mapped_column(default=0)
    wish_from: Mapped[date | None]
    wish_until: Mapped[date | None]
    wish_weekdays: Mapped[Days]
    wish_starts: Mapped[time | None]
    wish_ends: Mapped[time | None]
    wish_rule: Mapped[str] = mapped_column(String(300), default="")
    wish_region_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))

    venue_kinds: Mapped[Words]
    needed_facilities: Mapped[Words]
    needed_skills: Mapped[Words]
    volunteers_needed: Mapped[int] = mapped_column(default=0)
    expert_fields: Mapped[Words]
    kit_kinds: Mapped[Words]

    published_at: Mapped[Utc | None]
    is_sample: Mapped[bool] = mapped_column(default=False)

    campaign: Mapped[Campaign] = relationship(lazy="joined")
    lead: Mapped[Organization] = relationship(foreign_keys=[lead_id])
    wish_region: Mapped[Organization | None] = relationship(foreign_keys=[wish_region_id])
    supporters: Mapped[list[Organization]] = relationship(secondary=support)

    @property
    def scope(self) -> str:
        """Its audience in the journal."""
        return f"activity:{self.id}"

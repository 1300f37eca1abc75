"""Experts, kits, and who comes to which session."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.identity.models import Organization
from events.kernel.db import Base, Code, Name, Utc, Versioned, Words
from events.schedule.models import Occurrence
from events.venues.models import Venue


class Expert(Versioned, Base):
    """Somebody who can speak on a field. `availability` as in kernel/hours.py."""

    __tablename__ = "expert"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[Code]
    name: Mapped[Name]
    field: Mapped[str] = mapped_column(String(64), default="")
    title_level: Mapped[str] = mapped_column(String(64), default="")
    topics: Mapped[Words]
    audiences: Mapped[Words]
    availability: Mapped[str] = mapped_column(String(300), default="")
    most_per_month: Mapped[int | None]
    review_roles: Mapped[Words]
    is_emergency: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(lazy="joined")

    @property
    def scope(self) -> str:
        """Its audience in the journal."""
        return f"expert:{self.id}"


class Allocation(Base):
    """That an expert speaks at a session. It goes along wherever the session goes.

    A session that is called off keeps it, so that the expert's calendar strikes it out.
    """

    __tablename__ = "allocation"
    __table_args__ = (UniqueConstraint("occurrence_id", "expert_id"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    created_at: Mapped[Utc]

    occurrence: Mapped[Occurrence] = relationship(lazy="joined")
    expert: Mapped[Expert] = relationship(lazy="joined")


class Kit(Versioned, Base):
    """Touring equipment: `quantity` alike pieces, with minutes to set up and to take down."""

    __tablename__ = "kit"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[Code]
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(64))
    quantity: Mapped[int] = mapped_column(default=1)
    home_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    is_vehicle: Mapped[bool] = mapped_column(default=False)
    power_kw: Mapped[float] = mapped_column(default=0.0)
    floor_area_m2: Mapped[int] = mapped_column(default=0)
    setup_min: Mapped[int] = mapped_column(default=0)
    teardown_min: Mapped[int] = mapped_column(default=0)
    most_per_day: Mapped[int | None]
    required_skills: Mapped[Words]
    required_facility: Mapped[str] = mapped_column(String(64), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(lazy="joined")
    home_venue: Mapped[Venue | None] = relationship()

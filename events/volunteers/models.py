"""Teams, members, shifts, sign-ups, and when volunteers are busy."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.identity.models import Organization, User
from events.kernel.db import Base, Code, Name, Utc, Versioned, Words
from events.schedule.models import Occurrence
from events.venues.models import Venue
from events.volunteers.states import SignupState


class Team(Versioned, Base):
    """A volunteer team. `availability` as in kernel/hours.py; `service_area`: their codes."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    code: Mapped[Code]
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(64), default="")
    base_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    size: Mapped[int] = mapped_column(default=0)
    leader_name: Mapped[str] = mapped_column(String(100), default="")
    leader_email: Mapped[str] = mapped_column(String(254), default="")
    skills: Mapped[Words]
    availability: Mapped[str] = mapped_column(String(300), default="")
    most_hours_per_week: Mapped[int | None]
    service_area: Mapped[Words]
    note: Mapped[str] = mapped_column(String(500), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(lazy="joined")
    base_venue: Mapped[Venue | None] = relationship()
    members: Mapped[list[Member]] = relationship(back_populates="team")

    @property
    def scope(self) -> str:
        """Its audience in the journal."""
        return f"team:{self.id}"


class Member(Base):
    """That a user belongs to a team."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    is_leader: Mapped[bool] = mapped_column(default=False)

    team: Mapped[Team] = relationship(back_populates="members")
    user: Mapped[User] = relationship()


class Shift(Base):
    """Places for volunteers at an occurrence; of one team, or open to all when team is None."""

    __tablename__ = "shift"
    __table_args__ = (CheckConstraint("taken >= 0 AND taken <= places", name="not_oversold"),)

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    skills: Mapped[Words]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=True)

    occurrence: Mapped[Occurrence] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")


class Signup(Base):
    """One volunteer on one shift. A withdrawn one stays for the record."""

    __tablename__ = "signup"
    __table_args__ = (
        Index(
            "uq_signup_shift_id_user_id_active",
            "shift_id",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'SIGNED_UP'"),  # and PostgreSQL's: migration 0001
        ),
    )

    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[SignupState] = mapped_column(default=SignupState.SIGNED_UP)
    signed_up_at: Mapped[Utc]
    withdrawn_at: Mapped[Utc | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    shift: Mapped[Shift] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")


class Absence(Base):
    """A time at which a volunteer cannot come: when, never why.

    source: where that is known from ("calendar:7"); it alone replaces or removes its absences.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_absence_user_id_starts_at", "user_id", "starts_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    starts_at: Mapped[Utc]
    ends_at: Mapped[Utc]
    source: Mapped[str] = mapped_column(String(64), index=True)

    user: Mapped[User] = relationship()

"""Changes, and the audiences whose revision each of them raised."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.identity.models import Organization, User
from events.journal.states import ChangeKind
from events.kernel.db import Base, Facts, Name, Utc


class Change(Base):
    """One thing that somebody did. `facts` holds what a notice or a history page must say of it.

    `composed_at` is empty until the notices that follow from it are stored.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(
            "ix_change_uncomposed",
            "id",
            sqlite_where=text("composed_at IS NULL"),  # and PostgreSQL's: migration 0001
        ),
    )

    at: Mapped[Utc] = mapped_column(index=True)
    kind: Mapped[ChangeKind]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor_name: Mapped[Name]
    subject: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str] = mapped_column(String(300))
    facts: Mapped[Facts]
    composed_at: Mapped[Utc | None]

    organization: Mapped[Organization] = relationship()
    actor: Mapped[User | None] = relationship()


class Audience(Base):
    """A scope that people watch ("campaign:4") and the number of its latest revision."""

    __tablename__ = "audience"

    scope: Mapped[str] = mapped_column(String(64), unique=True)
    revision: Mapped[int]
    revised_at: Mapped[Utc]


class Touch(Base):
    """That a change concerned a scope: the history of a campaign, a venue, a team."""

    __tablename__ = "touch"
    __table_args__ = (Index("ix_touch_scope_change_id", "scope", "change_id"),)

    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), index=True)
    scope: Mapped[str] = mapped_column(String(64))

"""Notices (what one person must hear) and deliveries (one try to tell them, by one channel)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.identity.models import Organization, User
from events.journal.models import Change
from events.kernel.db import Base, Facts, Utc
from events.notices.states import DeliveryState, NoticeKind, Policy


class Notice(Base):
    """One fact for one recipient. `key` names the fact and the recipient: it is stored once.

    facts: what the templates need, frozen when composed; expires_at: later it is worthless.
    """

    __tablename__ = "notice"

    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[NoticeKind]
    policy: Mapped[Policy]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    because: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    facts: Mapped[Facts]
    created_at: Mapped[Utc]
    due_at: Mapped[Utc] = mapped_column(index=True)
    expires_at: Mapped[Utc | None]

    organization: Mapped[Organization] = relationship()
    change: Mapped[Change | None] = relationship()
    user: Mapped[User | None] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(
        back_populates="notice", cascade="all, delete-orphan"
    )


class Delivery(Base):
    """Telling one recipient by one channel. `token` fences the worker that holds the lease."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_state_priority_due_at", "state", "priority", "due_at", "id"),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(254))
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.READY)
    priority: Mapped[int]
    due_at: Mapped[Utc]
    lease_until: Mapped[Utc | None]
    token: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    sent_at: Mapped[Utc | None]

    notice: Mapped[Notice] = relationship(back_populates="deliveries", lazy="joined")
